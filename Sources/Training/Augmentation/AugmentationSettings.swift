/// Random changes of the training windows, new ones every time that a window is seen; all off by default.
///
/// After Um et al., "Data augmentation of wearable sensor data for Parkinson's disease monitoring using convolutional neural
/// networks" (2017).
public struct AugmentationSettings: Sendable, Codable, Equatable {
  /// Noise on every reading: its standard deviation, in those of the signal.
  public var jitter: Float = 0
  /// A factor per sensor (three axes): its standard deviation around 1.
  public var scaling: Float = 0
  /// The largest angle, in degrees, by which all sensors are turned together about a random axis, as if the device were worn askew.
  public var rotation: Float = 0
  /// How much faster or slower than in truth time may pass within a window, from 0 and below 1.
  public var timeWarp: Float = 0

  /// None.
  public init() {}

  package var isActive: Bool { self != AugmentationSettings() }
}
