/// Distributions side by side: scores of experiments' repeats.
///
/// Quartiles of fewer than five values are mostly interpolation and suggest more data: such a group shows only its values and
/// their mean.
package struct BoxPlot: Sendable {
  private static let minimumForBox = 5

  private let id: String
  private let title: String
  private let yLabel: String
  private let groups: [(name: String, values: [Double])]

  /// Values that are not finite are left out; a group without any keeps its place.
  package init(id: String, title: String, yLabel: String, groups: [(name: String, values: [Double])]) {
    self.id = id
    self.title = title
    self.yLabel = yLabel
    self.groups = groups
  }

  /// What is to be said of groups without a box; nil where all have one.
  package var note: String? {
    groups.contains { (1..<Self.minimumForBox).contains(Self.usable($0.values).count) }
      ? "Fewer than five values are shown as points with their mean, without a box." : nil
  }

  /// With a legend; the names below are level, slanted or upright as they have room.
  package var picture: Picture {
    var canvas = Canvas(id: id, title: title)
    let box = LegendEntry("median, quartiles", .box, colour: PlotStyle.series(0))
    canvas.addLegend(
      (groups.contains { Self.hasBox($0.values) } ? [box] : []) + [
        LegendEntry("mean", .diamond, colour: PlotStyle.series(1)),
        LegendEntry("each value", .dot, colour: "\(PlotStyle.series(0)) pale"),
      ])
    let y = AxisScale.linear(groups.flatMap(\.values))
    var left = y.labelWidth + 12
    // The first name may reach further to the left than the axis' labels.
    let slots = Double(max(groups.count, 1))
    let right = canvas.width - 12
    let labels = CategoryLabels(groups.map(\.name), slot: (right - left) / slots)
    left = max(left, labels.overhang + 4 - (right - left) / slots / 2)
    let slot = (right - left) / slots
    let frame = Frame(
      x: Axis(AxisScale.linear([0, slots], endsAtTicks: false), from: left, to: right),
      y: Axis(y, from: canvas.top + 244, to: canvas.top + 24))
    frame.drawY(on: &canvas.svg, label: yLabel)
    let middles = groups.indices.compactMap { frame.x.position(Double($0) + 0.5) }
    for (group, middle) in zip(groups, middles) {
      canvas.svg.group(tooltip: Self.summary(group)) { draw(group.values, at: middle, width: slot, frame, &$0) }
    }
    labels.draw(on: &canvas.svg, middles: middles, y: frame.bottom)
    canvas.top = frame.bottom + labels.height
    return canvas.picture(description)
  }

  private func draw(_ values: [Double], at middle: Double, width: Double, _ frame: Frame, _ svg: inout SVG) {
    guard let quartiles = Quartiles(values) else { return }
    let half = min(26, width * 0.35)
    let colour = PlotStyle.series(0)
    let hasBox = Self.hasBox(values)
    if hasBox { draw(quartiles, at: middle, half: half, frame, &svg) }
    let radius = hasBox ? values.count > 60 ? 1.5 : 2.5 : 3.5
    for (index, value) in Self.usable(values).sorted().enumerated() {
      // Multiples of the golden ratio less their whole parts: neighbours in value lie far apart, and always alike.
      let turn = (Double(index) + 0.5) * 0.618033988749895
      let aside = (turn - turn.rounded(.down) - 0.5) * 1.6 * half
      svg.circle(middle + aside, frame.y.position(value) ?? .nan, radius: radius, class: "dot pale \(colour)")
    }
    svg.diamond(middle, frame.y.position(quartiles.mean) ?? .nan, class: "dot \(PlotStyle.series(1))")
  }

  private func draw(_ quartiles: Quartiles, at middle: Double, half: Double, _ frame: Frame, _ svg: inout SVG) {
    let y = { frame.y.position($0) ?? .nan }
    let colour = PlotStyle.series(0)
    let line = "line thin \(colour)"
    let (low, high) = (y(quartiles.whiskers.lowerBound), y(quartiles.whiskers.upperBound))
    svg.line(middle, low, middle, y(quartiles.first), class: line)
    svg.line(middle, y(quartiles.third), middle, high, class: line)
    for end in [low, high] { svg.line(middle - half / 2, end, middle + half / 2, end, class: line) }
    svg.rectangle(
      middle - half, y(quartiles.third), width: 2 * half, height: y(quartiles.first) - y(quartiles.third),
      class: "box \(colour)")
    svg.line(middle - half, y(quartiles.median), middle + half, y(quartiles.median), class: "line strong \(colour)")
  }

  private static func usable(_ values: [Double]) -> [Double] { values.filter(AxisScale.isUsable) }

  private static func hasBox(_ values: [Double]) -> Bool { usable(values).count >= minimumForBox }

  private static func summary(_ group: (name: String, values: [Double])) -> String {
    guard let quartiles = Quartiles(group.values) else { return "\(group.name): no values" }
    let count = NumberText.counted(usable(group.values).count, "value")
    let median = hasBox(group.values) ? "median \(NumberText.concise(quartiles.median, digits: 4)), " : ""
    return "\(group.name): \(count), \(median)mean \(NumberText.concise(quartiles.mean, digits: 4))"
  }

  private var description: String {
    let hasBoxes = groups.contains { Self.hasBox($0.values) }
    let middles = groups.compactMap { Quartiles($0.values).map { hasBoxes ? $0.median : $0.mean } }
    let plot = "\(hasBoxes ? "Box plot" : "Dot plot") of \(yLabel): \(NumberText.counted(groups.count, "group"))"
    guard let lowest = middles.min(), let highest = middles.max() else { return "\(plot) without values." }
    let range = "\(NumberText.concise(lowest, digits: 4)) to \(NumberText.concise(highest, digits: 4))"
    return "\(plot) with \(hasBoxes ? "medians" : "means") from \(range)." + (note.map { " \($0)" } ?? "")
  }
}
