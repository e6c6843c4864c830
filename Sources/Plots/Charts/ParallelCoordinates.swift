/// Trials of a search as lines across an axis per hyperparameter, the last axis their score (Inselberg, "The Plane with
/// Parallel Coordinates", 1985).
package struct ParallelCoordinates: Sendable {
  private let id: String
  private let title: String
  private let axes: [ParallelAxis]
  private let higherIsBetter: Bool

  /// Lines are coloured by the rank of their score, the best on top. A trial without a value on some axis passes below that
  /// axis, and is dashed.
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
    // Names of neighbours are on two levels, and so have twice the room.
    let top = canvas.top + 46
    let bottom = top + 220
    let middles = self.middles(canvas.width)
    for (trial, colour) in order(places.map { $0.last ?? nil }) {
      draw(trial, places[trial], colour, middles, top: top, bottom: bottom, &canvas.svg)
    }
    let spacing = axes.count > 1 ? middles[1] - middles[0] : canvas.width - 60
    for (index, axis) in axes.enumerated() {
      let isLast = index == axes.count - 1
      drawAxis(
        axis, at: middles[index], top: top, bottom: bottom, width: isLast ? canvas.width - middles[index] : spacing,
        on: &canvas.svg)
      let anchor: SVG.Anchor = index == 0 ? .start : isLast ? .end : .middle
      let x = index == 0 ? 4 : isLast ? canvas.width - 4 : middles[index]
      canvas.svg.label(
        x, top - (index % 2 == 0 ? 28 : 11), axis.name, width: min(1.8 * spacing, canvas.width - 8), anchor: anchor)
    }
    if lacks { canvas.svg.text(4, bottom + 33, "none", class: "faint") }
    canvas.top = bottom + (lacks ? 38 : 14)
    return canvas.picture(description(trials, shares.last ?? []))
  }

  private func middles(_ width: Double) -> [Double] {
    let (first, last) = (lacksRoom ? 40.0 : 20, width - 48)
    let gaps = Double(max(axes.count - 1, 1))
    return axes.indices.map { first + (last - first) * Double($0) / gaps }
  }

  private var lacksRoom: Bool { axes.contains { $0.shares.contains(nil) } }

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
    _ trial: Int, _ shares: [Double?], _ colour: String, _ middles: [Double], top: Double, bottom: Double,
    _ svg: inout SVG
  ) {
    let points = zip(middles, shares).map { x, share -> SVG.Point? in
      (x: x, y: share.map { bottom - (bottom - top) * $0 } ?? bottom + 28)
    }
    let dashes = shares.contains(nil) ? "dashed " : ""
    let values = axes.map { "\($0.name) \($0.text(trial))" }.joined(separator: ", ")
    svg.group(tooltip: "trial \(trial + 1): \(values)") { $0.polyline(points, class: "thin \(dashes)\(colour)") }
  }

  private func drawAxis(
    _ axis: ParallelAxis, at x: Double, top: Double, bottom: Double, width: Double, on svg: inout SVG
  ) {
    svg.line(x, top, x, bottom, class: "axis")
    for tick in axis.ticks {
      let y = bottom - (bottom - top) * tick.share
      svg.line(x - 3, y, x + 3, y, class: "axis")
      svg.label(x + 5, y + 4, tick.label, width: width - 8, class: "halo")
    }
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
