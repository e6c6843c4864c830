package import Windows

/// An epoch's account.
public struct EpochReport: Sendable, Equatable, Codable {
  /// The epoch, from 0.
  public var epoch: Int
  /// Mean loss over the epoch's minibatches as seen while training, with dropout.
  public var loss: Double
  /// The share of windows that were right, as seen while training.
  public var accuracy: Double
  /// Mean loss on the held-out people's windows after the epoch; nil without such people.
  public var validationLoss: Double?
  /// The share of the held-out people's windows that were right after the epoch.
  public var validationAccuracy: Double?
  /// The learning rate of the epoch's last step.
  public var learningRate: Double
  /// Wall-clock seconds of the training steps, those before an interruption included.
  public var seconds: Double
  /// Training windows per second.
  public var samplesPerSecond: Double

  package init(
    epoch: Int, loss: Double, accuracy: Double, validationLoss: Double? = nil, validationAccuracy: Double? = nil,
    learningRate: Double, seconds: Double, samplesPerSecond: Double
  ) {
    self.epoch = epoch
    self.loss = loss
    self.accuracy = accuracy
    self.validationLoss = validationLoss
    self.validationAccuracy = validationAccuracy
    self.learningRate = learningRate
    self.seconds = seconds
    self.samplesPerSecond = samplesPerSecond
  }
}

extension EpochReport {
  /// The columns of its numbers, after the epoch's own, in a run's table and in a checkpoint's.
  static let numberNames = [
    "loss", "accuracy", "validation_loss", "validation_accuracy", "learning_rate", "seconds", "samples_per_second",
  ]

  /// Its numbers in the order of `numberNames`; nil for what was not measured.
  var numbers: [Double?] {
    [loss, accuracy, validationLoss, validationAccuracy, learningRate, seconds, samplesPerSecond]
  }
}

/// How an epoch ended.
package enum EpochOutcome: Sendable, Equatable {
  /// All its minibatches are done.
  case completed(EpochReport)
  /// A stop was requested before its end; the next call goes on behind the last step.
  case interrupted
  /// The loss of a minibatch was infinite or not a number; the parameters are those before it.
  case diverged(step: Int)
  /// The windows are streamed, and some of a minibatch can't be read, in this process or, for nil, in another that trains the model with
  /// it; the parameters are those before it.
  case unreadable(StoreError?)
}
