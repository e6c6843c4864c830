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

  /// With a tooltip per cell. In up to 12 rows and columns counts are written into the cells, or where those are too narrow
  /// for them, as in a matrix of many windows, per cent of the row.
  package var picture: Picture {
    var canvas = Canvas(id: id, title: title)
    canvas.addStrip((0...10).map { ("heat", Double($0) / 10) }, from: "0 %", to: "100 % of the row")
    let longest = columns.count > 11 ? 70.0 : columns.count > 8 ? 90 : 150
    var left = min(longest, rows.map { TextWidth.of($0) }.max() ?? 0) + 12
    let most = Double(max(columns.count, 1))
    let right = canvas.width - 12
    let labels = CategoryLabels(columns, slot: min(56, (right - left) / most))
    left = max(left, labels.overhang + 4 - min(56, (right - left) / most) / 2)
    let side = min(56, (right - left) / most)
    let every = CategoryLabels.every(side)
    let numbers = numbers(side)
    let top = canvas.top + 20
    canvas.svg.label(left - 6, top - 8, "\(rowName) ↓", width: left - 10, anchor: .end, class: "faint")
    for (row, name) in rows.enumerated() {
      let y = top + side * Double(row)
      if row % every == 0 {
        canvas.svg.label(left - 6, y + side / 2 + 4, name, width: left - 10, anchor: .end)
      }
      draw(counts[row], row: row, left: left, y: y, side: side, numbers, on: &canvas.svg)
    }
    let bottom = top + side * Double(rows.count)
    labels.draw(on: &canvas.svg, middles: columns.indices.map { left + side * (Double($0) + 0.5) }, y: bottom)
    canvas.top = bottom + labels.height
    let below = "\(columnName) ↑" + (numbers == .percent ? " (cells: % of row)" : "")
    canvas.svg.label(left, canvas.top + 11, below, width: canvas.width - left - 4, class: "faint")
    canvas.top += 18
    return canvas.picture(description)
  }

  private func draw(
    _ counts: [Int], row: Int, left: Double, y: Double, side: Double, _ numbers: Numbers?, on svg: inout SVG
  ) {
    let sum = counts.reduce(0.0) { $0 + Double($1) }
    for (column, count) in counts.enumerated() {
      let x = left + side * Double(column)
      let share = sum > 0 ? Double(count) / sum : 0
      let tooltip =
        "\(rowName) \(rows[row]), \(columnName) \(columns[column]): \(count) (\(NumberText.percent(share)))"
      svg.group(tooltip: tooltip) { svg in
        svg.rectangle(x, y, width: side, height: side, class: "grid", opacity: 0)
        let gap = min(1, side / 4)
        svg.rectangle(
          x + gap / 2, y + gap / 2, width: side - gap, height: side - gap, class: "heat", opacity: share)
        guard let numbers else { return }
        svg.text(
          x + side / 2, y + side / 2 + 4, numbers == .percent ? Self.percent(share) : "\(count)", anchor: .middle,
          class: share < Self.inkChange ? "heat-low" : "heat-high")
      }
    }
  }

  /// What stands in the cells.
  private enum Numbers {
    case counts
    case percent
  }

  /// nil where there are too many cells, or they are too narrow for either.
  private func numbers(_ side: Double) -> Numbers? {
    guard columns.count <= 12, rows.count <= 12 else { return nil }
    func fit(_ texts: [String]) -> Bool { texts.allSatisfy { TextWidth.of($0) <= side - 1 } }
    if fit(counts.joined().map { "\($0)" }) { return .counts }
    return fit(["100", "<1"]) ? .percent : nil
  }

  /// In whole per cent; neither 0 where there is something nor 100 where something is missing.
  private static func percent(_ share: Double) -> String {
    let whole = NumberText.fixed(share * 100, 0)
    if whole == "0", share > 0 { return "<1" }
    return whole == "100" && share < 1 ? "99" : whole
  }

  private var description: String {
    let all = counts.joined().reduce(0.0) { $0 + Double($1) }
    let matrix = "\(rows.count) by \(columns.count) matrix of counts, rows \(rowName), columns \(columnName)"
    guard rows == columns, all > 0 else { return "\(matrix)." }
    let right = rows.indices.reduce(0.0) { $0 + Double(counts[$1][$1]) }
    return "\(matrix): \(NumberText.percent(right / all)) are on the diagonal."
  }
}
