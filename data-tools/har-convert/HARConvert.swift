import Recordings
import Windows
import SystemSupport
import ArgumentParser
import CommandSupport
import HDF5

/// The command: arguments in, a store out, one line on standard output.
@main
struct HARConvert: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "har-convert",
    abstract: "Convert activity recordings in the UCI HAR layout to one HDF5 store.",
    discussion: """
      DATASET_DIR is the folder that holds train/ and test/, each with "Inertial Signals/", y_*.txt and \
      subject_*.txt, and activity_labels.txt. With --unlabelled one of the two will do, without y_*.txt and subject_*.txt, \
      for har-train predict. The store appears complete or not at all.

      EXAMPLES
        har-convert "UCI HAR Dataset" har.h5
        har-convert HARDataset har.h5 --threads 4 --overwrite
        har-convert HARDataset har.h5 --compression gzip --compression-level 6
        har-convert recorded-today today.h5 --unlabelled

      EXIT STATUS
        0   done
        64  wrong usage
        65  wrong data
        66  missing input
        73  the store exists or cannot be made
        74  reading or writing failed
      """,
    version: packageVersion)

  @Argument(help: ArgumentHelp("Folder of the recordings.", valueName: "DATASET_DIR"))
  var dataset: String

  @Argument(help: ArgumentHelp("Path of the HDF5 file to write.", valueName: "STORE.h5"))
  var store: String

  @Option(help: ArgumentHelp("Threads that read at once. (default: all cores)", valueName: "N"))
  var threads: Int?

  @Option(help: ArgumentHelp("Compression of the signals: none or gzip.", valueName: "none|gzip"))
  var compression: CompressionName = .none

  @Option(help: ArgumentHelp("gzip's level, 1 (fast) to 9 (small). (default: 4)", valueName: "LEVEL"))
  var compressionLevel: Int?

  @Flag(help: "Leave activities out; people and one of the splits need not be there.")
  var unlabelled = false

  @Flag(help: "Replace the store if it exists.")
  var overwrite = false

  @Flag(help: "Show no progress; the summary is printed all the same.")
  var quiet = false

  @Flag(help: "Print the summary as JSON (docs/schemas/).")
  var json = false

  enum CompressionName: String, ExpressibleByArgument, CaseIterable {
    case none, gzip
  }

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads: \(threads), expected 1 to 1024")
    }
    if let compressionLevel {
      guard compression == .gzip else { throw ValidationError("--compression-level: needs --compression gzip") }
      guard (1...9).contains(compressionLevel) else {
        throw ValidationError("--compression-level: \(compressionLevel), expected 1 to 9")
      }
    }
  }

  static func main() { runProcess() }

  func run() throws {
    let clock = ContinuousClock()
    let start = clock.now
    let conversion = Conversion(
      folder: try RecordingFolder(path: dataset, isUnlabelled: unlabelled), storePath: store,
      threads: threads ?? max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))),
      compression: compression == .gzip ? .gzip(level: compressionLevel ?? 4) : .none, overwrite: overwrite)
    var view = quiet ? nil : ProgressView()
    let summary: Conversion.Summary
    do throws(ConversionError) {
      summary = try conversion.run { view?.show($0) }
    } catch {
      view?.finish()
      throw error
    }
    view?.finish()
    if let warning = DatasetSplit.warning(summary.sharedSubjects) { StandardError.writeLine("har-convert: \(warning)") }
    let seconds = (clock.now - start) / .seconds(1)
    try StandardOutput.writeLine(
      json ? summary.json(store: store, seconds: seconds).text : summary.line(store: store, seconds: seconds))
  }
}

extension Conversion.Summary {
  /// What `--json` prints (docs/schemas/convert.json).
  func json(store: String, seconds: Double) -> JSONValue {
    [
      "store": .string(store), "train_windows": .integer(trainCount), "test_windows": .integer(testCount),
      "people": subjectCount.map { .integer($0) } ?? .null, "has_labels": .bool(isLabelled),
      "text_bytes": .integer(textBytes), "seconds": .number(seconds),
      "is_synthetic": .bool(isSynthetic),
    ]
  }

  /// The result in one line.
  func line(store: String, seconds: Double) -> String {
    let megabytes = Double(textBytes) / 1e6
    let synthetic = isSynthetic ? "SYNTHETIC recordings, " : ""
    let people = subjectCount.map { " of \($0) people" } ?? ""
    return """
      \(store): \(synthetic)\(trainCount) training and \(testCount) test windows\(isLabelled ? "" : " without labels")\(people), \
      from \(megabytes.decimal(digits: 0)) MB of text in \(seconds.decimal(digits: 2)) s \
      (\((megabytes / seconds).decimal(digits: 0)) MB/s)
      """
  }
}
