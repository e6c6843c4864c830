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
  /// The activities, in the order of their numbers.
  package let activityNames: [String]
  /// Whether the recordings are made up.
  package let isSynthetic: Bool

  /// Looks for all files of the layout in the folder at `path`.
  ///
  /// Throws `missing` naming every file that is not there, and `input` where `path` is no folder.
  package init(path: String) throws(ConversionError) {
    self.path = path
    guard FileSystem.isFolder(path) else {
      let found = FileSystem.exists(path) ? "a file" : "nothing there"
      throw .input(
        InputError(file: path, found: found, expected: "a folder in the UCI layout", status: .noInput))
    }
    let labels = "\(path)/\(ActivityLabels.fileName)"
    let missing = (Self.requiredFiles + [ActivityLabels.fileName]).filter { !FileSystem.exists("\(path)/\($0)") }
    guard missing.isEmpty else {
      throw .missing(MissingFilesError(folder: path, files: missing, hint: Self.hint(path)))
    }
    do throws(InputError) { activityNames = try ActivityLabels.read(labels) } catch { throw .input(error) }
    isSynthetic = FileSystem.exists("\(path)/\(Self.syntheticMarker)")
  }

  /// All files of numbers that a conversion reads, as paths inside the folder.
  package static let requiredFiles = DatasetSplit.allCases.flatMap { split in
    signalNames.map { signalFile($0, split) } + [labelFile(split), subjectFile(split)]
  }

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
