import SystemSupport

/// Numbers as the real recordings write them: 16 characters, eight digits, three digits of exponent.
enum SignalText {
  /// Appends a finite number below 1e20, such as `  1.8085150e-004`.
  static func append(_ value: Double, to text: inout [UInt8]) {
    precondition(abs(value) < 1e20, "signals are small numbers")
    var exponent = 0
    var digits = 0
    let magnitude = abs(value)
    if magnitude > 1e-20 {
      exponent = Int(floor(log10(magnitude)))
      digits = scaled(magnitude, exponent)
      // The logarithm may be just off, and rounding may reach the next power of ten.
      if digits >= 100_000_000 {
        exponent += 1
        digits = scaled(magnitude, exponent)
      } else if digits < 10_000_000 {
        exponent -= 1
        digits = scaled(magnitude, exponent)
      }
    }
    let start = text.count
    text.append(contentsOf: template)
    if value < 0 && digits != 0 { text[start + 1] = UInt8(ascii: "-") }
    for place in stride(from: 10, through: 4, by: -1) {
      text[start + place] = zero + UInt8(digits % 10)
      digits /= 10
    }
    text[start + 2] = zero + UInt8(digits)
    if exponent < 0 { text[start + 12] = UInt8(ascii: "-") }
    text[start + 14] = zero + UInt8(abs(exponent) / 10)
    text[start + 15] = zero + UInt8(abs(exponent) % 10)
  }

  private static let zero = UInt8(ascii: "0")
  private static let template = Array("  0.0000000e+000".utf8)

  private static func scaled(_ magnitude: Double, _ exponent: Int) -> Int {
    let power = 7 - exponent
    let scaled = power < 0 ? magnitude / pow(10, Double(-power)) : magnitude * pow(10, Double(power))
    return Int(scaled.rounded())
  }
}
