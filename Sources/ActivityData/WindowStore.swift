import HDF5

/// What a store holds: where its windows come from, what they mean, and the windows.
public struct WindowStore: Sendable {
  /// Path of the file.
  public let path: String
  /// What the recordings are called.
  public let title: String
  /// Where they come from.
  public let source: String
  /// Whether they are made up.
  public let isSynthetic: Bool
  /// Readings a second, in Hz.
  public let samplingRate: Double
  /// Names of the channels, [C].
  public let signalNames: [String]
  /// Names of the activities; a label is an index into them.
  public let activityNames: [String]
  /// What networks learn from.
  public let train: WindowSet
  /// What they are judged on.
  public let test: WindowSet

  /// A store's contents from their parts.
  public init(
    path: String, title: String, source: String, isSynthetic: Bool, samplingRate: Double, signalNames: [String],
    activityNames: [String], train: WindowSet, test: WindowSet
  ) {
    self.path = path
    self.title = title
    self.source = source
    self.isSynthetic = isSynthetic
    self.samplingRate = samplingRate
    self.signalNames = signalNames
    self.activityNames = activityNames
    self.train = train
    self.test = test
  }

  /// Reads and checks a whole store.
  ///
  /// Throws `store` where it is missing, no HDF5 file, truncated, damaged or of a newer version, lacks something, or
  /// holds something of another type or shape, a label without a name, or a value that is not finite.
  public static func read(path: String) throws(ActivityDataError) -> WindowStore {
    let reader = try StoreReader(path: path)
    return WindowStore(
      path: path, title: reader.title, source: reader.source, isSynthetic: reader.isSynthetic,
      samplingRate: reader.samplingRate, signalNames: reader.signalNames, activityNames: reader.activityNames,
      train: try reader.windows(.train), test: try reader.windows(.test))
  }

  /// Reads and checks one split only. Throws as `read(path:)` does.
  public static func read(_ split: DatasetSplit, path: String) throws(ActivityDataError) -> WindowSet {
    try StoreReader(path: path).windows(split)
  }
}
