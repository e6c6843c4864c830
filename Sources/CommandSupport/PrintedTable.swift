/// Rows of text in columns, as commands print them. Spaces at a line's end are left away.
package struct PrintedTable {
  /// How a column's cells stand, how wide it is, and the spaces before it.
  package struct Column: Sendable {
    fileprivate let isLeft: Bool
    fileprivate let width: Int?
    fileprivate let gap: Int

    /// Words, cut where they are longer than `width`; nil for as wide as the widest.
    package static func left(_ width: Int? = nil, gap: Int = 2) -> Column {
      Column(isLeft: true, width: width, gap: gap)
    }

    /// Numbers, never cut; nil for as wide as the widest.
    package static func right(_ width: Int? = nil, gap: Int = 2) -> Column {
      Column(isLeft: false, width: width, gap: gap)
    }
  }

  private let columns: [Column]
  private let rows: [[String]]

  /// A table whose rows may have fewer cells than there are columns. Nothing stands before the first column.
  package init(_ columns: [Column], _ rows: [[String]]) {
    self.columns = columns
    self.rows = rows
  }

  /// The lines, joined.
  package var text: String { text { _, _, cell in cell } }

  /// The same with cells dressed once they have their width, as in colours.
  package func text(dressing dress: (_ row: Int, _ column: Int, _ cell: String) -> String) -> String {
    let widths = Self.widths(rows)
    return rows.enumerated().map { row, cells in
      var line = ""
      for (index, (column, cell)) in zip(columns, cells).enumerated() {
        let width = column.width ?? widths[index]
        line += String(repeating: " ", count: index == 0 ? 0 : column.gap)
        line += dress(row, index, column.isLeft ? cell.left(width) : cell.right(width))
      }
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }

  /// The widest cell of each column.
  package static func widths(_ rows: [[String]]) -> [Int] {
    (0..<(rows.map(\.count).max() ?? 0)).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
  }
}

extension String {
  /// At the right end of a column.
  package func right(_ width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }

  /// At the left end of a column, cut where it is longer.
  package func left(_ width: Int) -> String {
    count <= width ? self + String(repeating: " ", count: width - count) : prefix(max(0, width - 1)) + "…"
  }
}
