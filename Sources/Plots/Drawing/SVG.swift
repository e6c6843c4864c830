/// Elements of an SVG document, appended in the order in which they are painted.
///
/// An element any of whose numbers is not finite is left out, so that nothing in a picture is ever "nan" or "inf". Colours are
/// classes of `PlotStyle.css`.
public struct SVG: Sendable {
  /// A place in user units, y downwards.
  public typealias Point = (x: Double, y: Double)

  /// Which end of a text its place is.
  package enum Anchor: String, Sendable {
    case start, middle, end
  }

  /// What has been appended, an element per line.
  package private(set) var text = ""

  /// No elements.
  package init() {}

  /// Appends a straight line.
  package mutating func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, class classes: String, tooltip: String? = nil
  ) {
    element("line", ["x1": x1, "y1": y1, "x2": x2, "y2": y2], ["class": classes], tooltip: tooltip)
  }

  /// Appends a rectangle; `opacity` is that of its filling.
  package mutating func rectangle(
    _ x: Double, _ y: Double, width: Double, height: Double, class classes: String, opacity: Double? = nil,
    tooltip: String? = nil
  ) {
    guard width >= 0, height >= 0 else { return }
    element(
      "rect", ["x": x, "y": y, "width": width, "height": height],
      ["class": classes, "fill-opacity": opacity.map(Self.number)], tooltip: tooltip)
  }

  /// Appends a circle.
  public mutating func circle(
    _ x: Double, _ y: Double, radius: Double, class classes: String, tooltip: String? = nil
  ) {
    element("circle", ["cx": x, "cy": y, "r": radius], ["class": classes], tooltip: tooltip)
  }

  /// Appends a line through points, broken where one is nil or not finite. A point between two breaks is a dot of class
  /// `dot`, whatever the classes of the line, and `line` is added to those of the others.
  public mutating func polyline(_ points: [Point?], class classes: String, dotRadius: Double = 2.5) {
    for run in Self.runs(points) {
      if run.count == 1 {
        circle(run[0].x, run[0].y, radius: dotRadius, class: "dot \(classes)")
      } else {
        element("polyline", [:], ["points": Self.list(run), "class": "line \(classes)"])
      }
    }
  }

  /// Appends a closed, filled shape; left out where a corner is not finite.
  package mutating func polygon(_ corners: [Point], class classes: String) {
    guard corners.allSatisfy({ $0.x.isFinite && $0.y.isFinite }) else { return }
    element("polygon", [:], ["points": Self.list(corners), "class": classes])
  }

  /// Appends a line of text on the baseline `y`, turned by `degrees` about its place; the tooltip is for what `text` shortens.
  package mutating func text(
    _ x: Double, _ y: Double, _ text: String, anchor: Anchor = .start, class classes: String? = nil,
    degrees: Double = 0, tooltip: String? = nil
  ) {
    guard x.isFinite, y.isFinite, degrees.isFinite else { return }
    let turn = degrees == 0 ? nil : "rotate(\(Self.number(degrees)) \(Self.number(x)) \(Self.number(y)))"
    element(
      "text", ["x": x, "y": y],
      [
        "text-anchor": anchor == .start ? nil : anchor.rawValue, "class": classes, "transform": turn,
      ],
      tooltip: tooltip, content: text)
  }

  /// Appends a text of at most `width` units, with what was cut off in a tooltip.
  package mutating func label(
    _ x: Double, _ y: Double, _ text: String, width: Double, anchor: Anchor = .start, class classes: String? = nil,
    degrees: Double = 0
  ) {
    let short = TextWidth.shortened(text, to: width)
    self.text(
      x, y, short, anchor: anchor, class: classes, degrees: degrees, tooltip: short == text ? nil : text)
  }

  /// Appends a group of what `body` appends.
  public mutating func group(
    class classes: String? = nil, id: String? = nil, clip: String? = nil, tooltip: String? = nil,
    _ body: (inout SVG) -> Void
  ) {
    var inner = SVG()
    body(&inner)
    let clip = clip.map { "url(#\($0))" }
    text += "<g\(Self.attributes(["id": id, "class": classes, "clip-path": clip]))>\(Self.title(tooltip))\n"
    text += inner.text + "</g>\n"
  }

  /// Appends a rectangle to which groups with this name in `clip` are cut.
  mutating func clip(_ id: String, _ x: Double, _ y: Double, width: Double, height: Double) {
    var inner = SVG()
    inner.element("rect", ["x": x, "y": y, "width": width, "height": height], [:])
    text += "<clipPath\(Self.attributes(["id": id]))>\(inner.text)</clipPath>\n"
  }

  // MARK: Elements

  private mutating func element(
    _ name: String, _ numbers: KeyValuePairs<String, Double>, _ words: KeyValuePairs<String, String?>,
    tooltip: String? = nil, content: String? = nil
  ) {
    guard numbers.allSatisfy({ $0.value.isFinite }) else { return }
    let numbers = numbers.map { " \($0.key)=\"\(Self.number($0.value))\"" }.joined()
    let inside = Self.title(tooltip) + Self.escaped(content ?? "")
    text += "<\(name)\(numbers)\(Self.attributes(words))" + (inside.isEmpty ? "/>\n" : ">\(inside)</\(name)>\n")
  }

  private static func attributes(_ words: KeyValuePairs<String, String?>) -> String {
    words.compactMap { name, value in value.map { " \(name)=\"\(escaped($0))\"" } }.joined()
  }

  private static func title(_ tooltip: String?) -> String { tooltip.map { "<title>\(escaped($0))</title>" } ?? "" }

  private static func list(_ points: [Point]) -> String {
    points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
  }

  private static func runs(_ points: [Point?]) -> [[Point]] {
    var runs: [[Point]] = [[]]
    for point in points {
      if let point, point.x.isFinite, point.y.isFinite {
        runs[runs.count - 1].append(point)
      } else if runs[runs.count - 1].isEmpty == false {
        runs.append([])
      }
    }
    return runs.filter { !$0.isEmpty }
  }
}
