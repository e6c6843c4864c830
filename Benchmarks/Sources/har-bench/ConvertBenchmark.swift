import ArgumentParser
import BenchmarkReports
import Foundation
import Recordings

/// Conversion of the text recordings, each run in a process of its own.
struct ConvertBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert", abstract: "Conversion: MB of text per second, in all and per core, and peak memory.",
    discussion: """
      MB/s per core is text over processor time, the time that all threads took together. With --pandas, pandas reads the same signal \
      files in turn with us, into one array as the tutorial does; nothing is written by it.

      EXAMPLE
        har-bench convert --dataset HARDataset --threads 1,2 --pandas .venv-test/bin/python
      """)

  @Option(help: ArgumentHelp("The folder of the recordings.", valueName: "DIR"))
  var dataset: String

  @Option(help: ArgumentHelp("Numbers of threads. (default: 1, 2, 4 … up to the cores)", valueName: "LIST"))
  var threads: CountList?

  @Option(help: ArgumentHelp("Runs of each, after one to warm up the file system's cache.", valueName: "N"))
  var repetitions = 5

  @Option(help: ArgumentHelp("A Python with pandas to read the same files.", valueName: "PYTHON"))
  var pandas: String?

  /// The tutorial's way of reading all nine signals of both parts (Brownlee), timed without its imports.
  static let pandasScript = """
    import sys, time
    import numpy, pandas
    start = time.perf_counter()
    for part in ("train", "test"):
        signals = [
            pandas.read_csv(f"{sys.argv[1]}/{part}/Inertial Signals/{kind}_{axis}_{part}.txt", header=None, sep=r"\\s+").values
            for kind in ("total_acc", "body_acc", "body_gyro") for axis in "xyz"
        ]
        numpy.dstack(signals)
    print(time.perf_counter() - start)
    """

  func validate() throws { try threads?.requireThreads() }

  func run() throws {
    let counts = (threads ?? .upTo(ProcessInfo.processInfo.activeProcessorCount)).counts
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("har-bench-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let program = try MeasuredProcess.ownPath()

    var runs: [Int: [MeasuredProcess]] = [:]
    var others: [(seconds: Double, process: MeasuredProcess)] = []
    var bytes = 0
    for repetition in 0...repetitions {
      for count in counts {
        Status.show("conversion, \(count) threads, run \(repetition) of \(repetitions)")
        let run = try MeasuredProcess.run(program, ["convert-once", dataset, "\(folder)/store.h5", "\(count)"])
        bytes = Int(run.output.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
        if repetition > 0 { runs[count, default: []].append(run) }
      }
      if let pandas {
        Status.show("pandas, run \(repetition) of \(repetitions)")
        let run = try MeasuredProcess.run(pandas, ["-W", "ignore", "-c", Self.pandasScript, dataset])
        guard let seconds = Double(run.output.trimmingCharacters(in: .whitespacesAndNewlines)) else {
          throw ValidationError("\(pandas): expected seconds, found \"\(run.output.prefix(80))\"")
        }
        if repetition > 0 { others.append((seconds, run)) }
      }
    }
    Status.clear()

    let megabytes = Double(bytes) * 1e-6
    print("\(format(megabytes, 1)) MB of text; whole processes from start to end, median of \(repetitions)\n")
    print(cell("threads", 8) + cell("s", 9) + cell("MB/s", 9) + cell("MB/s per core", 15) + cell("peak MB", 9))
    for count in counts {
      guard let runs = runs[count] else { continue }
      let seconds = Spread(runs.map(\.seconds)).median
      let processor = Spread(runs.map(\.processorSeconds)).median
      print(
        cell("\(count)", 8) + cell(format(seconds, 3), 9) + cell(format(megabytes / seconds, 0), 9)
          + cell(format(megabytes / processor, 0), 15)
          + cell(format(Spread(runs.map(\.peakMegabytes)).most, 0), 9))
    }
    if !others.isEmpty, let fastest = counts.compactMap({ runs[$0] }).map({ Spread($0.map(\.seconds)).median }).min() {
      let seconds = Spread(others.map(\.seconds)).median
      print(
        "\npandas: \(format(seconds, 2)) s without its start, peak \(format(Spread(others.map(\.process.peakMegabytes)).most, 0)) MB; "
          + "ours with its start and the store written: \(format(seconds / fastest, 1))x faster")
    }
  }
}

/// One conversion, for `convert` to measure from outside; prints the bytes of text.
struct ConvertOnce: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "convert-once", shouldDisplay: false)

  @Argument var dataset: String
  @Argument var store: String
  @Argument var threads: Int

  func run() throws {
    let folder = try RecordingFolder(path: dataset)
    print(try Conversion(folder: folder, storePath: store, threads: threads, overwrite: true).run().textBytes)
  }
}
