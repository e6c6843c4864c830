/// A sample's quantiles, between the ranked values linearly: numpy's default, type 7 of Hyndman and Fan (The American
/// Statistician 50, 1996).
package struct Quantiles: Sendable, Equatable {
  /// Ascending.
  package let sorted: [Double]

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

  /// What a box plot is drawn of (Tukey, "Exploratory Data Analysis", 1977), with quartiles instead of hinges.
  package var fiveNumbers: FiveNumberSummary {
    FiveNumberSummary(
      minimum: quantile(0), lowerQuartile: quantile(0.25), median: median, upperQuartile: quantile(0.75),
      maximum: quantile(1))
  }
}

/// A sample in five numbers, each with about a quarter of the values between it and the next.
package struct FiveNumberSummary: Sendable, Equatable {
  package let minimum: Double
  package let lowerQuartile: Double
  package let median: Double
  package let upperQuartile: Double
  package let maximum: Double
}
