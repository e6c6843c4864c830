public import ActivityData
import Kernels

/// Windows and labels as the training loop wants them: one aligned buffer that all models share read-only.
public struct TrainingData: Sendable {
  /// Windows, floats of a window, and classes.
  public let count: Int
  /// Floats of a window.
  public let windowCount: Int
  /// The window's time steps and signals.
  public let timeSteps: Int
  /// Channels of a step (C).
  public let channels: Int
  let features: AlignedBuffer
  /// Classes from 0.
  public let labels: [UInt8]
  /// The person of each window.
  public let subjects: [UInt8]

  /// Copies a window set.
  public init(_ windows: WindowSet) {
    count = windows.count
    timeSteps = windows.timeSteps
    channels = windows.channels
    windowCount = windows.timeSteps * windows.channels
    features = AlignedBuffer(count: windows.features.count)
    features.write(windows.features)
    labels = windows.labels
    subjects = windows.subjects
  }

  /// The first float of a window.
  func window(_ index: Int) -> UnsafePointer<Float> { UnsafePointer(features.address + index * windowCount) }
}
