import Foundation

/// `text` on one line, with what a terminal would act on, or a reader takes for the line's end, escaped; `""` for none.
package func printable(_ text: String) -> String { text.isEmpty ? "\"\"" : escaped(text) }

private func escaped(_ text: String) -> String {
  text.unicodeScalars.map { unprintable.contains($0.properties.generalCategory) ? $0.escaped(asASCII: true) : "\($0)" }
    .joined()
}

private let unprintable: Set<Unicode.GeneralCategory> = [.control, .lineSeparator, .paragraphSeparator]

/// The bytes of a field, quoted and cut to a length that fits a line.
package func quoted(_ bytes: some Sequence<UInt8>) -> String {
  let limit = 40
  let head = Array(bytes.prefix(limit + 1))
  let text = escaped(String(decoding: head.prefix(limit), as: UTF8.self))
  return head.count > limit ? "\"\(text)…\"" : "\"\(text)\""
}

extension Double {
  /// The number with so many digits after the point, such as `0.22`.
  package func decimal(digits: Int) -> String {
    guard isFinite, abs(self) < 1e12 else { return "\(self)" }
    let scale = pow(10, Double(digits))
    // A sum with 0 has no sign where it is 0.
    return String(format: "%.\(digits)f", (self * scale).rounded() / scale + 0)
  }
}
