/// Where things begin to be worth a finding.
package enum InspectionThreshold {
  /// An activity with fewer windows says little.
  package static let windowsPerActivity = 10
  /// The share of a signal's readings at its minimum or maximum, and how many they must be.
  package static let clippedShare = 0.01
  package static let clippedReadings = 10
  /// Between the root mean squares of two signals.
  package static let scaleRatio = 1000.0
  /// Between the means of train and test, in standard deviations of train.
  package static let meanDifference = 0.5
}
