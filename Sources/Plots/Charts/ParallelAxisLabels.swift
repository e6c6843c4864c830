/// What is written below an axis of parallel coordinates, each label at its mark and none over another: categories in two rows
/// where one is too narrow. Between the first and the last, what has no room is left out.
struct ParallelAxisLabels {
  /// One as it is drawn: shortened where it has no room.
  struct Label {
    let text: String
    /// What `text` shortens; nil where it doesn't.
    let whole: String?
    /// Where it begins.
    let x: Double
    let width: Double
    /// 0 is the one next to the axis.
    let row: Int
  }

  /// How far labels may reach beyond the axis.
  private static let margin = 16.0

  /// Where the axis has marks, labelled or not.
  let marks: [Double]
  /// In the order of their importance.
  let labels: [Label]
  /// At least one.
  let rows: Int

  /// - Parameters:
  ///   - from: where the axis begins.
  ///   - to: where it ends.
  init(_ axis: ParallelAxis, from start: Double, to end: Double) {
    let marks = axis.marks.map { (x: start + (end - start) * $0.share, text: $0.label) }
    self.marks = marks.map(\.x)
    let reach = (start - Self.margin)...(end + Self.margin)
    let categories = axis.categories.count
    guard categories > 0 else {
      (labels, rows) = (Self.placed(marks.map { ($0.x, $0.text, .infinity, 0) }, reach), 1)
      return
    }
    let slot = (end - start) / Double(max(categories - 1, 1))
    // The ends lean inward, and have the margin beside the axis.
    func room(_ index: Int, rows: Double) -> Double {
      guard categories > 1 else { return reach.upperBound - reach.lowerBound }
      let isEnd = index == 0 || index == categories - 1
      return max((isEnd ? rows * slot / 2 + Self.margin : rows * slot) - 6, 40)
    }
    let isOneRow = marks.enumerated().allSatisfy { TextWidth.of($1.text) <= room($0, rows: 1) }
    let rows = isOneRow ? 1 : 2
    self.rows = rows
    let order = [0, categories - 1] + (1..<max(categories - 1, 1))
    labels = Self.placed(
      order.prefix(categories).map { index in
        (marks[index].x, marks[index].text, room(index, rows: Double(rows)), index % rows)
      }, reach)
  }

  /// Leaves out what would lie over an earlier label.
  private static func placed(
    _ marks: [(x: Double, text: String, room: Double, row: Int)], _ reach: ClosedRange<Double>
  ) -> [Label] {
    var labels: [Label] = []
    for mark in marks {
      let text = TextWidth.shortened(mark.text, to: mark.room)
      let width = TextWidth.of(text)
      let x = max(reach.lowerBound, min(mark.x - width / 2, reach.upperBound - width))
      let isFree = labels.allSatisfy { $0.row != mark.row || $0.x + $0.width + 6 <= x || x + width + 6 <= $0.x }
      if isFree {
        labels.append(
          Label(text: text, whole: text == mark.text ? nil : mark.text, x: x, width: width, row: mark.row))
      }
    }
    return labels
  }
}
