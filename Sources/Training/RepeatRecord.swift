/// What is known of one repeat: enough, with the numbers of its checkpoint, to go on or to report it.
public struct RepeatRecord: Sendable, Codable, Equatable {
  /// An epoch, and what the held-out people's windows gave after it.
  public struct Epoch: Sendable, Codable, Equatable {
    /// The epoch's account.
    public var result: EpochResult
    /// Loss and accuracy on the validation windows.
    public var validationLoss: Double?
    /// The share of validation windows that were right.
    public var validationAccuracy: Double?
  }

  /// How a repeat stands.
  public enum Status: String, Sendable, Codable {
    /// Not at its end.
    case running
    /// At its end, with a score.
    case finished
    /// Ended by a loss that is no number; it has no score.
    case diverged
  }

  /// How it stands.
  public var status = Status.running
  /// Its epochs so far.
  public var epochs: [Epoch] = []
  /// Where the training is.
  public var progress = TrainingProgress()
  /// What early stopping and the plateau schedule have seen.
  public var stoppingWatch = LossWatch()
  /// What the plateau schedule has seen.
  public var plateauWatch = LossWatch()
  /// Test accuracy after the last epoch in percent, mean test loss, and windows by label and prediction.
  public var score: Double?
  /// The mean loss on the test windows.
  public var testLoss: Double?
  /// Test windows by label (row) and prediction (column).
  public var confusion: [[Int]]?
  /// SHA-256 of the weights at the end.
  public var weightsDigest: String?

  /// A repeat that has not begun.
  public init() {}
}
