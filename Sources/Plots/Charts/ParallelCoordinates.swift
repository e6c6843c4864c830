/// Trials of a search as lines across an axis per hyperparameter, the last axis their score (Inselberg, "The Plane with
/// Parallel Coordinates", 1985). Axes lie one below the other, so that names and values are legible however many there are.
package struct ParallelCoordinates: Sendable {
  private let id: String
  private let title: String
  private let axes: [ParallelAxis]
  private let higherIsBetter: Bool

  /// Lines are coloured by the rank of their score, the best on top. A trial without a value on some axis passes to the left of
  /// that axis, and is dashed.
  package init(id: String, title: String, axes: [ParallelAxis], higherIsBetter: Bool = true) {
    self.id = id
    self.title = title
    self.axes = axes
    self.higherIsBetter = higherIsBetter
  }

  /// With a tooltip per trial that has all its values.
  package var picture: Picture {
    var canvas = Canvas(id: id, title: title)
    let steps = PlotTheme.light.ramp.indices
    let shares = axes.map(\.shares)
    let trials = axes.map(\.count).max() ?? 0
    let places = (0..<trials).map { trial in shares.map { $0.indices.contains(trial) ? $0[trial] : nil } }
    let lacks = places.contains { $0.contains(nil) }
    canvas.addStrip(
      steps.map { ("bar ramp-\($0)", 1) }, from: "worst", to: "best",
      then: lacks ? LegendEntry("a value is missing", .dashedLine, colour: "faint") : nil)
    let (left, right) = (lacks ? 56.0 : 20, canvas.width - 20)
    let rows = layOut(from: canvas.top + 8, left: left, right: right)
    for (trial, colour) in order(places.map { $0.last ?? nil }) {
      draw(trial, places[trial], colour, rows.map(\.y), left: left, right: right, &canvas.svg)
    }
    for (index, row) in rows.enumerated() {
      canvas.svg.line(left, row.y, right, row.y, class: "axis")
      // Semibold letters are wider.
      canvas.svg.label(4, row.y - 9, axes[index].name, width: 0.88 * canvas.width, class: "halo name")
      if shares[index].contains(nil) { canvas.svg.text(10, row.y + 17, "–", class: "faint halo") }
      for mark in row.labels.marks { canvas.svg.line(mark, row.y - 3, mark, row.y + 3, class: "axis") }
      for label in row.labels.labels {
        canvas.svg.text(label.x, row.y + 17 + 15 * Double(label.row), label.text, class: "halo", tooltip: label.whole)
      }
    }
    if let last = rows.last { canvas.top = last.bottom }
    return canvas.picture(description(trials, shares.last ?? []))
  }

  /// Each axis' height, and down to where its labels are.
  private func layOut(
    from top: Double, left: Double, right: Double
  ) -> [(y: Double, bottom: Double, labels: ParallelAxisLabels)] {
    // Few axes are further apart: the slopes between them tell more.
    let gap = min(max(260 / Double(max(axes.count - 1, 1)) - 44, 16), 60)
    var top = top
    return axes.map { axis in
      let labels = ParallelAxisLabels(axis, from: left, to: right)
      let y = top + 22
      let bottom = y + 6 + 15 * Double(labels.rows)
      top = bottom + gap
      return (y, bottom, labels)
    }
  }

  /// Trials from the bottom to the top with the classes of their colours: those without a score, then the worst to the best.
  private func order(_ scores: [Double?]) -> [(trial: Int, colour: String)] {
    let without = scores.indices.filter { scores[$0] == nil }.map { (trial: $0, colour: "faint") }
    let ranked = scores.enumerated().compactMap { trial, score in score.map { (trial: trial, score: $0) } }
      .sorted { ($0.score, $0.trial) < ($1.score, $1.trial) }
    let distinct = Array(Set(ranked.map(\.score))).sorted()
    let steps = PlotTheme.light.ramp.count
    let ranks = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, $0) })
    let coloured = ranked.map { trial, score in
      let ascending = ranks[score] ?? 0
      let rank = higherIsBetter ? ascending : distinct.count - 1 - ascending
      return (
        trial: trial, colour: "ramp-\(distinct.count > 1 ? rank * (steps - 1) / (distinct.count - 1) : steps - 1)"
      )
    }
    return without + (higherIsBetter ? coloured : coloured.reversed())
  }

  private func draw(
    _ trial: Int, _ shares: [Double?], _ colour: String, _ heights: [Double], left: Double, right: Double,
    _ svg: inout SVG
  ) {
    let points = zip(heights, shares).map { y, share -> SVG.Point? in
      (x: share.map { left + (right - left) * $0 } ?? 14, y: y)
    }
    let dashes = shares.contains(nil) ? "dashed " : ""
    let values = axes.map { "\($0.name) \($0.text(trial))" }.joined(separator: ", ")
    svg.group(tooltip: "trial \(trial + 1): \(values)") { $0.polyline(points, class: "thin \(dashes)\(colour)") }
  }

  private func description(_ trials: Int, _ scores: [Double?]) -> String {
    let searched = axes.dropLast().map(\.name).joined(separator: ", ")
    let count = NumberText.counted(trials, "trial")
    let ranked = scores.enumerated().compactMap { trial, score in score.map { (trial, $0) } }
    let best = ranked.max { higherIsBetter ? $0.1 < $1.1 : $0.1 > $1.1 }
    guard let best, let score = axes.last else { return "\(count) over \(searched), none with a score." }
    return "\(count) over \(searched), of which trial \(best.0 + 1) has the best \(score.name), \(score.text(best.0))."
  }
}
