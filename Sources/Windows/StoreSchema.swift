/// The two parts of the windows, by people: nobody is in both.
package enum DatasetSplit: String, Sendable, CaseIterable {
  /// What networks learn from.
  case train
  /// What they are judged on.
  case test

  /// People who are in both splits all the same.
  package static func shared(_ train: [UInt8], _ test: [UInt8]) -> [Int] {
    Set(train).intersection(test).map { Int($0) }.sorted()
  }

  /// What to say where there are such people; nil for none.
  package static func warning(_ shared: [Int]) -> String? {
    guard !shared.isEmpty else { return nil }
    let list = shared.map(String.init).joined(separator: ", ")
    return "warning: windows of the same people (\(list)) are in both splits; test results say nothing about new people"
  }
}

/// What a store is made of, in version 1:
///
///     /train/X        float32 [N, 128, 9]   dimensions sample, timestep, signal
///     /train/y        uint8 [N]             activity, counted from 0
///     /train/subject  uint8 [N]             person
///     /test/…                               likewise
///
/// and attributes of the root group.
enum StoreSchema {
  /// The version that this module writes, and the only one it reads.
  static let version: Int64 = 1
  /// Labels of the dimensions of X.
  static let dimensionLabels = ["sample", "timestep", "signal"]

  enum Dataset: String {
    case features = "X"
    case labels = "y"
    case subjects = "subject"

    func path(_ split: DatasetSplit) -> String { "/\(split.rawValue)/\(rawValue)" }
  }

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

/// What a store says about its windows.
package struct StoreDescription: Sendable, Equatable {
  package let title: String
  package let source: String
  package let isSynthetic: Bool
  /// Readings per second, in Hz.
  package let samplingRate: Double
  /// Names of the channels, [C].
  package let signalNames: [String]
  /// Names of the activities; a label is an index into them.
  package let activityNames: [String]

  package init(
    title: String, source: String, isSynthetic: Bool, samplingRate: Double, signalNames: [String],
    activityNames: [String]
  ) {
    self.title = title
    self.source = source
    self.isSynthetic = isSynthetic
    self.samplingRate = samplingRate
    self.signalNames = signalNames
    self.activityNames = activityNames
  }
}
