/// A classifier's accuracy against its confidence, and below how many predictions that is about: a reliability diagram
/// (Niculescu-Mizil and Caruana, "Predicting Good Probabilities with Supervised Learning", 2005).
package struct ReliabilityPlot: Sendable {
  /// Predictions of similar confidence: their mean confidence and accuracy, each 0 to 1, and their number.
  package typealias Bin = (meanConfidence: Double, accuracy: Double, count: Int)

  private let id: String
  private let title: String
  private let bins: [Bin]

  /// Bins in any order; empty ones are left out.
  package init(id: String, title: String, bins: [Bin]) {
    self.id = id
    self.title = title
    self.bins = bins.filter {
      $0.count > 0 && (0...1).contains($0.meanConfidence) && (0...1).contains($0.accuracy)
    }.sorted { $0.meanConfidence < $1.meanConfidence }
  }

  /// Each bin also has a tooltip with its numbers.
  package var picture: Picture {
    var canvas = Canvas(id: id, title: title)
    canvas.addLegend([
      LegendEntry("measured", .line, colour: PlotStyle.series(0)),
      LegendEntry("perfectly calibrated", .dashedLine, colour: "faint"),
    ])
    let share = AxisScale.linear([0, 1], about: 6)
    let counts = AxisScale.linear([0] + bins.map { Double($0.count) }, about: 3)
    // One left edge for both frames, whichever has the wider labels.
    let left = max(share.labelWidth, counts.labelWidth) + 12
    let x = Axis(share, from: left, to: canvas.width - 16)
    let upper = Frame(x: x, y: Axis(share, from: canvas.top + 284, to: canvas.top + 24))
    upper.drawY(on: &canvas.svg, label: "accuracy")
    upper.drawXTicks(on: &canvas.svg)
    drawCurve(upper, &canvas.svg)
    canvas.top = upper.bottom + 22
    let lower = Frame(x: x, y: Axis(counts, from: canvas.top + 92, to: canvas.top + 28))
    lower.drawY(on: &canvas.svg, label: "predictions")
    lower.drawXTicks(on: &canvas.svg)
    drawCounts(lower, &canvas.svg)
    canvas.top = lower.bottom + 22
    lower.drawXName("confidence", on: &canvas)
    return canvas.picture(description)
  }

  private func drawCurve(_ frame: Frame, _ svg: inout SVG) {
    let colour = PlotStyle.series(0)
    svg.polyline([frame.place(0, 0), frame.place(1, 1)], class: "thin dashed faint")
    for bin in bins {
      guard let point = frame.place(bin.meanConfidence, bin.accuracy), let ideal = frame.y.position(bin.meanConfidence)
      else { continue }
      svg.line(point.x, point.y, point.x, ideal, class: "line thin several \(PlotStyle.series(1))")
    }
    let points = bins.map { frame.place($0.meanConfidence, $0.accuracy) }
    if points.count > 1 { svg.polyline(points, class: colour) }
    for (bin, point) in zip(bins, points) {
      guard let point else { continue }
      svg.circle(point.x, point.y, radius: 4, class: "dot \(colour)", tooltip: tooltip(bin))
    }
  }

  private func drawCounts(_ frame: Frame, _ svg: inout SVG) {
    let middles = bins.compactMap { frame.x.position($0.meanConfidence) }
    let nearest = zip(middles.dropFirst(), middles).map { $0 - $1 }.min() ?? .infinity
    let width = max(2, min(20, nearest * 0.8))
    for (bin, middle) in zip(bins, middles) {
      guard let height = frame.y.position(Double(bin.count)) else { continue }
      svg.rectangle(
        middle - width / 2, height, width: width, height: frame.bottom - height,
        class: "bar pale \(PlotStyle.series(0))",
        tooltip: tooltip(bin))
    }
  }

  private func tooltip(_ bin: Bin) -> String {
    "confidence \(NumberText.fixed(bin.meanConfidence, 3)), accuracy \(NumberText.fixed(bin.accuracy, 3)), "
      + NumberText.counted(bin.count, "prediction")
  }

  /// With the expected calibration error (Naeini et al., "Obtaining Well Calibrated Probabilities Using Bayesian Binning", 2015).
  private var description: String {
    let all = bins.reduce(0.0) { $0 + Double($1.count) }
    guard all > 0 else { return "Reliability diagram without predictions." }
    let error = bins.reduce(0.0) { $0 + Double($1.count) / all * abs($1.accuracy - $1.meanConfidence) }
    return "Reliability diagram of \(NumberText.counted(bins.count, "bin")) with an expected calibration error of "
      + "\(NumberText.concise(error))."
  }
}
