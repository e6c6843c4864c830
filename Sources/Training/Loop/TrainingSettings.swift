public import NeuralNetworks

/// How one model is trained.
public struct TrainingSettings: Sendable, Equatable, Codable {
  /// Passes over the training windows.
  public var epochs: Int
  /// Windows per minibatch; the last of an epoch may be smaller.
  public var batchSize = 64
  /// How parameters follow the gradient; nil is Adam.
  public var optimizer: Optimizer?
  /// LAMB's λ, which adds so much of the parameters to the direction in which they move; nil for none.
  public var weightDecay: Float?
  /// The optimizer's learning rate, from which the schedule starts.
  public var learningRate: Float = 0.001
  /// How much of Adam's first moment stays from one step to the next.
  public var beta1: Float = 0.9
  /// How much of Adam's second moment stays from one step to the next.
  public var beta2: Float = 0.999
  /// What keeps Adam's divisor from zero.
  public var epsilon: Float = 1e-7
  /// How the learning rate goes on.
  public var schedule = LearningRateSchedule.constant
  /// Epochs in which the learning rate first rises, by the same amount each step, to its full height at the last (after Goyal et al.,
  /// "Accurate, Large Minibatch SGD", 2017, section 2.2, but from zero); the schedule takes the rest. nil for none.
  public var warmupEpochs: Int?
  /// The longest that the gradient of all parameters may be (Pascanu et al., 2013; Keras's `global_clipnorm`); nil for any.
  public var clipNorm: Float?
  /// Whether every epoch takes the windows in a random order of its own; else each takes them in the store's.
  public var shuffle = true
  /// How convolutions are computed.
  public var convolution = ConvolutionAlgorithm.standard
  /// Random changes of the training windows.
  public var augmentation = AugmentationSettings()
  /// What all random numbers derive from.
  public var seed: UInt64

  /// The tutorial's settings.
  public init(epochs: Int, seed: UInt64) {
    self.epochs = epochs
    self.seed = seed
  }

  package var adam: Adam.Settings { Adam.Settings(beta1: beta1, beta2: beta2, epsilon: epsilon) }

  /// Windows per shard: a function of the batch size alone, never of the threads. Four rows fill the register tile and keep a shard's
  /// memory in the second-level cache; very large batches take more, so that the shards' gradients don't fill the memory.
  package var shardRows: Int { batchSize <= 256 ? 4 : (min(batchSize, Self.rowsAtOnce) / 64 + 3) / 4 * 4 }

  /// Windows of a minibatch that are worked on at once: larger ones go through the network part by part, and their gradients are added
  /// up, so that memory doesn't grow with the batch.
  static let rowsAtOnce = 4096

  /// What the learning rate is multiplied by at a step (from 0) of a training of so many steps an epoch.
  package func rateFactor(step: Int, stepsPerEpoch: Int) -> Double {
    let warmup = (warmupEpochs ?? 0) * stepsPerEpoch
    guard step >= warmup else { return Double(step + 1) / Double(warmup) }
    return schedule.factor(step: step - warmup, total: epochs * stepsPerEpoch - warmup)
  }
}
