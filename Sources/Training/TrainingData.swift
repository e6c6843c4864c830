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
  /// What the windows are scaled by; nil for none.
  public let scaling: FeatureScaling?
  /// Whether they are still to be scaled, after augmentation.
  let isRaw: Bool

  /// Copies a window set.
  ///
  /// - Parameters:
  ///   - scaling: what the windows are scaled by, if anything.
  ///   - isRaw: whether they are as they were recorded, to be augmented and scaled when they are learned from.
  public init(_ windows: WindowSet, scaling: FeatureScaling? = nil, isRaw: Bool = false) {
    self.scaling = scaling
    self.isRaw = isRaw
    count = windows.count
    timeSteps = windows.timeSteps
    channels = windows.channels
    windowCount = windows.timeSteps * windows.channels
    features = AlignedBuffer(count: windows.features.count)
    features.write(windows.features)
    labels = windows.labels
    subjects = windows.subjects
  }

  /// The standard deviation of each signal over all windows, [C].
  var deviations: [Float] {
    (0..<channels).map { channel in
      var sums = (0.0, 0.0)
      for index in stride(from: channel, to: count * windowCount, by: channels) {
        let value = Double(features.address[index])
        sums.0 += value
        sums.1 += value * value
      }
      let readings = Double(max(1, count * timeSteps))
      let mean = sums.0 / readings
      return Float(max(0, sums.1 / readings - mean * mean).squareRoot())
    }
  }

  /// The first float of a window.
  func window(_ index: Int) -> UnsafePointer<Float> { UnsafePointer(features.address + index * windowCount) }
}
