/// Mean and variance of a sample.
package struct SampleSummary: Sendable, Equatable {
  package let count: Int
  package let mean: Double
  /// The mean squared distance from the mean: divisor n.
  package let populationVariance: Double

  /// nil of no values, or where one is not a finite number.
  package init?(_ values: [Double]) {
    guard let first = values.first, values.allSatisfy(\.isFinite) else { return nil }
    let count = Double(values.count)
    // From the first value, so that equal values have exactly their mean and a variance of 0.
    let mean = first + values.reduce(0) { $0 + ($1 - first) } / count
    var sum = 0.0
    var squares = 0.0
    for value in values {
      sum += value - mean
      squares += (value - mean) * (value - mean)
    }
    self.count = values.count
    self.mean = mean
    // The second term is what the mean's rounding adds (Chan, Golub and LeVeque 1983).
    populationVariance = max(0, squares - sum * sum / count) / count
  }

  /// The variance with divisor n - 1, which estimates that of the distribution without bias; nil of a single value.
  package var sampleVariance: Double? {
    count < 2 ? nil : populationVariance * (Double(count) / Double(count - 1))
  }
}
