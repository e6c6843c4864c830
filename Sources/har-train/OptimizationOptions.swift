import ArgumentParser
import NeuralNetworks
import Training

/// Whether epochs take the windows in an order of their own.
enum ShuffleChoice: String, ExpressibleByArgument, CaseIterable {
  case on, off
}

extension LearningRateSchedule: ExpressibleByArgument {}
extension Optimizer: ExpressibleByArgument {}
extension ConvolutionAlgorithm: ExpressibleByArgument {}
extension Precision: ExpressibleByArgument {}

/// How weights are found.
struct OptimizationOptions: ParsableArguments {
  @Option(help: ArgumentHelp("What all random numbers derive from.", valueName: "N"))
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("Windows per minibatch.", valueName: "N"))
  var batchSize = 64

  @Option(help: ArgumentHelp("adam, or lamb for large batches.", valueName: "NAME"))
  var optimizer: Optimizer = .adam

  @Option(help: ArgumentHelp("The optimizer's learning rate.", valueName: "X"))
  var learningRate: Float = 0.001

  @Option(
    help: ArgumentHelp("constant, cosine, or on-plateau (halved after two epochs without progress).", valueName: "NAME")
  )
  var learningRateSchedule: LearningRateSchedule = .constant

  @Option(
    help: ArgumentHelp(
      "Epochs in which the learning rate first rises from zero, step by step. (default: none)", valueName: "N"))
  var warmupEpochs: Int?

  @Option(
    help: ArgumentHelp(
      "LAMB's weight decay: so much of the weights is added to the direction of their step. (default: 0)",
      valueName: "X"))
  var weightDecay: Float?

  @Option(help: ArgumentHelp("Scale longer gradients down to this norm. (default: none)", valueName: "X"))
  var clipNorm: Float?

  @Option(
    help: ArgumentHelp(
      "Whether each epoch shuffles the windows, or takes them in the store's order: on or off.", valueName: "ON|OFF"))
  var shuffle: ShuffleChoice = .on

  @Option(
    help: ArgumentHelp(
      "What products multiply: f32, or mixed for bf16 with float32 sums, on processors that have it. (default: f32, or what a network's file says)",
      valueName: "NAME"))
  var precision: Precision?

  @Option(
    help: ArgumentHelp(
      "How convolutions of width 3 are computed, others being direct: winograd or direct.", valueName: "NAME"))
  var convolution: ConvolutionAlgorithm = .standard

  func validate() throws {
    try require(batchSize, in: SettingsRange.batchSize, "--batch-size")
    guard learningRate > 0 && learningRate.isFinite else {
      throw ValidationError("--learning-rate: \(learningRate), expected a positive number")
    }
    if let warmupEpochs { try require(warmupEpochs, in: SettingsRange.epochs, "--warmup-epochs") }
    if let weightDecay {
      guard SettingsRange.weightDecay.contains(weightDecay) else {
        throw ValidationError("--weight-decay: \(weightDecay), expected 0 to 1")
      }
      guard optimizer == .lamb else { throw ValidationError("--weight-decay: needs --optimizer lamb") }
    }
    if let clipNorm, !(clipNorm > 0 && clipNorm.isFinite) {
      throw ValidationError("--clip-norm: \(clipNorm), expected a positive number")
    }
  }

  /// Training with these options, for so many epochs.
  func training(epochs: Int) -> TrainingSettings {
    var training = TrainingSettings(epochs: epochs, seed: seed)
    training.batchSize = batchSize
    if optimizer != .adam { training.optimizer = optimizer }
    training.weightDecay = weightDecay
    training.learningRate = learningRate
    training.schedule = learningRateSchedule
    training.warmupEpochs = warmupEpochs
    training.clipNorm = clipNorm
    training.shuffle = shuffle == .on
    training.convolution = convolution
    return training
  }
}
