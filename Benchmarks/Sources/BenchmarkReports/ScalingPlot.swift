import Plots

/// Speed-up against cores as a picture: the ideal line, the measured points with their spread, and the fitted curves.
public struct ScalingPlot {
  private let title: String
  private let reports: [ScalingReport]
  private let most: Double

  /// A plot of reports on one machine.
  public init(title: String, _ reports: [ScalingReport]) {
    self.title = title
    self.reports = reports
    let threads = reports.flatMap { report in report.points.map(report.allThreads) }.map { Double($0) }.max() ?? 1
    let speedups = reports.flatMap { report in report.points.compactMap { report.speedup($0) } }.max() ?? 1
    most = max(threads, speedups, 2)
  }

  /// The picture as SVG for a file of its own.
  public var svg: String {
    var canvas = Canvas(id: "scaling", title: title)
    canvas.addLegend(legend)
    let scale = AxisScale.linear([0, most], about: 8, endsAtTicks: false, wholeNumbers: true)
    let frame = Frame(on: canvas, x: scale, y: scale, height: 300)
    frame.draw(on: &canvas, xLabel: "threads", yLabel: "speed-up over one thread")
    canvas.svg.group(id: "ideal") {
      $0.polyline([frame.place(0, 0), frame.place(most, most)], class: "thin dashed faint")
    }
    for (index, report) in reports.enumerated() {
      canvas.svg.group(class: PlotStyle.series(index), id: report.name) { draw(report, in: frame, on: &$0) }
    }
    let strategies = reports.map(\.name).joined(separator: ", ")
    let description = "Speed-up of \(strategies) with up to \(SVG.number(most)) threads, beside the ideal."
    return canvas.picture(description).svg(.standalone)
  }

  private func draw(_ report: ScalingReport, in frame: Frame, on svg: inout SVG) {
    if let fit = report.fit {
      let end = min(most, Double(max(report.cores, 2)))
      let curve = stride(from: 1.0, through: end, by: max(0.05, (end - 1) / 60)).map { cores in
        let communication = (fit.communicationShare ?? 0) * (cores - 1)
        return frame.place(cores, 1 / (fit.serialShare + (1 - fit.serialShare) / cores + communication))
      }
      svg.polyline(curve, class: "thin several")
    }
    for point in report.points {
      let threads = Double(report.allThreads(point))
      guard let speedup = report.speedup(point), let place = frame.place(threads, speedup) else { continue }
      let rates = point.samplesPerSecond
      let spread = [rates.least, rates.most].map { rate -> SVG.Point? in
        // A point faster than ideal may vary to beyond the axis.
        frame.place(threads, min(speedup * rate / rates.median, most))
      }
      svg.polyline(spread, class: "thin")
      svg.circle(place.x, place.y, radius: 4.5, class: report.isOversubscribed(point) ? "hollow" : "dot")
    }
  }

  private var legend: [LegendEntry] {
    var entries = [LegendEntry("ideal", .dashedLine, colour: "faint")]
    for (index, report) in reports.enumerated() {
      entries.append(LegendEntry(report.name, .dot, colour: PlotStyle.series(index)))
    }
    if reports.contains(where: { report in report.points.contains { report.isOversubscribed($0) } }) {
      entries.append(LegendEntry("more threads than cores", .hollowDot, colour: "faint"))
    }
    return entries
  }
}
