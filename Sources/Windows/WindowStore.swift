import HDF5
import SystemSupport

/// A store's windows, and what they mean.
public struct WindowStore: Sendable {
  /// Path of the file.
  public let path: String
  package let description: StoreDescription
  /// What networks learn from.
  public let train: WindowSet
  /// What they are judged on.
  public let test: WindowSet
  /// Whether the windows have no labels, or no people; those of the sets then mean nothing. Only of ``readForPrediction(_:path:)``.
  package private(set) var lacksLabels = false
  package private(set) var lacksSubjects = false

  /// Whether the recordings are made up.
  public var isSynthetic: Bool { description.isSynthetic }
  /// Names of the channels, [C].
  public var signalNames: [String] { description.signalNames }
  /// Names of the activities; a label is an index into them.
  public var activityNames: [String] { description.activityNames }

  /// Reads and checks a whole store.
  ///
  /// Throws where it is missing, no HDF5 file, truncated, damaged or of a newer version, lacks something, or holds
  /// something of another type or shape, a label without a name, or a value that is not finite.
  public static func read(path: String) throws(StoreError) -> WindowStore { try read(path: path, .memory) }

  /// Reads and checks a whole store, and keeps its readings in memory or leaves them in the file. Throws as `read(path:)` does, and
  /// where they come in chunks too large to be streamed.
  package static func read(path: String, _ placement: ReadingPlacement) throws(StoreError) -> WindowStore {
    try withReader(path) { reader throws(HDF5Error) in
      let streams = try placement.streams(reader)
      return WindowStore(
        path: path, description: reader.description, train: try reader.windows(.train, streams: streams),
        test: try reader.windows(.test, streams: streams))
    }
  }

  /// Whether the readings are in the file.
  package var isStreamed: Bool { train.isStreamed || test.isStreamed }

  /// Whether it may be the machine that decides whether the store is streamed, where nobody else does.
  package var isLarge: Bool {
    [train, test].reduce(0) { $0 + $1.count * $1.windowCount } * MemoryLayout<Float>.size
      > ReadingPlacement.bytesThatMayBeMany
  }

  /// What to say where the file keeps the readings in pieces that are large for streaming; nil for nothing.
  package var streamingWarning: String? {
    (train.stored?.chunkWarning).map { "\(printable(path)): \($0)" }
  }

  /// Reads and checks a store of which one split will do, without labels or people where it has none; the other split is empty.
  ///
  /// Throws as `read(path:)` does.
  package static func readForPrediction(
    _ split: DatasetSplit, path: String, _ placement: ReadingPlacement = .memory
  ) throws(StoreError) -> WindowStore {
    try withReader(path) { reader throws(HDF5Error) in
      let streams = try placement.streams(reader)
      let (lacksLabels, lacksSubjects) = (!reader.has(.labels, split), !reader.has(.subjects, split))
      let windows = try reader.windows(split, allowsMissing: true, streams: streams)
      let none = WindowSet(
        timeSteps: windows.timeSteps, channels: windows.channels, features: [], labels: [], subjects: [])
      var store = WindowStore(
        path: path, description: reader.description, train: split == .train ? windows : none,
        test: split == .test ? windows : none)
      store.lacksLabels = lacksLabels
      store.lacksSubjects = lacksSubjects
      return store
    }
  }

  /// The test windows alone, in memory of their own or in the file: what is done to the store's doesn't change them.
  package func keepingTestWindows() -> WindowStore {
    let none = WindowSet(timeSteps: train.timeSteps, channels: train.channels, features: [], labels: [], subjects: [])
    return WindowStore(path: path, description: description, train: none, test: test.copied())
  }

  /// Reads and checks one split only. Throws as `read(path:)` does.
  package static func read(_ split: DatasetSplit, path: String) throws(StoreError) -> WindowSet {
    try withReader(path) { reader throws(HDF5Error) in try reader.windows(split) }
  }

  private static func withReader<Result>(
    _ path: String, _ body: (StoreReader) throws(HDF5Error) -> Result
  ) throws(StoreError) -> Result {
    do throws(HDF5Error) {
      return try File.read(path, wrap: { $0 }) { root throws(HDF5Error) in try body(StoreReader(root)) }
    } catch {
      throw StoreError(error)
    }
  }
}
