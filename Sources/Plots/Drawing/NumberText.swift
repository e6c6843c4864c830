internal import Foundation

/// Numbers as a reader sees them in a plot, with a true minus sign.
package enum NumberText {
  /// With so many decimals; with an exponent where that would be more than fifteen digits.
  static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite else { return "–" }
    let decimals = min(max(decimals, 0), 12)
    var scale = 1
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (abs(value) * Double(scale)).rounded()
    guard scaled < 1e15 else { return scientific(value) }
    let (whole, rest) = Int(scaled).quotientAndRemainder(dividingBy: scale)
    let sign = value < 0 && scaled > 0 ? "−" : ""
    if decimals == 0 { return "\(sign)\(whole)" }
    let digits = "\(rest)"
    return "\(sign)\(whole)." + String(repeating: "0", count: decimals - digits.count) + digits
  }

  /// So many significant digits without closing zeros: 0.0123, 4.5, 1230, 1.2e-7.
  package static func concise(_ value: Double, digits: Int = 3) -> String {
    guard value.isFinite else { return "–" }
    guard abs(value) > 1e-300 else { return "0" }
    let exponent = Int(log10(abs(value)).rounded(.down))
    guard (-5...6).contains(exponent) else { return scientific(value, digits - 1) }
    return withoutClosingZeros(fixed(value, digits - 1 - exponent))
  }

  /// One digit before the point and at most `decimals` after it: 2.5e-8.
  static func scientific(_ value: Double, _ decimals: Int = 2) -> String {
    guard value.isFinite else { return "–" }
    guard abs(value) > 1e-300 else { return "0" }
    var exponent = Int(log10(abs(value)).rounded(.down))
    var mantissa = value / pow(10, Double(exponent))
    // Both the logarithm and the rounding below may have missed a power of ten.
    let half = 0.5 * pow(10, -Double(decimals))
    if abs(mantissa) >= 10 - half { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    if abs(mantissa) < 1 - half { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    return "\(withoutClosingZeros(fixed(mantissa, decimals)))e\(exponent < 0 ? "−" : "")\(abs(exponent))"
  }

  static func percent(_ share: Double) -> String { "\(fixed(share * 100, 1)) %" }

  /// "1 trial", "2 trials".
  static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

  private static func withoutClosingZeros(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var text = text
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }
}
