/// A part of the regularised incomplete beta function I_x(a, b).
enum IncompleteBeta {
  /// What x^a y^b / B(a, b), with y = 1 - x, is multiplied by to give I_x(a, b): the continued fraction of DiDonato and Morris
  /// ("Algorithm 708: Significant digit computation of the incomplete beta function ratios", ACM Transactions on Mathematical
  /// Software 18, 1992).
  ///
  /// Evaluated from its front by Lentz's method (1976) as Thompson and Barnett modified it (1986). It converges quickly where
  /// y > (b + 1) / (a + b + 2); elsewhere take I_x(a, b) = 1 - I_y(b, a). Both x and y are asked for, as one of them may be too near
  /// 1 to hold the other.
  static func continuedFraction(x: Double, y: Double, a: Double, b: Double) -> Double {
    // β₁ + α₂ / (β₂ + α₃ / (β₃ + …)), the fraction's inverse: ratios of successive numerators and, inverted, of denominators.
    var inverse = nonzero(a / (a + 1) * (a * y - b * x + 1))
    var numeratorRatio = inverse
    var denominatorRatio = 0.0
    for term in 1...200_000 {
      let n = Double(term)
      let divisor = a + 2 * n - 1
      // Each product with x first: a or b may be huge where x is tiny.
      let alpha = (a + n - 1) / divisor * (n / divisor) * ((a + b + n - 1) * x) * ((b - n) * x)
      let beta = n + (b - n) * x * (n / divisor) + (a + n) / (a + 2 * n + 1) * (a * y - b * x + 1 + n * (1 + y))
      denominatorRatio = 1 / nonzero(beta + alpha * denominatorRatio)
      numeratorRatio = nonzero(beta + alpha / numeratorRatio)
      let factor = numeratorRatio * denominatorRatio
      inverse *= factor
      if abs(factor - 1) <= Double.ulpOfOne { break }
    }
    return 1 / inverse
  }

  private static func nonzero(_ value: Double) -> Double { value == 0 ? 1e-300 : value }
}
