#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The two parts of the recordings, by people: nobody is in both.
public enum DatasetSplit: String, Sendable, CaseIterable {
  /// What networks learn from.
  case train
  /// What they are judged on.
  case test
}

/// A folder in the UCI layout: for each split nine signals, the activities and the people, one window a line.
public struct RecordingFolder: Sendable {
  /// The nine signals, in the order of a store's channels.
  public static let signalNames = [
    "total_acc_x", "total_acc_y", "total_acc_z",
    "body_acc_x", "body_acc_y", "body_acc_z",
    "body_gyro_x", "body_gyro_y", "body_gyro_z",
  ]
  /// The six activities; the files number them from 1, stores from 0.
  public static let activityNames = [
    "WALKING", "WALKING_UPSTAIRS", "WALKING_DOWNSTAIRS", "SITTING", "STANDING", "LAYING",
  ]
  /// Readings in a window.
  public static let timeSteps = 128
  /// Readings a second, in Hz.
  public static let samplingRate = 50.0
  /// The file that says that a folder's recordings are made up.
  public static let syntheticMarker = "SYNTHETIC.txt"

  /// Path of the folder.
  public let path: String
  /// Whether the recordings are made up.
  public let isSynthetic: Bool

  /// Looks for all files of the layout in the folder at `path`.
  ///
  /// Throws `missing` naming every file that is not there, and `input` where `path` is no folder.
  public init(path: String) throws(ActivityDataError) {
    self.path = path
    guard FileSystem.exists(path) else {
      throw .input(
        InputError(file: path, found: "nothing there", expected: "a folder in the UCI layout", status: .noInput))
    }
    guard FileSystem.isFolder(path) else {
      throw .input(
        InputError(file: path, found: "a file", expected: "a folder in the UCI layout", status: .noInput))
    }
    let missing = Self.requiredFiles.filter { !FileSystem.exists("\(path)/\($0)") }
    guard missing.isEmpty else {
      throw .missing(MissingFilesError(folder: path, files: missing, hint: Self.hint(path)))
    }
    isSynthetic = FileSystem.exists("\(path)/\(Self.syntheticMarker)")
  }

  /// All files of the layout that a conversion reads, as paths inside the folder.
  public static let requiredFiles = DatasetSplit.allCases.flatMap { split in
    signalNames.map { signalFile($0, split) } + [labelFile(split), subjectFile(split)]
  }

  /// Path inside the folder of one signal: a line a window, 128 readings a line.
  public static func signalFile(_ signal: String, _ split: DatasetSplit) -> String {
    "\(split.rawValue)/Inertial Signals/\(signal)_\(split.rawValue).txt"
  }

  /// Path inside the folder of the activities, 1...6.
  public static func labelFile(_ split: DatasetSplit) -> String { "\(split.rawValue)/y_\(split.rawValue).txt" }

  /// Path inside the folder of the people, 1...255.
  public static func subjectFile(_ split: DatasetSplit) -> String {
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
