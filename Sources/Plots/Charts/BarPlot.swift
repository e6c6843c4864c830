/// Horizontal bars with their values beside them: accuracy per person.
package struct BarPlot: Sendable {
  private let id: String
  private let title: String
  private let xLabel: String
  private let bars: [(name: String, value: Double, interval: ClosedRange<Double>?)]
  private let range: ClosedRange<Double>?

  /// Bars from the top down, over `range`, or from 0 to around all values. Where the range leaves 0 out there are dots
  /// instead, as bars that don't begin at 0 have lengths that mislead (Cleveland and McGill, "Graphical Perception", 1984).
  package init(
    id: String, title: String, xLabel: String,
    bars: [(name: String, value: Double, interval: ClosedRange<Double>?)], range: ClosedRange<Double>? = nil
  ) {
    self.id = id
    self.title = title
    self.xLabel = xLabel
    self.bars = bars
    self.range = range
  }

  /// 24 units high per bar, 17 from 13 bars on.
  package var picture: Picture {
    var canvas = Canvas(id: id, title: title)
    let ends = bars.flatMap { [$0.value, $0.interval?.lowerBound, $0.interval?.upperBound].compactMap { $0 } }
    let scale =
      range.map { AxisScale.linear([$0.lowerBound, $0.upperBound], endsAtTicks: false) }
      ?? AxisScale.linear(ends + [0])
    let left = min(150, bars.map { TextWidth.of($0.name) }.max() ?? 0) + 12
    let texts = bars.map { text($0.value, scale) }
    let aside = max(texts.map { TextWidth.of($0) + 10 }.max() ?? 0, scale.aside(scale.ticks.last))
    let pitch = bars.count > 12 ? 17.0 : 24
    let top = canvas.top + 4
    let frame = Frame(
      x: Axis(scale, from: left, to: canvas.width - aside),
      y: Axis(AxisScale.linear([0, 1]), from: top + pitch * Double(bars.count), to: top))
    frame.drawXTicks(on: &canvas.svg)
    for (index, bar) in bars.enumerated() {
      let middle = top + pitch * (Double(index) + 0.5)
      canvas.svg.label(left - 6, middle + 4, bar.name, width: left - 10, anchor: .end)
      canvas.svg.text(canvas.width - 4, middle + 4, texts[index], anchor: .end)
      draw(bar.value, bar.interval, middle: middle, thickness: pitch * 0.62, frame.x, &canvas.svg)
    }
    let base = frame.x.inside(0) ?? left
    canvas.svg.line(base, top, base, frame.bottom, class: "axis")
    canvas.top = frame.bottom + 22
    frame.drawXName(xLabel, on: &canvas)
    return canvas.picture(description)
  }

  private func draw(
    _ value: Double, _ interval: ClosedRange<Double>?, middle: Double, thickness: Double, _ axis: Axis, _ svg: inout SVG
  ) {
    guard AxisScale.isUsable(value), let end = axis.inside(value), let base = axis.inside(0) else { return }
    let colour = PlotStyle.series(0)
    if (axis.scale.lower...axis.scale.upper).contains(0) {
      svg.rectangle(
        min(base, end), middle - thickness / 2, width: abs(end - base), height: thickness, class: "bar pale \(colour)")
    } else {
      svg.circle(end, middle, radius: 4, class: "dot \(colour)")
    }
    guard let interval, let low = axis.inside(interval.lowerBound), let high = axis.inside(interval.upperBound) else {
      return
    }
    svg.line(low, middle, high, middle, class: "line thin ink")
    for x in [low, high] { svg.line(x, middle - thickness / 4, x, middle + thickness / 4, class: "line thin ink") }
  }

  /// A count, or a value to about a thousandth of the axis.
  private func text(_ value: Double, _ scale: AxisScale) -> String {
    // Counts are whole.
    if bars.allSatisfy({ $0.value == $0.value.rounded() && $0.interval == nil }) { return NumberText.fixed(value, 0) }
    var (span, decimals) = (scale.upper - scale.lower, 0)
    while decimals < 6, span < 200 { (span, decimals) = (span * 10, decimals + 1) }
    return NumberText.fixed(value, decimals)
  }

  private var description: String {
    let values = bars.map(\.value).filter(AxisScale.isUsable)
    let count = NumberText.counted(bars.count, "bar")
    guard let lowest = values.min(), let highest = values.max() else { return "\(xLabel): \(count) without values." }
    return "\(xLabel): \(count) from \(NumberText.concise(lowest)) to \(NumberText.concise(highest))."
  }
}
