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
  /// Whether it ended before its last epoch, because its validation loss no longer fell; nil for no.
  package var isStoppedEarly: Bool?
  /// The epoch, from 0, with the lowest validation loss so far, whose weights it ends with; nil where it ends with the last one's.
  package var bestEpoch: Int?
  /// What a reader of its score should know, in a line.
  package var warning: String?
  /// Test accuracy in percent, of the weights it ended with.
  package var score: Double?
  package var testLoss: Double?
  /// Test windows by label (row) and prediction (column).
  package var confusion: [[Int]]?
  package var weightsDigest: String?

  /// Before its first step.
  package init() {}

  /// Forgets what it came to, where it goes on beyond its end.
  mutating func forgetEnd() { (warning, score, testLoss, confusion, weightsDigest) = (nil, nil, nil, nil, nil) }

  /// Whether its confusion, where it has one, can be that of so many activities.
  func fits(activities: Int) -> Bool {
    guard let confusion else { return true }
    let counts = 0...1 << 40
    return confusion.count == activities
      && confusion.allSatisfy { $0.count == activities && $0.allSatisfy(counts.contains) }
  }

  /// What the epoch whose weights it ends with was like; nil where there was none.
  package var finalEpoch: EpochReport? {
    guard let bestEpoch else { return epochs.last }
    return epochs.first { $0.epoch == bestEpoch }
  }
}
