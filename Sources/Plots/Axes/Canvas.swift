/// A picture being drawn from top to bottom: its title, then a legend, then what the plot adds below `top`.
public struct Canvas: Sendable {
  /// Begins the ids of elements.
  let id: String
  /// Drawn already, and the picture's name for screen readers.
  let title: String
  /// In user units.
  let width: Double
  /// Down to where the picture is taken.
  var top: Double
  /// What has been drawn.
  public var svg = SVG()

  /// A canvas with the title in up to three lines. At 384 units text of 12 is 11 pixels high on a screen 390 pixels wide,
  /// and in a column of 22 rem.
  public init(id: String, title: String, width: Double = 384) {
    self.id = SVG.identifier(id)
    self.title = title
    self.width = width
    top = 6
    for line in TextWidth.wrapped(title, to: width - 8, size: 16, lines: 3) {
      svg.text(4, top + 13, line, class: "heading")
      top += 18
    }
  }

  /// Names what comes next, in one line.
  public mutating func addHeading(_ text: String) {
    top += 10
    svg.label(4, top + 12, text, width: width - 8, class: "faint")
    top += 14
  }

  /// Adds entries from left to right, in as many rows as they need.
  public mutating func addLegend(_ entries: [LegendEntry]) {
    guard !entries.isEmpty else { return }
    var x = 4.0
    top += 4
    for entry in entries {
      let nameWidth = min(TextWidth.of(entry.name), width - 40)
      let entryWidth = (entry.mark == nil ? 0 : 26) + nameWidth
      if x > 4, x + entryWidth > width - 4 { (x, top) = (4, top + 17) }
      entry.draw(on: &svg, x: x, y: top + 9, width: width - 40)
      x += entryWidth + 12
    }
    top += 22
  }

  /// Adds a strip of colours with the names of its ends, each colour a class and the opacity of its filling; then an entry on
  /// the same row.
  mutating func addStrip(
    _ colours: [(class: String, opacity: Double)], from first: String, to last: String, then entry: LegendEntry? = nil
  ) {
    let start = 4 + TextWidth.of(first) + 6
    svg.text(4, top + 13, first, class: "faint")
    for (index, colour) in colours.enumerated() {
      svg.rectangle(
        start + 14 * Double(index), top + 4, width: 14, height: 10, class: colour.class, opacity: colour.opacity)
    }
    let end = start + 14 * Double(colours.count) + 6
    svg.text(end, top + 13, last, class: "faint")
    let next = end + TextWidth.of(last) + 16
    entry?.draw(on: &svg, x: next, y: top + 9, width: width - next - 30)
    top += 23
  }

  /// What has been drawn, down to `top`.
  public func picture(_ description: String) -> Picture {
    Picture(id: id, width: width, height: top + 6, title: title, description: description, body: svg)
  }
}
