/// The numbers of a box plot.
package struct Quartiles: Sendable {
  /// A quarter of the values are below.
  package let first: Double
  /// Half of the values are below.
  package let median: Double
  /// Three quarters of the values are below.
  package let third: Double
  /// With outliers.
  package let mean: Double
  /// The furthest values within 1.5 interquartile ranges of the box (Tukey, Exploratory Data Analysis, 1977).
  package let whiskers: ClosedRange<Double>

  /// Of the finite among the values; nil where there is none.
  package init?(_ values: [Double]) {
    let sorted = values.filter(AxisScale.isUsable).sorted()
    guard !sorted.isEmpty else { return nil }
    let (first, third) = (Self.quantile(sorted, 0.25), Self.quantile(sorted, 0.75))
    self.first = first
    self.third = third
    median = Self.quantile(sorted, 0.5)
    mean = sorted.reduce(0) { $0 + $1 / Double(sorted.count) }
    let reach = 1.5 * (third - first)
    // Next to a far value a quartile may lie beyond the nearest value that counts: whiskers never go into the box.
    let low = min(first, sorted.first { $0 >= first - reach } ?? first)
    let high = max(third, sorted.last { $0 <= third + reach } ?? third)
    whiskers = low...high
  }

  /// Between the values next to it in proportion, as numpy's default "linear" has it (Hyndman and Fan's definition 7, 1996).
  static func quantile(_ sorted: [Double], _ share: Double) -> Double {
    let place = Double(sorted.count - 1) * share
    let below = Int(place)
    guard below + 1 < sorted.count else { return sorted[sorted.count - 1] }
    return sorted[below] + (sorted[below + 1] - sorted[below]) * (place - Double(below))
  }
}
