/// What the readings of one signal are like over all windows of a split.
package struct SignalFigures: Encodable, Sendable, Equatable {
  package let signal: String
  package let minimum: Float
  package let maximum: Float
  package let mean: Double
  /// The standard deviation of the population, from two passes: its divisor is the number of readings, N · T.
  package let deviation: Double
  /// The share of readings, 0 to 1, that are exactly the minimum: many are where a sensor clips.
  package let shareAtMinimum: Double
  package let shareAtMaximum: Double
  /// Windows throughout which the signal stays the same; 0 where a window is one reading.
  package let constantWindows: Int

  package var isConstant: Bool { minimum == maximum }

  /// The root mean square, the size of what a network would see of it.
  var magnitude: Double { (mean * mean + deviation * deviation).squareRoot() }
}
