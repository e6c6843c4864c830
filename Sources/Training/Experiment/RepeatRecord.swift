/// What is known of one repeat: enough, with the numbers of its checkpoint, to go on or to report it.
package struct RepeatRecord: Sendable, Codable, Equatable {
  package enum Status: String, Sendable, Codable {
    /// Not at its end.
    case running
    case finished
    /// Ended by a loss that is no number; it has no score.
    case diverged
  }

  package var status = Status.running
  package var epochs: [EpochReport] = []
  package var progress = TrainingProgress()
  /// What early stopping and the plateau schedule have seen.
  package var stoppingWatch = LossWatch()
  package var plateauWatch = LossWatch()
  /// Test accuracy after the last epoch in percent.
  package var score: Double?
  package var testLoss: Double?
  /// Test windows by label (row) and prediction (column).
  package var confusion: [[Int]]?
  package var weightsDigest: String?
}
