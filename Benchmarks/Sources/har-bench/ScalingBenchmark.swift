import ArgumentParser
import BenchmarkReports
import Dispatch
import Foundation
import Kernels
import NeuralNetworks
import StepMeasurement
import Training
import Windows

/// Training at several numbers of threads.
struct ScalingBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scaling",
    abstract: "Training at several numbers of threads: speed-up, efficiency, and what of the work does not scale.",
    discussion: """
      Repetitions take turns over the numbers of threads and processes, so that whatever else the machine does hits all of \
      them. More threads than cores are measured, but are no scaling: they have no speed-up and are left out of the fit. What \
      a step is made of adds up to the step: where a thread has nothing to do, that is the barrier.

      EXAMPLES
        har-bench scaling --data har.h5 --model lstm --threads 1,2,4,8,16 --strategy both --csv scaling.csv --plot scaling.svg
        har-bench scaling --data har.h5 --model cnn-lstm --ranks 1,2,4 --threads 1,2
      """)

  @OptionGroup var measuredModel: MeasuredModel

  @Option(help: ArgumentHelp("Numbers of threads. (default: 1, 2, 4 … up to the cores)", valueName: "LIST"))
  var threads: CountList?

  @Option(
    help: ArgumentHelp(
      "Numbers of processes that share one model's shards, each with the threads of --threads (make bench-mpi).",
      valueName: "LIST"))
  var ranks = CountList([1])

  @Option(help: ArgumentHelp("What starts several processes, given -n and their number.", valueName: "COMMAND"))
  var launcher = ProcessLauncher.standard

  @Option(help: ArgumentHelp("Windows of a minibatch.", valueName: "N"))
  var batchSize = 64

  @Option(
    help: ArgumentHelp(
      "shards: one model over all threads; models: a model per thread, side by side; or both.", valueName: "NAME"))
  var strategy: Strategy = .shards

  @Option(help: ArgumentHelp("Measurements of each, after one to warm up.", valueName: "N"))
  var repetitions = 5

  @Option(
    help: ArgumentHelp(
      "Windows of a measurement, in whole minibatches; one of models takes as many for each.", valueName: "N"))
  var windows = 2048

  @OptionGroup var files: FigureFiles

  enum Strategy: String, ExpressibleByArgument, CaseIterable {
    case shards, models, both
    var names: [String] { self == .both ? ["shards", "models"] : [rawValue] }
  }

  func validate() throws {
    guard (1...1000).contains(repetitions) else { throw ValidationError("--repetitions must be from 1 to 1000.") }
    guard (64...1_000_000).contains(windows) else { throw ValidationError("--windows must be from 64 to 1000000.") }
    guard (1...65536).contains(batchSize) else { throw ValidationError("--batch-size must be from 1 to 65536.") }
    try threads?.requireThreads()
    try ranks.require(atMost: 1024, option: "--ranks")
    try ProcessLauncher.require(ranks.counts, option: "--ranks")
    if strategy == .models, ranks.counts != [1] {
      throw ValidationError("--ranks needs --strategy shards or both: models side by side are of one process.")
    }
  }

  /// What is measured in turn: a way of dividing the work, over processes and threads.
  private struct Way: Hashable {
    let strategy: String
    let processes: Int
    let threads: Int
  }

  /// What the repetitions came to: windows a second, and what a step is made of.
  private struct Measurements {
    var rates: [Double] = []
    var phases: [PhaseTimes] = []
  }

  func run() throws {
    let kernels = try KernelSet.chosen()
    let train = try measuredModel.trainingWindows()
    let steps = max(2, windows / batchSize)
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let counts = (threads ?? .upTo(cores)).counts
    let network = try measuredModel.network()
    let processLauncher = try ProcessLauncher(launcher)

    if let most = ranks.counts.last, most > 1 {
      try processLauncher.rehearse(measuredModel, processes: most)
    }
    let ways = strategy.names.flatMap { name in
      (name == "shards" ? ranks.counts : [1]).flatMap { processes in
        counts.map { Way(strategy: name, processes: processes, threads: $0) }
      }
    }
    let peaks = Dictionary(
      uniqueKeysWithValues: Set(ways.map { min($0.threads * $0.processes, cores) }).map {
        ($0, Self.peak(of: kernels, threads: $0))
      })
    // One trainer per measured model lives through all repetitions: buffers are touched once, as in training.
    let most = counts.max() ?? 1
    let trainings = (0..<(strategy == .shards ? 1 : most)).map { number in
      TracedTraining(
        network, kernels: kernels, windows: train, batchSize: batchSize, steps: steps, workers: number == 0 ? most : 1)
    }
    var measurements: [Way: Measurements] = [:]
    for repetition in 0...repetitions {
      for way in ways {
        let processes = way.processes > 1 ? "\(way.processes) processes, " : ""
        Status.show("\(way.strategy), \(processes)\(way.threads) threads, repetition \(repetition) of \(repetitions)")
        let (seconds, phases) = try measure(way, trainings, processLauncher, steps: steps)
        guard repetition > 0 else { continue }
        let models = way.strategy == "models" ? way.threads : 1
        measurements[way, default: Measurements()].rates.append(Double(models * steps * batchSize) / seconds)
        if let phases { measurements[way, default: Measurements()].phases.append(phases) }
      }
    }
    Status.clear()

    let reference = measurements[Way(strategy: "shards", processes: 1, threads: 1)].map { Spread($0.rates).median }
    let reports = strategy.names.flatMap { name in
      (name == "shards" ? ranks.counts : [1]).map { processes in
        let points = counts.map { count in
          let measured = measurements[Way(strategy: name, processes: processes, threads: count)] ?? Measurements()
          return ScalingReport.Point(
            threads: count, samplesPerSecond: Spread(measured.rates),
            peakGigaflops: peaks[min(count * processes, cores)] ?? 0,
            phases: measured.phases.isEmpty ? [] : PhaseTimes.mean(measured.phases).parts)
        }
        return ScalingReport(
          strategy: name, processes: processes, cores: cores, windows: train.count, batchSize: batchSize,
          gigaflopPerWindow: Double(network.trainingFlops) * 1e-9, points: points,
          reference: processes == 1 ? nil : reference)
      }
    }
    print("\(measuredModel.model.title), \(kernels.name.rawValue) kernels, \(processorName()), \(cores) cores,")
    print(
      "median of \(repetitions) repetitions on \(steps * batchSize) windows in minibatches of \(batchSize); "
        + "s/epoch is for \(train.count) windows\n")
    print(reports.map(\.text).joined(separator: "\n\n"))
    try files.write(
      csv: ScalingReport.csv(reports),
      plot: ScalingPlot(title: "\(measuredModel.model.title) on \(processorName()), \(cores) cores", reports).svg)
  }

  /// Seconds of an epoch, and what its steps are made of; nil where models run side by side.
  private func measure(
    _ way: Way, _ trainings: [TracedTraining], _ launcher: ProcessLauncher, steps: Int
  ) throws -> (Double, PhaseTimes?) {
    if way.strategy == "models" { return (SideBySide.epoch(Array(trainings.prefix(way.threads))).seconds, nil) }
    guard way.processes > 1 else {
      let epoch = trainings[0].epoch(threads: way.threads)
      return (epoch.seconds, .typical(epoch.steps))
    }
    let epochs = try launcher.measure(
      measuredModel, batchSize: batchSize, processes: way.processes, threads: way.threads, steps: steps,
      epochs: 1
    ).epochs
    guard let epoch = epochs.first else { throw ValidationError("\(launcher.words[0]): found no epoch") }
    return (epoch.seconds, epoch.phases)
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
