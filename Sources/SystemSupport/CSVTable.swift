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
    text += Self.line(fields)
  }

  /// A table's lines with their ends, made one by one as they are asked for.
  package static func lines(columns: [String], rows: some Sequence<[String?]>) -> some Sequence<String> {
    sequence(state: (rows: rows.makeIterator(), isBegun: false)) { state in
      guard state.isBegun else {
        state.isBegun = true
        return line(columns)
      }
      return state.rows.next().map(line)
    }
  }

  private static func line(_ fields: [String?]) -> String {
    let row = fields.map { $0.map(field) ?? "" }.joined(separator: ",")
    // A line without anything would be no row.
    return (row.isEmpty ? "\"\"" : row) + "\n"
  }

  private static func field(_ text: String) -> String {
    // Bytes, as a comma or a quote may carry an accent and then be another character.
    guard text.utf8.contains(where: { ",\"\n\r".utf8.contains($0) }) else { return text }
    let quote = UInt8(ascii: "\"")
    return "\"" + String(decoding: text.utf8.flatMap { $0 == quote ? [quote, quote] : [$0] }, as: UTF8.self) + "\""
  }
}
