/// What a store is made of, in version 1:
///
///     /train/X        float32 [N, 128, 9]   dimensions sample, timestep, signal
///     /train/y        uint8 [N]             activity, counted from 0
///     /train/subject  uint8 [N]             person
///     /test/…                               likewise
///
/// and attributes of the root group.
public enum StoreSchema {
  /// The version that this module writes, and the only one it reads.
  public static let version: Int64 = 1
  /// Labels of the dimensions of X.
  public static let dimensionLabels = ["sample", "timestep", "signal"]

  /// Names of the datasets of a split.
  enum Dataset: String, CaseIterable {
    case features = "X"
    case labels = "y"
    case subjects = "subject"

    func path(_ split: DatasetSplit) -> String { "/\(split.rawValue)/\(rawValue)" }
  }

  /// Names of the root group's attributes.
  enum RootAttribute {
    static let schemaVersion = "schema_version"
    static let title = "title"
    static let source = "source"
    static let samplingRate = "sampling_rate_hz"
    static let signalNames = "signal_names"
    static let activityNames = "activity_names"
    static let writerName = "writer_name"
    static let writerVersion = "writer_version"
    static let synthetic = "synthetic"
  }
}

/// Version of this package, as the tools print it and stores record it.
public let packageVersion = "0.1.0"
