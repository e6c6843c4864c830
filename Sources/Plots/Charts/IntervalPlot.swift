/// Estimates with their intervals about a line at zero: differences of means.
package struct IntervalPlot: Sendable {
  private let id: String
  private let title: String
  private let xLabel: String
  private let rows: [(name: String, estimate: Double, low: Double, high: Double)]

  /// Rows from the top down. A dot is filled where its interval excludes zero.
  package init(
    id: String, title: String, xLabel: String,
    rows: [(name: String, estimate: Double, low: Double, high: Double)]
  ) {
    self.id = id
    self.title = title
    self.xLabel = xLabel
    self.rows = rows
  }

  /// The numbers stand in the rows as well.
  package var picture: Picture {
    var canvas = Canvas(id: id, title: title)
    if rows.contains(where: { !Self.excludesZero($0) }) {
      canvas.addLegend([
        LegendEntry("interval excludes 0", .dot, colour: PlotStyle.series(0)),
        LegendEntry("includes 0", .hollowDot, colour: PlotStyle.series(0)),
      ])
    }
    let scale = AxisScale.linear(rows.flatMap { [$0.estimate, $0.low, $0.high] } + [0], about: 6)
    let pitch = 38.0
    let top = canvas.top + 4
    let frame = Frame(
      x: Axis(scale, from: scale.aside(scale.ticks.first), to: canvas.width - scale.aside(scale.ticks.last)),
      y: Axis(AxisScale.linear([0, 1]), from: top + pitch * Double(rows.count), to: top))
    frame.drawXTicks(on: &canvas.svg)
    canvas.svg.line(frame.left, frame.bottom, frame.right, frame.bottom, class: "axis")
    if let zero = frame.x.position(0) {
      canvas.svg.polyline([(zero, top), (zero, frame.bottom)], class: "thin dashed ink")
    }
    for (index, row) in rows.enumerated() {
      let y = top + pitch * Double(index)
      let text = Self.text(row, scale)
      let width = TextWidth.of(text)
      canvas.svg.label(4, y + 14, row.name, width: canvas.width - width - 20, class: "halo")
      canvas.svg.text(canvas.width - 4, y + 14, text, anchor: .end, class: "halo")
      draw(row, y: y + 27, frame.x, &canvas.svg)
    }
    canvas.top = frame.bottom + 22
    frame.drawXName(xLabel, on: &canvas)
    return canvas.picture(description)
  }

  private func draw(
    _ row: (name: String, estimate: Double, low: Double, high: Double), y: Double, _ axis: Axis, _ svg: inout SVG
  ) {
    let colour = PlotStyle.series(0)
    if let low = axis.inside(row.low), let high = axis.inside(row.high) {
      svg.line(low, y, high, y, class: "line \(colour)")
      for end in [low, high] { svg.line(end, y - 4, end, y + 4, class: "line \(colour)") }
    }
    guard let estimate = axis.inside(row.estimate) else { return }
    svg.circle(estimate, y, radius: 4.5, class: "\(Self.excludesZero(row) ? "dot" : "hollow") \(colour)")
  }

  private static func excludesZero(_ row: (name: String, estimate: Double, low: Double, high: Double)) -> Bool {
    row.low > 0 || row.high < 0
  }

  /// The estimate and its interval to about a hundredth of the axis.
  private static func text(
    _ row: (name: String, estimate: Double, low: Double, high: Double), _ scale: AxisScale
  ) -> String {
    var (span, decimals) = (scale.upper - scale.lower, 0)
    while decimals < 6, span < 100 { (span, decimals) = (span * 10, decimals + 1) }
    let sign = row.estimate > 0 ? "+" : ""
    let ends = [row.low, row.high].map { NumberText.fixed($0, decimals) }.joined(separator: " to ")
    return "\(sign)\(NumberText.fixed(row.estimate, decimals)) (\(ends))"
  }

  private var description: String {
    let clear = rows.filter(Self.excludesZero).count
    return "\(xLabel): \(NumberText.counted(rows.count, "estimate")) with intervals, \(clear) of which exclude 0."
  }
}
