import SystemSupport
import Windows

/// A folder in the UCI layout: for each split nine signals, the activities and the people, a line per window.
package struct RecordingFolder: Sendable {
  /// The nine signals, in the order of a store's channels.
  package static let signalNames = [
    "total_acc_x", "total_acc_y", "total_acc_z",
    "body_acc_x", "body_acc_y", "body_acc_z",
    "body_gyro_x", "body_gyro_y", "body_gyro_z",
  ]
  /// The six activities of UCI's recordings; the files number them from 1, stores from 0.
  package static let uciActivityNames = [
    "WALKING", "WALKING_UPSTAIRS", "WALKING_DOWNSTAIRS", "SITTING", "STANDING", "LAYING",
  ]
  /// Readings in a window.
  package static let timeSteps = 128
  /// Readings per second, in Hz.
  package static let samplingRate = 50.0
  /// The file that says that a folder's recordings are made up.
  package static let syntheticMarker = "SYNTHETIC.txt"

  package let path: String
  /// The splits that are there, in the order of a store.
  let splits: [SplitFiles]
  /// The activities, in the order of their numbers.
  package let activityNames: [String]
  /// Whether the recordings are made up.
  package let isSynthetic: Bool

  /// The files of numbers that a split has.
  struct SplitFiles: Sendable {
    let split: DatasetSplit
    let hasLabels: Bool
    let hasSubjects: Bool

    /// Paths inside the folder: signals, then activities and people where there are any.
    var names: [String] {
      signalNames.map { signalFile($0, split) } + (hasLabels ? [labelFile(split)] : [])
        + (hasSubjects ? [subjectFile(split)] : [])
    }
  }

  /// Looks for all files of the layout in the folder at `path`.
  ///
  /// Throws `missing` naming every file that is not there, and `input` where `path` is no folder.
  /// - Parameter isUnlabelled: whether activities are left out, and people and one of the splits need not be there.
  package init(path: String, isUnlabelled: Bool = false) throws(ConversionError) {
    self.path = path
    guard FileSystem.isFolder(path) else {
      let found = FileSystem.exists(path) ? "a file" : "nothing there"
      throw .input(
        InputError(file: path, found: found, expected: "a folder in the UCI layout", status: .noInput))
    }
    splits = isUnlabelled ? Self.unlabelledSplits(path) : Self.wholeLayout
    let labels = "\(path)/\(ActivityLabels.fileName)"
    let missing = (splits.flatMap(\.names) + [ActivityLabels.fileName]).filter { !FileSystem.exists("\(path)/\($0)") }
    guard missing.isEmpty else {
      throw .missing(MissingFilesError(folder: path, files: missing, hint: Self.hint(path)))
    }
    do throws(InputError) { activityNames = try ActivityLabels.read(labels) } catch { throw .input(error) }
    isSynthetic = FileSystem.exists("\(path)/\(Self.syntheticMarker)")
  }

  private static let wholeLayout = DatasetSplit.allCases.map {
    SplitFiles(split: $0, hasLabels: true, hasSubjects: true)
  }

  /// The splits that have signals, or the test split where none has.
  private static func unlabelledSplits(_ path: String) -> [SplitFiles] {
    let found = DatasetSplit.allCases.filter { FileSystem.isFolder("\(path)/\($0.rawValue)/Inertial Signals") }
    return (found.isEmpty ? [.test] : found).map {
      SplitFiles(split: $0, hasLabels: false, hasSubjects: FileSystem.exists("\(path)/\(subjectFile($0))"))
    }
  }

  /// All files of numbers of the whole layout, as paths inside the folder.
  package static let requiredFiles = wholeLayout.flatMap(\.names)

  /// Path inside the folder of one signal: a line per window, 128 readings per line.
  package static func signalFile(_ signal: String, _ split: DatasetSplit) -> String {
    "\(split.rawValue)/Inertial Signals/\(signal)_\(split.rawValue).txt"
  }

  /// Path inside the folder of the activities, 1...6.
  package static func labelFile(_ split: DatasetSplit) -> String { "\(split.rawValue)/y_\(split.rawValue).txt" }

  /// Path inside the folder of the people, 1...255.
  package static func subjectFile(_ split: DatasetSplit) -> String {
    "\(split.rawValue)/subject_\(split.rawValue).txt"
  }

  /// The archive unpacks to a folder that holds the dataset's folder, and it is easy to name the outer one.
  private static func hint(_ path: String) -> String? {
    let inner = FileSystem.names(in: path).sorted().first { name in
      FileSystem.isFolder("\(path)/\(name)/train/Inertial Signals")
    }
    return inner.map { "did you mean \"\(printable("\(path)/\($0)"))\"?" }
  }
}

extension RecordingFolder {
  /// What a store of these recordings says about itself.
  var description: StoreDescription {
    StoreDescription(
      title: isSynthetic
        ? "SYNTHETIC activity recordings (made up, nobody wore a sensor)"
        : "Human Activity Recognition Using Smartphones",
      source: (isSynthetic ? "har-synthesize, in" : "recordings in")
        + " the layout of https://archive.ics.uci.edu/dataset/240",
      isSynthetic: isSynthetic, samplingRate: Self.samplingRate, signalNames: Self.signalNames,
      activityNames: activityNames)
  }
}
