/// Distance of a float from the exact result, in units of the exact result's last place.
///
/// - A result beyond the largest float is infinity, which counts as 2^128.
/// - A result below the smallest normal float may be flushed to zero, as may one that rounds to just above it.
func unitsInLastPlace(_ value: Float, from exact: Double) -> Double {
  let smallestNormal = Double(Float.leastNormalMagnitude)
  if exact.isNaN { return value.isNaN ? 0 : .infinity }
  if value.isNaN { return .infinity }
  if value == 0 && abs(exact) < smallestNormal * (1 + 0x1p-22) { return 0 }
  let largest = 0x1p128
  let found = value.isInfinite ? (value > 0 ? largest : -largest) : Double(value)
  let expected = min(max(exact, -largest), largest)
  let magnitude = min(max(abs(expected), smallestNormal), Double(Float.greatestFiniteMagnitude))
  return abs(found - expected) / Double(Float(sign: .plus, exponent: magnitude.floatExponent, significand: 1).ulp)
}

extension Double {
  /// The exponent of the float binade that holds a positive number in the range of normal floats.
  fileprivate var floatExponent: Int { Int(exponent) }
}
