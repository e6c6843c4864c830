/// A scale laid along a stretch of a picture.
package struct Axis: Sendable {
  /// The values and ticks.
  let scale: AxisScale
  /// Where `scale.lower` is, in user units.
  let start: Double
  /// Where `scale.upper` is; less than `start` on an axis that goes up or left.
  let end: Double

  /// Memberwise.
  package init(_ scale: AxisScale, from start: Double, to end: Double) {
    self.scale = scale
    self.start = start
    self.end = end
  }

  /// A value's place, outside the stretch for one outside the scale; nil for one that has none: not finite, or not positive
  /// on a logarithmic scale.
  package func position(_ value: Double) -> Double? {
    scale.share(of: value).map { start + (end - start) * $0 }
  }

  /// The same, kept within the stretch.
  func inside(_ value: Double) -> Double? {
    position(value).map { min(max($0, min(start, end)), max(start, end)) }
  }
}
