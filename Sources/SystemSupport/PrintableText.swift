/// `text` on one line, with what a terminal would act on escaped.
package func printable(_ text: String) -> String {
  text.unicodeScalars.map { $0.properties.generalCategory == .control ? $0.escaped(asASCII: true) : "\($0)" }.joined()
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
