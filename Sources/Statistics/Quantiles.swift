/// A sample's quantiles, between the ranked values linearly: numpy's default, type 7 of Hyndman and Fan (The American
/// Statistician 50, 1996).
package struct Quantiles: Sendable, Equatable {
  /// Ascending.
  private let sorted: [Double]

  /// nil of no values, or where one is not a finite number.
  package init?(_ values: [Double]) {
    guard !values.isEmpty && values.allSatisfy(\.isFinite) else { return nil }
    sorted = values.sorted()
  }

  /// The value at rank `(n - 1) probability`, counted from 0, to the bits of numpy's `quantile`.
  package func quantile(_ probability: Double) -> Double {
    precondition(probability >= 0 && probability <= 1, "a probability is in 0...1")
    let rank = Double(sorted.count - 1) * probability
    let below = Int(rank)
    let low = sorted[below]
    let high = sorted[min(below + 1, sorted.count - 1)]
    let share = rank - Double(below)
    // From the nearer end, as numpy does.
    return share < 0.5 ? low + (high - low) * share : high - (high - low) * (1 - share)
  }

  package var median: Double { quantile(0.5) }
}
