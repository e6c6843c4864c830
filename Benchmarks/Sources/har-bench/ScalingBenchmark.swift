import ArgumentParser
import BenchmarkReports
import Dispatch
import Foundation
import Kernels
import NeuralNetworks
import Training
import Windows

/// Training at several numbers of threads.
struct ScalingBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scaling",
    abstract: "Training at several numbers of threads: speed-up, efficiency, and what of the work does not scale.",
    discussion: """
      Repetitions take turns over the numbers of threads, so that whatever else the machine does hits all of them. More threads \
      than cores are measured, but are no scaling: they have no speed-up and are left out of the fit.

      EXAMPLE
        har-bench scaling --data har.h5 --model lstm --threads 1,2,4,8,16 --strategy both --csv scaling.csv --plot scaling.svg
      """)

  @Option(help: ArgumentHelp("The store that har-convert wrote.", valueName: "STORE.h5"))
  var data: String

  @Option(help: ArgumentHelp("lstm, cnn-lstm or conv-lstm.", valueName: "MODEL"))
  var model: ModelPreset = .lstm

  @Option(help: ArgumentHelp("Numbers of threads. (default: 1, 2, 4 … up to the cores)", valueName: "LIST"))
  var threads: ThreadList?

  @Option(
    help: ArgumentHelp(
      "shards: one model over all threads; models: a model per thread, side by side; or both.", valueName: "NAME"))
  var strategy: Strategy = .shards

  @Option(help: ArgumentHelp("Measurements of each, after one to warm up.", valueName: "N"))
  var repetitions = 5

  @Option(
    help: ArgumentHelp("Windows of a measurement; a measurement of models takes as many for each.", valueName: "N"))
  var windows = 2048

  @Option(help: ArgumentHelp("A CSV file for the figures.", valueName: "FILE.csv"))
  var csv: String?

  @Option(help: ArgumentHelp("An SVG file for the plot of speed-up against threads.", valueName: "FILE.svg"))
  var plot: String?

  enum Strategy: String, ExpressibleByArgument, CaseIterable {
    case shards, models, both
    var names: [String] { self == .both ? ["shards", "models"] : [rawValue] }
  }

  func validate() throws {
    guard (1...1000).contains(repetitions) else { throw ValidationError("--repetitions must be from 1 to 1000.") }
    guard (64...1_000_000).contains(windows) else { throw ValidationError("--windows must be from 64 to 1000000.") }
  }

  func run() throws {
    let kernels = try KernelSet(environment: ProcessInfo.processInfo.environment)
    let train = try WindowStore.read(.train, path: data)
    let part = train.windows(0..<min(windows, train.count))
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let counts = (threads ?? .upTo(cores)).counts
    let network = try Sequential(model.description())

    let peaks = Dictionary(uniqueKeysWithValues: counts.map { ($0, Self.peak(of: kernels, threads: min($0, cores))) })
    var rates: [String: [Int: [Double]]] = [:]
    // One trainer per measured model lives through all repetitions: buffers are touched once, as in training.
    var trainers = [trainer(network, kernels, part)]
    if strategy != .shards {
      while trainers.count < counts.max() ?? 1 { trainers.append(trainer(network, kernels, part)) }
    }
    for repetition in 0...repetitions {
      for name in strategy.names {
        for count in counts {
          Status.show("\(name), \(count) threads, repetition \(repetition) of \(repetitions)")
          let rate =
            name == "shards"
            ? try Self.shards(trainers[0], threads: count, windows: part.count)
            : Self.models(Array(trainers.prefix(count)), windows: part.count)
          if repetition > 0 { rates[name, default: [:]][count, default: []].append(rate) }
        }
      }
    }
    Status.clear()

    let reports = strategy.names.map { name in
      ScalingReport(
        strategy: name, cores: cores, windows: train.count, gigaflopPerWindow: Double(network.trainingFlops) * 1e-9,
        points: counts.map { count in
          .init(
            threads: count, samplesPerSecond: Spread(rates[name]?[count] ?? [0]), peakGigaflops: peaks[count] ?? 0)
        })
    }
    print("\(model.title), \(kernels.name.rawValue) kernels, \(processorName()), \(cores) cores,")
    print("median of \(repetitions) repetitions on \(part.count) windows; s/epoch is for \(train.count) windows\n")
    print(reports.map(\.text).joined(separator: "\n\n"))
    if let csv { try Data(ScalingReport.csv(reports).utf8).write(to: URL(fileURLWithPath: csv), options: .atomic) }
    if let plot {
      let title = "\(model.title) on \(processorName()), \(cores) cores"
      try Data(ScalingPlot(title: title, reports).svg.utf8).write(to: URL(fileURLWithPath: plot), options: .atomic)
    }
  }

  private func trainer(_ network: Sequential, _ kernels: KernelSet, _ part: WindowSet) -> Trainer {
    Trainer(
      model: network, kernels: kernels, settings: TrainingSettings(epochs: 100_000, seed: 1), repeatIndex: 0,
      windows: part)
  }

  /// Windows per second of one model.
  private static func shards(_ trainer: Trainer, threads: Int, windows: Int) throws -> Double {
    let start = DispatchTime.now().uptimeNanoseconds
    _ = trainer.runEpoch(threads: threads)
    return Double(windows) / (Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9)
  }

  /// Windows per second of all models together, from the start of the first to the end of the last.
  private static func models(_ trainers: [Trainer], windows: Int) -> Double {
    let done = DispatchGroup()
    let start = DispatchTime.now().uptimeNanoseconds
    for trainer in trainers {
      done.enter()
      Thread {
        _ = trainer.runEpoch(threads: 1)
        done.leave()
      }.start()
    }
    done.wait()
    return Double(windows * trainers.count) / (Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9)
  }

  /// What so many cores do at most at once, in GFLOP/s: all measure at the same time, as turbo clocks depend on how many work.
  private static func peak(of kernels: KernelSet, threads: Int) -> Double {
    (0..<3).map { _ in
      let lock = NSLock()
      nonisolated(unsafe) var sum = 0.0
      DispatchQueue.concurrentPerform(iterations: threads) { _ in
        let one = PeakMeasurement.gigaflops(of: kernels)
        lock.withLock { sum += one }
      }
      return sum
    }.max() ?? 0
  }
}

extension ModelPreset: ExpressibleByArgument {}
extension Precision: ExpressibleByArgument {}

extension ModelPreset {
  /// The tutorial's network in a precision.
  func description(_ precision: Precision) throws -> ModelDescription {
    var description = try description()
    description.precision = precision
    return description
  }
}

extension WindowSet {
  /// Some of the windows, copied.
  func windows(_ rows: Range<Int>) -> WindowSet {
    WindowSet(
      timeSteps: timeSteps, channels: channels, features: rows.flatMap(features(of:)), labels: Array(labels[rows]),
      subjects: Array(subjects[rows]))
  }
}
