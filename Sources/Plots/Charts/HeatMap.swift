/// A matrix of counts, each cell's shade its share of the row: a confusion matrix.
package struct HeatMap: Sendable {
  /// The share from which on text in a cell has its second ink: there black and white have the same contrast with the shade,
  /// in both themes.
  package static let inkChange = 0.672

  private let id: String
  private let title: String
  private let rows: [String]
  private let columns: [String]
  private let counts: [[Int]]
  private let rowName: String
  private let columnName: String

  /// `counts` is `[rows, columns]`; what is missing or negative counts as 0. `rowName` and `columnName` say what the names
  /// of rows and columns are.
  package init(
    id: String, title: String, rows: [String], columns: [String], counts: [[Int]], rowName: String = "true",
    columnName: String = "predicted"
  ) {
    self.id = id
    self.title = title
    self.rows = rows
    self.columns = columns
    self.counts = rows.indices.map { row in
      columns.indices.map { column in
        counts.indices.contains(row) && counts[row].indices.contains(column) ? max(0, counts[row][column]) : 0
      }
    }
    self.rowName = rowName
    self.columnName = columnName
  }

  /// With a tooltip per cell; counts are written into up to 12 rows and columns where they fit.
  package var picture: Picture {
    var canvas = Canvas(id: id, title: title)
    canvas.addStrip(
      (0...10).map { ("heat", Double($0) / 10) }, from: "0 %", to: "100 % of the row")
    let longest = columns.count > 12 ? 90.0 : columns.count > 8 ? 105 : 150
    var left = min(longest, rows.map { TextWidth.of($0) }.max() ?? 0) + 12
    let most = Double(max(columns.count, 1))
    let right = canvas.width - 12
    let labels = CategoryLabels(columns, slot: min(56, (right - left) / most))
    left = max(left, labels.overhang + 4 - min(56, (right - left) / most) / 2)
    let side = min(56, (right - left) / most)
    let size = min(12, max(6, side - 1))
    let top = canvas.top + 20
    canvas.svg.label(left - 6, top - 8, "\(rowName) ↓", width: left - 10, anchor: .end, class: "faint")
    for (row, name) in rows.enumerated() {
      let y = top + side * Double(row)
      canvas.svg.label(
        left - 6, y + side / 2 + size * 0.35, name, width: left - 10, anchor: .end, size: size)
      draw(counts[row], row: row, left: left, y: y, side: side, textSize: textSize(side), on: &canvas.svg)
    }
    let bottom = top + side * Double(rows.count)
    labels.draw(on: &canvas.svg, middles: columns.indices.map { left + side * (Double($0) + 0.5) }, y: bottom)
    canvas.top = bottom + labels.height
    canvas.svg.label(left, canvas.top + 11, "\(columnName) ↑", width: canvas.width - left - 4, class: "faint")
    canvas.top += 18
    return canvas.picture(description)
  }

  private func draw(
    _ counts: [Int], row: Int, left: Double, y: Double, side: Double, textSize: Double?, on svg: inout SVG
  ) {
    let sum = counts.reduce(0.0) { $0 + Double($1) }
    for (column, count) in counts.enumerated() {
      let x = left + side * Double(column)
      let share = sum > 0 ? Double(count) / sum : 0
      let tooltip =
        "\(rowName) \(rows[row]), \(columnName) \(columns[column]): \(count) (\(NumberText.percent(share)))"
      svg.group(tooltip: tooltip) { svg in
        svg.rectangle(x, y, width: side, height: side, class: "grid", opacity: 0)
        svg.rectangle(x + 0.5, y + 0.5, width: side - 1, height: side - 1, class: "heat", opacity: share)
        guard let textSize, TextWidth.of("\(count)", size: textSize) <= side - 2 else { return }
        svg.text(
          x + side / 2, y + side / 2 + textSize * 0.35, "\(count)", anchor: .middle,
          class: share < Self.inkChange ? "heat-low" : "heat-high", size: textSize)
      }
    }
  }

  /// One size for all counts; nil where there are too many.
  private func textSize(_ side: Double) -> Double? {
    guard columns.count <= 12, rows.count <= 12 else { return nil }
    let widest = counts.joined().map { TextWidth.of("\($0)") }.max() ?? 0
    return widest > 0 ? max(7, min(12, 12 * (side - 3) / widest)) : nil
  }

  private var description: String {
    let all = counts.joined().reduce(0.0) { $0 + Double($1) }
    let matrix = "\(rows.count) by \(columns.count) matrix of counts, rows \(rowName), columns \(columnName)"
    guard rows == columns, all > 0 else { return "\(matrix)." }
    let right = rows.indices.reduce(0.0) { $0 + Double(counts[$1][$1]) }
    return "\(matrix): \(NumberText.percent(right / all)) are on the diagonal."
  }
}
