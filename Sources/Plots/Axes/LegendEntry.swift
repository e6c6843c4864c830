/// A mark and what it stands for.
public struct LegendEntry: Sendable {
  /// How it looks in the plot.
  public enum Mark: Sendable {
    case line, dashedLine, dot, hollowDot, diamond, box
  }

  /// Shortened where the picture is too narrow for it.
  let name: String
  /// None for words alone.
  let mark: Mark?
  /// The class of its colour.
  let colour: String

  /// Memberwise.
  public init(_ name: String, _ mark: Mark?, colour: String) {
    self.name = name
    self.mark = mark
    self.colour = colour
  }

  /// Draws it with the middle of the mark at `y`, the name in at most `width` units.
  func draw(on svg: inout SVG, x: Double, y: Double, width: Double) {
    switch mark {
    case .line: svg.polyline([(x, y), (x + 20, y)], class: colour)
    case .dashedLine: svg.polyline([(x, y), (x + 20, y)], class: "dashed \(colour)")
    case .dot: svg.circle(x + 10, y, radius: 4, class: "dot \(colour)")
    case .hollowDot: svg.circle(x + 10, y, radius: 4, class: "hollow \(colour)")
    case .diamond: svg.diamond(x + 10, y, class: "dot \(colour)")
    case .box: svg.rectangle(x + 2, y - 4, width: 16, height: 8, class: "box \(colour)")
    case nil: break
    }
    svg.label(mark == nil ? x : x + 26, y + 4, name, width: width, class: mark == nil ? "faint" : nil)
  }
}

extension SVG {
  /// Appends a square that stands on a corner.
  mutating func diamond(_ x: Double, _ y: Double, class classes: String) {
    polygon([(x, y - 5), (x + 5, y), (x, y + 5), (x - 5, y)], class: classes)
  }
}
