internal import Foundation

/// Names below equal slots of a horizontal axis: level where the widest fits its slot, else slanted, else upright.
struct CategoryLabels {
  private let names: [String]
  private let degrees: Double
  private let size: Double
  private let longest: Double

  /// - Parameter slot: what one name has in width.
  init(_ names: [String], slot: Double) {
    let widest = names.map { TextWidth.of($0) }.max() ?? 0
    self.names = names
    if widest <= slot - 4 {
      (degrees, size, longest) = (0, 12, slot)
    } else if slot >= 22 {
      (degrees, size, longest) = (-40, 12, 160)
    } else {
      (degrees, size, longest) = (-90, min(12, max(6, slot - 1)), 110)
    }
  }

  private var widest: Double { min(longest, names.map { TextWidth.of($0, size: size) }.max() ?? 0) }

  /// What the names need below the axis.
  var height: Double { 11 + size * cos(degrees * .pi / 180) + widest * abs(sin(degrees * .pi / 180)) }

  /// How far the first name reaches to the left of its slot's middle.
  var overhang: Double {
    degrees == 0 ? 0 : min(longest, names.first.map { TextWidth.of($0, size: size) } ?? 0) * cos(degrees * .pi / 180)
  }

  /// Draws the names below `y`, each at its slot's middle.
  func draw(on svg: inout SVG, middles: [Double], y: Double) {
    for (name, middle) in zip(names, middles) {
      let across = degrees == 0 ? 0 : size * 0.35
      svg.label(
        middle + across, y + (degrees == -90 ? 6 : 6 + size * 0.85), name, width: longest,
        anchor: degrees == 0 ? .middle : .end, size: size, degrees: degrees)
    }
  }
}
