internal import NeuralNetworks

/// How far a training has come: with parameters and moments, all that is needed to go on with the same bits.
package struct TrainingProgress: Sendable, Equatable, Codable {
  /// Completed epochs.
  package var epoch = 0
  /// Completed steps of all epochs.
  package var step = 0
  /// Windows of the current epoch that are done.
  package var position = 0
  /// The sum of their losses.
  package var loss = 0.0
  /// How many of them were right.
  package var correct = 0
  /// Seconds that the current epoch took before it was interrupted.
  package var seconds = 0.0
  /// The rate that the schedule starts from; lowered on plateaus.
  package var learningRate: Float = 0

  /// Over the windows that are done, of which there must be one.
  package var meanLoss: Double { loss / Double(position) }
  package var accuracy: Double { Double(correct) / Double(position) }

  mutating func add(_ metrics: BatchMetrics, rows: Int) {
    loss += metrics.loss
    correct += metrics.correct
    position += rows
  }

  mutating func startNextEpoch() {
    self = TrainingProgress(epoch: epoch + 1, step: step, learningRate: learningRate)
  }
}
