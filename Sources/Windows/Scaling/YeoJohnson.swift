import Foundation

/// The power transform of Yeo & Johnson, "A new family of power transformations to improve normality or symmetry" (2000).
enum YeoJohnson {
  /// ((x + 1)^λ - 1) / λ for x ≥ 0, -((1 - x)^(2 - λ) - 1) / (2 - λ) below, and logarithms where a divisor is zero.
  static func transform(_ x: Double, lambda: Double) -> Double {
    let logarithm = log1p(abs(x))
    return x >= 0 ? power(logarithm, lambda) : -power(logarithm, 2 - lambda)
  }

  /// (e^(exponent · logarithm) - 1) / exponent.
  private static func power(_ logarithm: Double, _ exponent: Double) -> Double {
    abs(exponent) < Double.ulpOfOne ? logarithm : expm1(exponent * logarithm) / exponent
  }

  /// The λ whose transform is the most likely one of a normal distribution.
  static func mostLikelyLambda(_ values: [Double]) -> Double {
    let logarithms = values.map { log1p(abs($0)) }
    var signedSum = 0.0
    for (value, logarithm) in zip(values, logarithms) { signedSum += value < 0 ? -logarithm : logarithm }
    let count = Double(values.count)
    // The log-likelihood (Yeo & Johnson, section 3) without its constant, its sign turned.
    return minimum(from: -2, to: 2, within: possibleLambdas(values)) { lambda in
      var transformed: [Double] = []
      transformed.reserveCapacity(values.count)
      for (value, logarithm) in zip(values, logarithms) {
        transformed.append(value < 0 ? -power(logarithm, 2 - lambda) : power(logarithm, lambda))
      }
      let variance = Moments(transformed).variance
      return variance > 0 ? count / 2 * log(variance) - (lambda - 1) * signedSum : .infinity
    }
  }
}

extension YeoJohnson {
  /// The λ with which values up to twenty times the largest keep half the exponents of floating-point numbers, so that their
  /// variance neither overflows nor vanishes: the bounds of SciPy's yeojohnson_normmax.
  private static func possibleLambdas(_ values: [Double]) -> ClosedRange<Double> {
    let largest = values.reduce(0) { max($0, abs($1)) }
    let logarithm = max(log1p(20 * largest), .leastNormalMagnitude)
    let precision = log(Double.ulpOfOne)
    let lowest = max((log(Double.leastNormalMagnitude) - precision) / 2 / logarithm, -.greatestFiniteMagnitude)
    let highest = min((log(Double.greatestFiniteMagnitude) + precision) / 2 / logarithm, .greatestFiniteMagnitude)
    if values.allSatisfy({ $0 < 0 }) { return 2 - highest...2 - lowest }
    if values.contains(where: { $0 < 0 }) { return max(2 - highest, lowest)...min(2 - lowest, highest) }
    return lowest...highest
  }
}

/// Where a function of one valley is lowest, by golden sections and parabolas: Brent, "Algorithms for Minimization without
/// Derivatives" (1973), chapter 5. The valley may lie outside the first guess, but inside the bounds.
func minimum(
  from first: Double, to second: Double, within bounds: ClosedRange<Double>, _ f: (Double) -> Double
) -> Double {
  let golden = (3 - 5.0.squareRoot()) / 2
  var (low, high) = bracket(first, second, bounds, f)
  var best = low + golden * (high - low)
  var (bestValue, second, third) = (f(best), best, best)
  var (secondValue, thirdValue) = (bestValue, bestValue)
  var step = 0.0
  var stepBeforeLast = 0.0
  for _ in 0..<200 {
    let middle = (low + high) / 2
    let tolerance = 1e-9 * abs(best) + 1e-11
    if abs(best - middle) <= 2 * tolerance - (high - low) / 2 { break }
    // The lowest point of the parabola through the three best, unless it jumps too far.
    let r = (best - second) * (bestValue - thirdValue)
    var q = (best - third) * (bestValue - secondValue)
    var p = (best - third) * q - (best - second) * r
    q = 2 * (q - r)
    if q > 0 { p = -p }
    q = abs(q)
    let isParabola = abs(p) < abs(q * stepBeforeLast / 2) && p > q * (low - best) && p < q * (high - best)
    if isParabola, p.isFinite {
      stepBeforeLast = step
      step = p / q
      if best + step - low < 2 * tolerance || high - best - step < 2 * tolerance {
        step = best < middle ? tolerance : -tolerance
      }
    } else {
      stepBeforeLast = (best < middle ? high : low) - best
      step = golden * stepBeforeLast
    }
    let next = best + (abs(step) >= tolerance ? step : step < 0 ? -tolerance : tolerance)
    let value = f(next)
    if value <= bestValue {
      if next < best { high = best } else { low = best }
      (third, thirdValue) = (second, secondValue)
      (second, secondValue) = (best, bestValue)
      (best, bestValue) = (next, value)
    } else {
      if next < best { low = next } else { high = next }
      if value <= secondValue || second == best {
        (third, thirdValue) = (second, secondValue)
        (second, secondValue) = (next, value)
      } else if value <= thirdValue || third == best || third == second {
        (third, thirdValue) = (next, value)
      }
    }
  }
  return best
}

/// Two points with a lower one between them or a bound for the lowest, found by going downhill in growing steps.
private func bracket(
  _ first: Double, _ second: Double, _ bounds: ClosedRange<Double>, _ f: (Double) -> Double
) -> (Double, Double) {
  func bounded(_ x: Double) -> Double { min(max(x, bounds.lowerBound), bounds.upperBound) }
  var (a, b) = (bounded(first), bounded(second))
  var (fa, fb) = (f(a), f(b))
  if fa < fb { (a, b, fa, fb) = (b, a, fb, fa) }
  var c = bounded(b + 1.618034 * (b - a))
  var fc = f(c)
  for _ in 0..<60 where fc < fb {
    (a, b, fb) = (b, c, fc)
    c = bounded(b + 1.618034 * (b - a))
    fc = f(c)
  }
  return (min(a, c), max(a, c))
}
