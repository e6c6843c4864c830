/// Welch's test of the difference of two means, for samples whose variances may differ ("The generalization of 'Student's'
/// problem when several different population variances are involved", Biometrika 34, 1947).
///
/// Where all values of both samples are alike, no noise was seen, but that does not mean there is none: `t`, its degrees of
/// freedom and `pValue` are nil rather than a certainty of 0 or 1, and the interval is the difference alone.
package struct WelchTest: Sendable, Equatable {
  /// By Welch and Satterthwaite; a real number.
  package let degreesOfFreedom: Double?
  /// The first sample's mean less the second's, in standard errors.
  package let t: Double?
  /// Two-sided: how probable a |t| of at least this size is where the means are equal.
  package let pValue: Double?
  /// Around the difference of the means.
  package let interval: ClosedRange<Double>

  /// nil where a sample has fewer than two values, a value is not a finite number, or the sums overflow.
  ///
  /// - Parameter level: how often such intervals hold the true difference, between 0 and 1.
  package init?(_ first: [Double], _ second: [Double], level: Double = 0.95) {
    precondition(level > 0 && level < 1, "a level is between 0 and 1")
    guard let a = SampleSummary(first), let b = SampleSummary(second),
      let varianceA = a.sampleVariance, let varianceB = b.sampleVariance
    else { return nil }
    let squaredA = varianceA / Double(a.count)
    let squaredB = varianceB / Double(b.count)
    let difference = a.mean - b.mean
    let standardError = (squaredA + squaredB).squareRoot()
    guard difference.isFinite && standardError.isFinite else { return nil }
    guard standardError > 0 else {
      (degreesOfFreedom, t, pValue) = (nil, nil, nil)
      interval = difference...difference
      return
    }
    let share = squaredA / (squaredA + squaredB)
    let degrees = 1 / (share * share / Double(a.count - 1) + (1 - share) * (1 - share) / Double(b.count - 1))
    guard let distribution = StudentT(degreesOfFreedom: degrees) else { return nil }
    let margin = standardError * distribution.quantile((1 + level) / 2)
    guard (difference - margin).isFinite && (difference + margin).isFinite else { return nil }
    degreesOfFreedom = degrees
    let t = difference / standardError
    self.t = t
    pValue = distribution.twoSidedProbability(t)
    interval = (difference - margin)...(difference + margin)
  }
}
