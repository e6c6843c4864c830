import Plots

/// Measured and predicted speed-up against cores, above for minibatches that stay as they are and below for one that grows.
public struct SimulationPlot {
  private let title: String
  private let report: SimulationReport

  /// A plot of one network on one machine.
  public init(title: String, _ report: SimulationReport) {
    self.title = title
    self.report = report
  }

  /// The picture as SVG for a file of its own.
  public var svg: String {
    var canvas = Canvas(id: "simulation", title: title)
    let batches = Set(report.strong.map(\.place.batchSize)).sorted()
    canvas.addLegend(
      [LegendEntry("ideal", .dashedLine, colour: "faint"), LegendEntry("measured", .hollowDot, colour: "faint")]
        + batches.enumerated().map { LegendEntry("batch of \($1)", .dot, colour: PlotStyle.series($0)) }
        + (report.weak.isEmpty ? [] : [LegendEntry("growing batch", .dot, colour: PlotStyle.series(batches.count))]))
    if !report.strong.isEmpty {
      canvas.addHeading("Strong scaling: the minibatch stays")
      draw(
        batches.map { batch in report.strong.filter { $0.place.batchSize == batch } }, first: 0, "strong", on: &canvas)
    }
    if !report.weak.isEmpty {
      canvas.addHeading("Weak scaling: the minibatch grows with the cores")
      draw([report.weak], first: batches.count, "weak", on: &canvas)
    }
    let description =
      "Speed-up over one core, predicted for up to \(mostCores) cores and measured on up to "
      + "\(report.checks.map(\.place.cores).max() ?? 1), beside the ideal."
    return canvas.picture(description).svg(.standalone)
  }

  private var mostCores: Int { (report.strong + report.weak).map(\.place.cores).max() ?? 1 }

  private func draw(
    _ series: [[SimulationReport.Prediction]], first: Int, _ id: String, on canvas: inout Canvas
  ) {
    let all = series.joined()
    let cores = all.map { Double($0.place.cores) }
    let scale = AxisScale.doublings([1] + cores, about: 11)
    let speedups = all.compactMap { SimulationReport.speedup($0, among: Array(all)) }
    let frame = Frame(on: canvas, x: scale, y: .doublings([1] + cores + speedups, about: 11), height: 240)
    frame.draw(on: &canvas, xLabel: "cores of all processes", yLabel: "speed-up over one core")
    let most = cores.max() ?? 1
    canvas.svg.polyline([frame.place(1, 1), frame.place(most, most)], class: "thin dashed faint")
    for (index, predictions) in series.enumerated() {
      canvas.svg.group(class: PlotStyle.series(first + index), id: "\(id)-\(index)") { svg in
        func places(_ predictions: [SimulationReport.Prediction]) -> [SVG.Point] {
          predictions.compactMap { prediction in
            SimulationReport.speedup(prediction, among: Array(all)).flatMap {
              frame.place(Double(prediction.place.cores), $0)
            }
          }
        }
        let alone = predictions.filter { $0.place.processes == 1 }
        let shared = predictions.filter { $0.place.processes > 1 }
        svg.polyline(places(alone), class: "thin")
        // From one process with the cores of each of several.
        let start = alone.filter { $0.place.threads == shared.first?.place.threads }
        svg.polyline(places(start + shared), class: "thin dashed")
        for place in places(predictions) { svg.circle(place.x, place.y, radius: 3, class: "dot") }
        for check in report.checks {
          guard let predicted = predictions.first(where: { $0.place == check.place }),
            let speedup = SimulationReport.speedup(predicted, among: Array(all)),
            // As far from the prediction as each repetition was from its own.
            let place = frame.place(Double(check.place.cores), speedup * (1 + check.error))
          else { continue }
          svg.circle(place.x, place.y, radius: 5.5, class: "hollow")
        }
      }
    }
  }
}
