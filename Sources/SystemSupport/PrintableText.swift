/// `text` on one line, with what a terminal would act on escaped.
package func printable(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return text }
  var result = ""
  for scalar in text.unicodeScalars {
    if scalar.properties.generalCategory == .control {
      result += scalar.escaped(asASCII: true)
    } else {
      result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// The bytes of a field, quoted and cut to a length that fits a line.
package func quoted(_ bytes: some Sequence<UInt8>) -> String {
  let limit = 40
  let head = Array(bytes.prefix(limit + 1))
  let text = printable(String(decoding: head.prefix(limit), as: UTF8.self))
  return head.count > limit ? "\"\(text)…\"" : "\"\(text)\""
}

extension Double {
  /// The number with so many digits after the point, such as `0.22`.
  package func decimal(digits: Int) -> String {
    guard isFinite, abs(self) < 1e12 else { return "\(self)" }
    var scale = 1
    for _ in 0..<digits { scale *= 10 }
    let units = Int((abs(self) * Double(scale)).rounded())
    let whole = "\(self < 0 && units > 0 ? "-" : "")\(units / scale)"
    guard digits > 0 else { return whole }
    let fraction = String(units % scale)
    return "\(whole).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
  }
}
