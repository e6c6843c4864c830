/// What a shard, a minibatch or an epoch adds up to.
package struct BatchMetrics: Sendable, Equatable {
  /// The sum of the losses.
  package var loss = 0.0
  /// Samples whose most probable class is their label.
  package var correct = 0

  package init() {}

  package static func += (sum: inout BatchMetrics, other: BatchMetrics) {
    sum.loss += other.loss
    sum.correct += other.correct
  }
}
