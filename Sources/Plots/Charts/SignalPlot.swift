/// Signals as small panels over one time axis: a window of a recording.
package struct SignalPlot: Sendable {
  /// Signals of one unit.
  package struct Panel: Sendable {
    /// Stands above the panel, before the unit.
    let name: String
    /// Empty for none.
    let unit: String
    /// One value per sample. Where one is not finite the line is broken; lines of one name have one colour in all panels.
    let lines: [(name: String, values: [Float])]

    /// Memberwise.
    package init(name: String, unit: String, lines: [(name: String, values: [Float])]) {
      self.name = name
      self.unit = unit
      self.lines = lines
    }
  }

  private let id: String
  private let title: String
  private let samplesPerSecond: Double
  private let panels: [Panel]

  /// The first sample is at 0 s. Without a rate, or with one that is none, time is in samples.
  package init(id: String, title: String, samplesPerSecond: Double, panels: [Panel]) {
    self.id = id
    self.title = title
    self.samplesPerSecond = samplesPerSecond
    self.panels = panels
  }

  /// A legend where lines have more than one name, then a panel of 60 units for each.
  package var picture: Picture {
    var canvas = Canvas(id: id, title: title)
    let names = distinctNames
    if names.count > 1 {
      canvas.addLegend(
        names.prefix(8).enumerated().map { LegendEntry($1, .line, colour: PlotStyle.series($0)) })
    }
    let rate = hasRate ? samplesPerSecond : 1
    let samples = panels.flatMap(\.lines).map(\.values.count).max() ?? 0
    let time = AxisScale.linear([0, Double(max(samples - 1, 1)) / rate], about: 7, endsAtTicks: false)
    let scales = panels.map { AxisScale.linear($0.lines.flatMap(\.values).map(Double.init), about: 3) }
    let left = (scales.map(\.labelWidth).max() ?? 0) + 12
    let x = Axis(time, from: left, to: canvas.width - time.aside(time.ticks.last))
    var last: Frame?
    for (panel, scale) in zip(panels, scales) {
      let frame = Frame(x: x, y: Axis(scale, from: canvas.top + 86, to: canvas.top + 24))
      for tick in time.ticks {
        guard let place = x.position(tick.value) else { continue }
        canvas.svg.line(place, frame.top, place, frame.bottom, class: "grid")
      }
      frame.drawY(on: &canvas.svg, label: panel.unit.isEmpty ? panel.name : "\(panel.name) (\(panel.unit))")
      for line in panel.lines {
        let colour = PlotStyle.series(names.firstIndex(of: line.name) ?? 0)
        let points = line.values.enumerated().map { frame.place(Double($0) / rate, Double($1)) }
        canvas.svg.group(tooltip: line.name) { $0.polyline(points, class: "thin \(colour)", dotRadius: 1.5) }
      }
      canvas.top = frame.bottom + 8
      last = frame
    }
    if let last {
      last.drawXTicks(on: &canvas.svg)
      canvas.top = last.bottom + 22
      last.drawXName(hasRate ? "seconds" : "samples", on: &canvas)
    }
    return canvas.picture(description(samples))
  }

  private var hasRate: Bool { samplesPerSecond.isFinite && samplesPerSecond > 0 }

  private var distinctNames: [String] {
    var seen: Set<String> = []
    return panels.flatMap(\.lines).map(\.name).filter { seen.insert($0).inserted }
  }

  private func description(_ samples: Int) -> String {
    let names = panels.map(\.name).joined(separator: ", ")
    let span =
      hasRate
      ? "\(NumberText.concise(Double(samples) / samplesPerSecond)) seconds" : NumberText.counted(samples, "sample")
    return "Signals over \(span): \(names.isEmpty ? "none" : names)."
  }
}
