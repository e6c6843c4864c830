/// The windows of one split, with the activity and the person of each.
public struct WindowSet: Sendable, Equatable {
  /// N, the number of windows.
  public let count: Int
  /// T, readings in a window.
  public let timeSteps: Int
  /// C, signals in a reading.
  public let channels: Int
  /// The readings, [N, T, C].
  public let features: [Float]
  /// The activity of each window, counted from 0, [N].
  public let labels: [UInt8]
  /// The person of each window, [N].
  public let subjects: [UInt8]

  /// A set of `labels.count` windows.
  ///
  /// - Parameters:
  ///   - features: [N, T, C].
  ///   - labels: [N].
  ///   - subjects: [N].
  public init(timeSteps: Int, channels: Int, features: [Float], labels: [UInt8], subjects: [UInt8]) {
    precondition(features.count == labels.count * timeSteps * channels, "features must be [N, T, C]")
    precondition(subjects.count == labels.count, "labels and subjects must be [N]")
    count = labels.count
    self.timeSteps = timeSteps
    self.channels = channels
    self.features = features
    self.labels = labels
    self.subjects = subjects
  }
}
