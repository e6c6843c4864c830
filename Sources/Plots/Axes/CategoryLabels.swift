internal import Foundation

/// Names below equal slots of a horizontal axis: level where the widest fits its slot, else slanted, else upright. Of slots
/// narrower than text is high only some are named.
struct CategoryLabels {
  /// How high text is, and so the least width of a slot with a name of its own.
  private static let size = 12.0

  private let names: [String]
  private let degrees: Double
  private let longest: Double
  private let every: Int

  /// Every how many slots, or rows of a matrix, one is named, so that names don't overlap.
  static func every(_ slot: Double) -> Int { max(1, Int((size / max(slot, 0.01)).rounded(.up))) }

  /// - Parameter slot: what one name has in width.
  init(_ names: [String], slot: Double) {
    let widest = names.map { TextWidth.of($0) }.max() ?? 0
    self.names = names
    if widest <= slot - 4 {
      (degrees, longest, every) = (0, slot, 1)
    } else if slot >= 26 {
      (degrees, longest, every) = (-40, 160, 1)
    } else {
      (degrees, longest, every) = (-90, 110, Self.every(slot))
    }
  }

  private var widest: Double { min(longest, names.map { TextWidth.of($0) }.max() ?? 0) }

  /// What the names need below the axis.
  var height: Double { 11 + Self.size * cos(degrees * .pi / 180) + widest * abs(sin(degrees * .pi / 180)) }

  /// How far the first name reaches to the left of its slot's middle.
  var overhang: Double {
    degrees == 0 ? 0 : min(longest, names.first.map { TextWidth.of($0) } ?? 0) * cos(degrees * .pi / 180)
  }

  /// Draws the names below `y`, each at its slot's middle.
  func draw(on svg: inout SVG, middles: [Double], y: Double) {
    for (name, middle) in zip(names, middles).enumerated().filter({ $0.offset % every == 0 }).map(\.element) {
      let across = degrees == 0 ? 0 : Self.size * 0.35
      svg.label(
        middle + across, y + (degrees == -90 ? 6 : 6 + Self.size * 0.85), name, width: longest,
        anchor: degrees == 0 ? .middle : .end, degrees: degrees)
    }
  }
}
