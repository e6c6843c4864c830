/// The scores of an experiment's repeats, in percent, as the tutorial states them.
package struct Scores: Sendable, Equatable {
  /// One per repeat; nil where it diverged.
  package let values: [Double?]

  package init(_ values: [Double?]) { self.values = values }

  private var finite: [Double] { values.compactMap { $0 } }

  /// The mean of the repeats that have a score.
  package var mean: Double? { finite.isEmpty ? nil : finite.reduce(0, +) / Double(finite.count) }

  /// Their standard deviation, with divisor n as numpy has it.
  package var deviation: Double? {
    guard let mean else { return nil }
    return (finite.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(finite.count)).squareRoot()
  }
}
