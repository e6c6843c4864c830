/// A number over the steps of a run, such as its loss per epoch.
package struct ScalarCurve: Sendable, Equatable {
  package struct Point: Sendable, Equatable {
    package let step: Int64
    /// Seconds since 1970.
    package let wallTime: Double
    /// Stored in single precision.
    package let value: Double

    package init(step: Int64, wallTime: Double, value: Double) {
      self.step = step
      self.wallTime = wallTime
      self.value = value
    }
  }

  /// Its name; TensorBoard groups curves by what is before the first `/`.
  package let tag: String
  /// In any order. Of points with the same step TensorBoard keeps the last.
  package let points: [Point]

  package init(tag: String, points: [Point]) {
    self.tag = tag
    self.points = points
  }
}
