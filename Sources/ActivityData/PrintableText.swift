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
func quoted(_ bytes: some Sequence<UInt8>) -> String {
  let limit = 40
  let head = Array(bytes.prefix(limit + 1))
  let text = printable(String(decoding: head.prefix(limit), as: UTF8.self))
  return head.count > limit ? "\"\(text)…\"" : "\"\(text)\""
}
