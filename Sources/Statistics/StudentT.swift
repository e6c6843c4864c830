internal import SystemSupport

/// Student's t distribution with a real number of degrees of freedom ν.
///
/// P(|T| > t) = I_x(ν/2, 1/2) with x = ν / (ν + t²): Abramowitz and Stegun, "Handbook of Mathematical Functions" (1964), 26.7.1.
package struct StudentT: Sendable, Equatable {
  private let degreesOfFreedom: Double
  /// Γ(ν/2 + 1/2) / Γ(ν/2), which scales the density.
  private let gammaRatio: Double

  /// nil where the degrees of freedom are not a finite positive number.
  package init?(degreesOfFreedom: Double) {
    guard degreesOfFreedom > 0 && degreesOfFreedom.isFinite else { return nil }
    self.degreesOfFreedom = degreesOfFreedom
    gammaRatio = Self.gammaRatio(degreesOfFreedom / 2)
  }

  /// P(|T| ≥ |t|), the p-value of a two-sided test, to full relative precision however small; NaN for NaN.
  package func twoSidedProbability(_ t: Double) -> Double {
    let size = abs(t)
    if size.isNaN { return .nan }
    if size == 0 { return 1 }
    if size.isInfinite { return 0 }
    let half = degreesOfFreedom / 2
    let ratio = size / degreesOfFreedom.squareRoot()
    let square = ratio * ratio
    // x and y = 1 - x, each without cancellation, and their logarithms even where the square over- or underflows.
    let x = 1 / (1 + square)
    let y = square.isFinite ? square * x : 1
    let logX = square.isFinite ? -log1p(square) : log(degreesOfFreedom) - 2 * log(size)
    let logY = square.isFinite ? 2 * log(ratio) - log1p(square) : 0
    // x^a y^b / B(a, b) for a = ν/2 and b = 1/2.
    let front = exp(half * logX + logY / 2) * gammaRatio / Double.pi.squareRoot()
    if y > 1.5 / (half + 2.5) {
      return min(1, front * IncompleteBeta.continuedFraction(x: x, y: y, a: half, b: 0.5))
    }
    return max(0, 1 - front * IncompleteBeta.continuedFraction(x: y, y: x, a: 0.5, b: half))
  }

  /// The t below which T is with a probability: -∞ for 0, ∞ for 1, NaN outside 0...1.
  package func quantile(_ probability: Double) -> Double {
    guard probability >= 0 && probability <= 1 else { return .nan }
    if probability == 0.5 { return 0 }
    // 1 - p is exact for p of 1/2 or more.
    return probability < 0.5 ? -upperQuantile(2 * probability) : upperQuantile(2 * (1 - probability))
  }

  /// The t ≥ 0 whose two-sided probability is p: Newton's method on the logarithm, held between bounds that bisection narrows.
  private func upperQuantile(_ p: Double) -> Double {
    guard p > 0 else { return .infinity }
    var upper = 1.0
    while twoSidedProbability(upper) > p {
      upper *= 2
      if upper.isInfinite { return upper }
    }
    var lower = upper > 1 ? upper / 2 : 0
    var t = (lower + upper) / 2
    for _ in 0..<200 {
      let found = twoSidedProbability(t)
      if found > p { lower = t } else { upper = t }
      // The slope of ln P(|T| ≥ t) is -2 density / P.
      var next = t + (log(found) - log(p)) * found / (2 * density(t))
      if !(next >= lower && next <= upper) { next = (lower + upper) / 2 }
      if abs(next - t) <= 2 * t.ulp { return next }
      t = next
    }
    return t
  }

  private func density(_ t: Double) -> Double {
    let ratio = t / degreesOfFreedom.squareRoot()
    return gammaRatio / (Double.pi * degreesOfFreedom).squareRoot()
      * exp(-(degreesOfFreedom + 1) / 2 * log1p(ratio * ratio))
  }

  /// Γ(a + 1/2) / Γ(a), without the cancellation that a difference of two large logarithms would have.
  ///
  /// Stirling's series with h = 1/2 less that with h = 0 (DLMF 5.11.8), from a = 16 up; below, by Γ(a + 1) = a Γ(a).
  private static func gammaRatio(_ a: Double) -> Double {
    var shifted = a
    var product = 1.0
    while shifted < 16 {
      product *= shifted / (shifted + 0.5)
      shifted += 1
    }
    let r = 1 / (shifted * shifted)
    let series = (-1 / 8 + r * (1 / 192 + r * (-1 / 640 + r * (17 / 14_336 - r * 31 / 18_432)))) / shifted
    return product * shifted.squareRoot() * exp(series)
  }
}
