import Foundation

/// Speed-up against cores as a picture: the ideal line, the measured points with their spread, and the fitted curves.
public struct ScalingPlot {
  private let title: String
  private let reports: [ScalingReport]
  private let width = 640.0
  private let height = 480.0
  private let left = 64.0
  private let right = 24.0
  private let top = 56.0
  private let bottom = 56.0
  private let most: Double
  private static let colours = ["#1f6feb", "#d1495b", "#2a9d5c"]

  /// A plot of reports on one machine.
  public init(title: String, _ reports: [ScalingReport]) {
    self.title = title
    self.reports = reports
    let threads = reports.flatMap(\.points).map { Double($0.threads) }.max() ?? 1
    let speedups = reports.flatMap { report in report.points.compactMap { report.speedup($0) } }.max() ?? 1
    most = max(threads, speedups, 2)
  }

  private func x(_ cores: Double) -> Double { left + (width - left - right) * cores / most }
  private func y(_ speedup: Double) -> Double { height - bottom - (height - top - bottom) * speedup / most }

  /// The picture as SVG.
  public var svg: String {
    var body: [String] = []
    body.append("<rect width=\"\(n(width))\" height=\"\(n(height))\" fill=\"#ffffff\"/>")
    body.append(text(width / 2, 28, title, anchor: "middle", size: 16))
    for tick in ticks {
      body.append(line(x(0), y(tick), x(most), y(tick), "#e3e6ea"))
      body.append(line(x(tick), y(0), x(tick), y(most), "#e3e6ea"))
      body.append(text(left - 8, y(tick) + 4, n(tick), anchor: "end"))
      body.append(text(x(tick), y(0) + 18, n(tick), anchor: "middle"))
    }
    body.append(line(x(0), y(0), x(most), y(0), "#57606a"))
    body.append(line(x(0), y(0), x(0), y(most), "#57606a"))
    body.append(text((x(0) + x(most)) / 2, height - 12, "threads", anchor: "middle", size: 13))
    body.append(
      "<text transform=\"translate(18 \(n((y(0) + y(most)) / 2))) rotate(-90)\" text-anchor=\"middle\" font-size=\"13\">speed-up over one thread</text>"
    )
    body.append("<g id=\"ideal\">\(line(x(0), y(0), x(most), y(most), "#8b949e", dashes: "6 5"))</g>")
    for (index, report) in reports.enumerated() { body += series(report, Self.colours[index % Self.colours.count]) }
    body += legend
    return
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(n(width))\" height=\"\(n(height))\" viewBox=\"0 0 \(n(width)) \(n(height))\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#24292f\">\n"
      + body.joined(separator: "\n") + "\n</svg>\n"
  }

  private var ticks: [Double] {
    let step = [1.0, 2, 4, 5, 8, 10, 16, 20, 32, 50, 64, 100].first { most / $0 <= 9 } ?? (most / 8).rounded()
    return Array(stride(from: 0, through: most, by: step))
  }

  private func series(_ report: ScalingReport, _ colour: String) -> [String] {
    var body = ["<g id=\"\(escaped(report.strategy))\">"]
    if let fit = report.fit {
      let end = min(most, Double(max(report.cores, 2)))
      let curve = stride(from: 1.0, through: end, by: max(0.05, (end - 1) / 60)).map { cores in
        let speedup =
          1 / (fit.serialShare + (1 - fit.serialShare) / cores + (fit.communicationShare ?? 0) * (cores - 1))
        return "\(n(x(cores))),\(n(y(speedup)))"
      }
      body.append(
        "<polyline points=\"\(curve.joined(separator: " "))\" fill=\"none\" stroke=\"\(colour)\" stroke-opacity=\"0.5\" stroke-width=\"1.5\"/>"
      )
    }
    for point in report.points {
      guard let speedup = report.speedup(point) else { continue }
      let scale = speedup / point.samplesPerSecond.median
      let (cx, cy) = (x(Double(point.threads)), y(speedup))
      body.append(
        line(cx, y(point.samplesPerSecond.least * scale), cx, y(point.samplesPerSecond.most * scale), colour))
      let fill = report.isOversubscribed(point) ? "#ffffff" : colour
      body.append(
        "<circle cx=\"\(n(cx))\" cy=\"\(n(cy))\" r=\"4.5\" fill=\"\(fill)\" stroke=\"\(colour)\" stroke-width=\"1.5\"/>"
      )
    }
    return body + ["</g>"]
  }

  private var legend: [String] {
    var entries: [(mark: (Double) -> String, label: String)] = [
      ({ self.line(self.left + 14, $0, self.left + 38, $0, "#8b949e", dashes: "6 5") }, "ideal")
    ]
    for (index, report) in reports.enumerated() {
      let colour = Self.colours[index % Self.colours.count]
      entries.append(
        (
          { "<circle cx=\"\(self.n(self.left + 26))\" cy=\"\(self.n($0))\" r=\"4.5\" fill=\"\(colour)\"/>" },
          report.strategy
        ))
    }
    if reports.contains(where: { report in report.points.contains { report.isOversubscribed($0) } }) {
      entries.append(
        (
          {
            "<circle cx=\"\(self.n(self.left + 26))\" cy=\"\(self.n($0))\" r=\"4.5\" fill=\"#ffffff\" stroke=\"#57606a\"/>"
          },
          "more threads than cores"
        ))
    }
    return entries.enumerated().flatMap { index, entry in
      let height = top + 10 + 20 * Double(index)
      return [entry.mark(height), text(left + 46, height + 4, entry.label)]
    }
  }

  // MARK: SVG

  private func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ colour: String, dashes: String? = nil
  ) -> String {
    let dashes = dashes.map { " stroke-dasharray=\"\($0)\"" } ?? ""
    return
      "<line x1=\"\(n(x1))\" y1=\"\(n(y1))\" x2=\"\(n(x2))\" y2=\"\(n(y2))\" stroke=\"\(colour)\" stroke-width=\"1.2\"\(dashes)/>"
  }

  private func text(_ x: Double, _ y: Double, _ text: String, anchor: String = "start", size: Int = 12) -> String {
    "<text x=\"\(n(x))\" y=\"\(n(y))\" text-anchor=\"\(anchor)\" font-size=\"\(size)\">\(escaped(text))</text>"
  }

  private func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
      .replacingOccurrences(of: "\"", with: "&quot;")
  }

  /// Up to two digits after the point, none where they are zeros.
  private func n(_ number: Double) -> String {
    let rounded = (number * 100).rounded() / 100
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }
}
