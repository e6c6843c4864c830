/// What is known of one repeat: enough, with the numbers of its checkpoint, to go on or to report it.
package struct RepeatRecord: Sendable, Codable, Equatable {
  package enum Status: String, Sendable, Codable {
    /// Not at its end.
    case running
    /// At its end, with a score.
    case finished
    /// Ended by a loss that is no number; it has no score.
    case diverged
  }

  package var status = Status.running
  /// Its epochs so far.
  package var epochs: [EpochReport] = []
  /// Where the training is.
  package var progress = TrainingProgress()
  /// What early stopping has seen.
  package var stoppingWatch = LossWatch()
  /// What the plateau schedule has seen.
  package var plateauWatch = LossWatch()
  /// Test accuracy after the last epoch in percent.
  package var score: Double?
  /// The mean loss on the test windows.
  package var testLoss: Double?
  /// Test windows by label (row) and prediction (column).
  package var confusion: [[Int]]?
  /// SHA-256 of the weights at the end.
  package var weightsDigest: String?

  /// A repeat that has not begun.
  package init() {}
}
