/// What a shard, a minibatch or an epoch adds up to.
package struct BatchMetrics: Sendable, Equatable {
  /// The sum of the losses.
  package var loss: Double
  /// Samples whose most probable class is their label.
  package var correct: Int

  package init(loss: Double = 0, correct: Int = 0) {
    self.loss = loss
    self.correct = correct
  }

  package static func += (sum: inout BatchMetrics, other: BatchMetrics) {
    sum.loss += other.loss
    sum.correct += other.correct
  }
}
