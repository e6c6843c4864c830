/// A table as RFC 4180 has it, but with line ends of one byte.
package struct CSVTable: Sendable {
  private let width: Int
  package private(set) var text = ""

  package init(columns: [String]) {
    width = columns.count
    append(columns)
  }

  /// Appends a row, a field per column; nil is empty.
  package mutating func append(_ fields: [String?]) {
    precondition(fields.count == width, "a row has a field per column")
    let row = fields.map { $0.map(Self.field) ?? "" }.joined(separator: ",")
    // A line without anything would be no row.
    text += (row.isEmpty ? "\"\"" : row) + "\n"
  }

  private static func field(_ text: String) -> String {
    // Bytes, as a comma or a quote may carry an accent and then be another character.
    guard text.utf8.contains(where: { ",\"\n\r".utf8.contains($0) }) else { return text }
    let quote = UInt8(ascii: "\"")
    return "\"" + String(decoding: text.utf8.flatMap { $0 == quote ? [quote, quote] : [$0] }, as: UTF8.self) + "\""
  }
}
