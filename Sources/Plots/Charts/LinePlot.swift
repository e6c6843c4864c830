/// Lines over a common axis: training curves.
package struct LinePlot: Sendable {
  /// One line.
  package struct Series: Sendable {
    /// Its tooltip, and its name in a legend that the plot makes itself, in which series of one name share an entry.
    let name: String
    /// In the order in which the line goes. Where one is not finite the line is broken.
    let points: [(x: Double, y: Double)]
    /// An index into the eight colours of series, round again beyond.
    let colour: Int
    /// Whether the line is interrupted, in the legend too.
    let isDashed: Bool

    /// Memberwise.
    package init(name: String, points: [(x: Double, y: Double)], colour: Int, isDashed: Bool = false) {
      self.name = name
      self.points = points
      self.colour = colour
      self.isDashed = isDashed
    }
  }

  private let id: String
  private let title: String
  private let xLabel: String
  private let yLabel: String
  private let series: [Series]
  private let legend: [LegendEntry]
  private let yRange: ClosedRange<Double>?

  /// The last series is painted on top; the vertical axis is `yRange`, lines cut off at its ends, or goes around all points.
  /// - Parameter legend: where colours and dashes each mean something of their own; nil for an entry per name, eight at most.
  package init(
    id: String, title: String, xLabel: String, yLabel: String, series: [Series], legend: [LegendEntry]? = nil,
    yRange: ClosedRange<Double>? = nil
  ) {
    self.id = id
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.series = series
    self.legend = legend ?? Self.legend(series)
    self.yRange = yRange
  }

  /// With the legend, each line a tooltip of its own.
  package var picture: Picture {
    var canvas = Canvas(id: id, title: title)
    canvas.addLegend(legend)
    let finite = series.flatMap(\.points).filter { $0.x.isFinite && $0.y.isFinite }
    let wholeNumbers = finite.allSatisfy { $0.x == $0.x.rounded() }
    let x = AxisScale.linear(finite.map(\.x), about: 7, endsAtTicks: false, wholeNumbers: wholeNumbers)
    let y =
      yRange.map { AxisScale.linear([$0.lowerBound, $0.upperBound], endsAtTicks: false) }
      ?? AxisScale.linear(finite.map(\.y))
    let frame = Frame(on: canvas, x: x, y: y, height: 220)
    frame.draw(on: &canvas, xLabel: xLabel, yLabel: yLabel)
    let clip = "\(canvas.id)-clip"
    // A little more than the frame, for lines and dots along its edge.
    canvas.svg.clip(
      clip, frame.left - 4, frame.top - 2, width: frame.right - frame.left + 8, height: frame.bottom - frame.top + 4)
    canvas.svg.group(class: density, clip: clip) { svg in
      for series in series {
        svg.group(class: PlotStyle.series(series.colour), tooltip: series.name) { svg in
          svg.polyline(
            series.points.map { frame.place($0.x, $0.y) }, class: (series.isDashed ? "dashed " : "") + density,
            dotRadius: 3)
        }
      }
    }
    return canvas.picture(description(x: finite.map(\.x), y: finite.map(\.y)))
  }

  /// Many lines are thinner, and show where they lie on each other.
  private var density: String {
    switch series.count {
    case ...4: "few"
    case ...16: "several"
    default: "many"
    }
  }

  private static func legend(_ series: [Series]) -> [LegendEntry] {
    var names: Set<String> = []
    let distinct = series.filter { !$0.name.isEmpty && names.insert($0.name).inserted }
    let entries = distinct.prefix(8).map { series in
      LegendEntry(series.name, series.isDashed ? .dashedLine : .line, colour: PlotStyle.series(series.colour))
    }
    return distinct.count > 8 ? entries + [LegendEntry("and \(distinct.count - 8) more", nil, colour: "")] : entries
  }

  private func description(x: [Double], y: [Double]) -> String {
    let names = legend.map(\.name).joined(separator: ", ")
    let lines = NumberText.counted(series.count, "line") + (names.isEmpty ? "" : " (\(names))")
    guard let first = x.min(), let last = x.max(), let lowest = y.min(), let highest = y.max() else {
      return "\(yLabel) against \(xLabel): \(lines) without points."
    }
    let range = "from \(NumberText.concise(lowest)) to \(NumberText.concise(highest))"
    return "\(yLabel) against \(xLabel) \(NumberText.concise(first)) to \(NumberText.concise(last)): \(lines) \(range)."
  }
}
