import Recordings
import SystemSupport
import Windows

/// The files of one split, being written.
struct SplitFiles {
  private let signals: [TextFile]
  private let labels: TextFile
  private let subjects: TextFile

  /// Makes them in `folder`; errors speak of the dataset as `name`.
  init(_ split: DatasetSplit, folder: String, named name: String) throws(OutputError) {
    for path in ["\(folder)/\(split.rawValue)", "\(folder)/\(split.rawValue)/Inertial Signals"]
    where mkdir(path, 0o777) != 0 {
      throw TextFile.error(name)
    }
    var signals: [TextFile] = []
    for signal in RecordingFolder.signalNames {
      signals.append(try TextFile(folder: folder, RecordingFolder.signalFile(signal, split), named: name))
    }
    self.signals = signals
    labels = try TextFile(folder: folder, RecordingFolder.labelFile(split), named: name)
    subjects = try TextFile(folder: folder, RecordingFolder.subjectFile(split), named: name)
  }

  /// Appends one person's windows, and returns how many bytes they took.
  func append(_ recordings: PersonRecordings) throws(OutputError) -> Int {
    var bytes = 0
    for (file, text) in zip(signals, recordings.signals) {
      try file.write(text)
      bytes += text.count
    }
    try labels.write(recordings.labels)
    try subjects.write(recordings.subjects)
    return bytes
  }

  /// Brings everything to the disk.
  func finish() throws(OutputError) {
    for file in signals + [labels, subjects] { try file.synchronise() }
  }
}

/// A file being written, closed when the last reference goes.
final class TextFile {
  private let descriptor: Int32
  private let dataset: String

  init(folder: String, _ name: String, named dataset: String) throws(OutputError) {
    self.dataset = dataset
    descriptor = open("\(folder)/\(name)", O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw Self.error(dataset) }
  }

  deinit { _ = close(descriptor) }

  func write(_ bytes: [UInt8]) throws(OutputError) {
    guard bytes.withUnsafeBytes({ FileSystem.writeAll($0, to: descriptor) }) else { throw Self.error(dataset) }
  }

  func writeAll(_ text: String) throws(OutputError) {
    try write(Array(text.utf8))
    try synchronise()
  }

  func synchronise() throws(OutputError) {
    guard fsync(descriptor) == 0 else { throw Self.error(dataset) }
  }

  static func error(_ dataset: String) -> OutputError {
    OutputError(path: dataset, reason: "cannot be written: \(FileSystem.lastFailure)", status: .io)
  }
}
