import ArgumentParser
import BenchmarkReports
import Foundation
import Kernels
import NeuralNetworks
import StepMeasurement
import StepModel
import Windows

/// Training at numbers of cores and processes that are not at hand.
struct SimulateBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "How training would scale to more cores and processes: measured units, replayed by a model of both.",
    discussion: """
      The units of a step (packing, shards, slices of the gradient, the optimizer) are measured on one core, with all shards \
      and with as many as one of several processes has; what cores cost each other by units of several, what a loop costs by \
      empty ones, what a message costs by messages. A discrete-event model of cores and network replays the units. Before it \
      goes on to what can't be measured, it is held against trainings with the threads (and, in a build of make bench-mpi, \
      two processes) of this machine: where it is further off than --tolerance, nothing is predicted, and the exit status is 1. \
      docs/scaling.md says what the model knows.

      EXAMPLES
        har-bench simulate --data har.h5 --model cnn-lstm --cores 1,2,4,8,16,32,64,128 --plot simulation.svg
        har-bench simulate --data har.h5 --model lstm --ranks 1,4,16,64 --cores-per-rank 16 --latency 2 --bandwidth 12
      """)

  @OptionGroup var measuredModel: MeasuredModel

  @Option(help: ArgumentHelp("Sizes of minibatches.", valueName: "LIST"))
  var batchSize = CountList([64, 512, 4096])

  @Option(help: ArgumentHelp("Cores of one process.", valueName: "LIST"))
  var cores = CountList([1, 2, 4, 8, 16, 32, 64, 128])

  @Option(help: ArgumentHelp("Numbers of processes, each on a machine of its own.", valueName: "LIST"))
  var ranks = CountList([1])

  @Option(help: ArgumentHelp("Cores of each of several processes.", valueName: "N"))
  var coresPerRank = 16

  @Option(help: ArgumentHelp("Of a message between two machines.", valueName: "MICROSECONDS"))
  var latency = 30.0

  @Option(help: ArgumentHelp("Between two machines, in gigabytes a second.", valueName: "GB/S"))
  var bandwidth = 1.25

  @Option(
    help: ArgumentHelp(
      "Windows of each core where minibatches grow with the cores; 0 leaves that out.", valueName: "N"))
  var windowsPerCore = 64

  @Option(
    help: ArgumentHelp(
      "Predicts, too, what it would bring to divide each shard's rows among so many units.", valueName: "LIST"))
  var unitsPerShard = CountList([1])

  @Option(
    help: ArgumentHelp(
      "Measurements of each, after one to warm up; three times as many of minibatches below 1,024.", valueName: "N"))
  var repetitions = 5

  @Option(
    help: ArgumentHelp("How far off the model may be where it can be held against measurements.", valueName: "PERCENT"))
  var tolerance = 10.0

  @Option(help: ArgumentHelp("What starts two processes, given -n and their number.", valueName: "COMMAND"))
  var launcher = ProcessLauncher.standard

  @OptionGroup var files: FigureFiles

  func validate() throws {
    guard (1...1000).contains(repetitions) else { throw ValidationError("--repetitions must be from 1 to 1000.") }
    guard (1...1024).contains(coresPerRank) else { throw ValidationError("--cores-per-rank must be from 1 to 1024.") }
    guard (0...1024).contains(windowsPerCore) else {
      throw ValidationError("--windows-per-core must be from 0 to 1024.")
    }
    guard (0...1e6).contains(latency) else { throw ValidationError("--latency must be from 0 to 1000000.") }
    guard (1e-6...1e6).contains(bandwidth) else {
      throw ValidationError("--bandwidth must be from 0.000001 to 1000000.")
    }
    guard (0...1e6).contains(tolerance) else { throw ValidationError("--tolerance must be from 0 to 1000000.") }
    try batchSize.require(atMost: SimulationPlaces.largestMeasured, option: "--batch-size")
    try cores.require(atMost: 1024, option: "--cores")
    try ranks.require(atMost: 1024, option: "--ranks")
    try unitsPerShard.require(atMost: 64, option: "--units-per-shard")
    try ProcessLauncher.require(ranks.counts, option: "--ranks")
  }

  private var places: SimulationPlaces {
    SimulationPlaces(
      batchSizes: batchSize.counts, cores: cores.counts, processes: ranks.counts, coresPerProcess: coresPerRank,
      windowsPerCore: windowsPerCore)
  }

  func run() throws {
    let kernels = try KernelSet.chosen()
    let here = ProcessInfo.processInfo.activeProcessorCount
    let threads = CountList.upTo(here).counts.filter { $0 > 1 }
    let measured = try measure(kernels, threads: threads)
    let report = try report(measured, threads: threads)
    let title = measuredModel.model.title
    print("\(title), \(kernels.name.rawValue) kernels, \(processorName()), \(here) cores")
    print(Self.knowledge(measured).map { $0 + "\n" }.joined(), terminator: "")
    if let connection = SimulationMeasurement.connection(measured) {
      print(
        "A message between two processes here: \(format(connection.latency * 1e6, 2)) µs, of the core "
          + "\(format(connection.overhead * 1e6, 2)) µs and \(format(connection.copying * 1e12, 0)) µs a megabyte; "
          + "predicted for \(format(latency, 2)) µs and \(format(bandwidth, 2)) GB/s"
      )
    }
    print("\n" + report.text)
    try files.write(
      csv: report.csv, plot: SimulationPlot(title: "\(title), from one core of \(processorName())", report).svg)
    if !report.refused.isEmpty { throw ExitCode.failure }
  }

  // MARK: Measurement

  /// Everything that is known, by the size of the minibatches.
  private func measure(_ kernels: KernelSet, threads: [Int]) throws -> [Int: SimulationMeasurement] {
    let train = try measuredModel.trainingWindows()
    let network = try measuredModel.network()
    let processLauncher = try ProcessLauncher(launcher)
    let hasCores = !threads.isEmpty
    if ranks.counts != [1], hasCores { try processLauncher.rehearse(measuredModel, processes: 2) }
    Status.show("loops of nothing")
    let loopCosts = threads.map(LoopCostMeasurement.cost)
    var measured: [Int: SimulationMeasurement] = [:]
    for (size, processes) in places.measured {
      let needsProcesses = hasCores && places.isCheckedInProcesses(size)
      let batch = BatchMeasurement(
        network, kernels: kernels, windows: train, batchSize: size, threads: threads,
        processes: processes + (needsProcesses ? [2] : []), sideBySide: needsProcesses)
      var known = SimulationMeasurement(batch: batch, loopCosts: loopCosts)
      // Epochs of small minibatches are short: a machine's moods would hit some of them alone.
      let turns = repetitions * (size < 1024 ? 3 : 1)
      for repetition in 0...turns {
        Status.show("minibatches of \(size), repetition \(repetition) of \(turns)")
        batch.repeatAll(isCounted: repetition > 0)
        guard repetition > 0, needsProcesses else { continue }
        known.processes.append(
          try processLauncher.measure(
            measuredModel, batchSize: size, processes: 2, threads: 1, steps: batch.steps, epochs: 1))
      }
      if batchSize.counts.contains(size) {
        Status.show("minibatches of \(size), smaller shards")
        let rows = TracedTraining.shardRows(batchSize: size)
        known.shares = ShardMeasurement.shares(
          network, kernels: kernels, windows: train.repeated(to: rows),
          unitsPerShard: unitsPerShard.counts.filter { $0 > 1 && rows % $0 == 0 })
      }
      measured[size] = known
    }
    Status.clear()
    return measured
  }

  /// What was measured for the model, in sentences.
  private static func knowledge(_ measured: [Int: SimulationMeasurement]) -> [String] {
    let all = measured.sorted { $0.key < $1.key }
    let costs = (all.first?.value.loopCosts ?? []).map {
      "\($0.threads) threads \(format($0.loop * 1e6, 2)) + \(format($0.claim * 1e9, 0)) ns a unit"
    }
    var sentences = ["An empty loop, µs: \(costs.isEmpty ? "-" : costs.joined(separator: ", "))"]
    for (size, known) in all {
      sentences += known.batch.slowdowns().map { text($0, "\($0.cores) threads, batches of \(size)") }
      sentences += known.batch.slowdownsOfProcesses().enumerated().map {
        text($1, "process \($0 + 1) of 2, halves of \(size)")
      }
    }
    for (size, known) in all {
      sentences += known.shares.sorted { $0.key < $1.key }.map {
        "A unit of \($0.key) to a shard, batches of \(size): \(format($0.value, 2)) of the shard's time"
      }
    }
    return sentences
  }

  private static func text(_ slowdown: CoreModel.Slowdown, _ place: String) -> String {
    let factors = [
      ("passes", slowdown.passes), ("gradient", slowdown.gradient), ("optimizer", slowdown.update),
      ("packing", slowdown.packing),
    ]
    return "Units in \(place), against one alone: "
      + factors.map { "\($0) \(format($1, 2))" }.joined(separator: ", ")
  }

  // MARK: Prediction

  private func report(_ measured: [Int: SimulationMeasurement], threads: [Int]) throws -> SimulationReport {
    let checks = measured.sorted { $0.key < $1.key }.flatMap { size, known in
      threads.filter { places.isChecked(size, threads: $0) }.map(known.check(threads:))
        + [known.checkOfProcesses()].compactMap { $0 }
    }
    let divided = batchSize.counts.flatMap { size in
      (measured[size]?.shares.keys.sorted() ?? []).flatMap { places.dividing(batchSize: size, unitsPerShard: $0) }
    }
    return SimulationReport(
      checks: checks, strong: try places.staying.map { try prediction($0, measured) },
      weak: try places.growing.map { try prediction($0, measured) },
      divided: try divided.map { try prediction($0, measured) }, largestError: tolerance / 100)
  }

  private func prediction(
    _ place: SimulationReport.Place, _ measured: [Int: SimulationMeasurement]
  ) throws -> SimulationReport.Prediction {
    let atOnce = min(place.batchSize, SimulationPlaces.largestMeasured)
    guard let known = measured[atOnce] else { throw ValidationError("minibatches of \(atOnce) were not measured") }
    var network = SimulationMeasurement.connection(measured) ?? .free
    (network.latency, network.bandwidth) = (latency * 1e-6, bandwidth * 1e9)
    let outcome = known.outcome(place, network, parts: (place.batchSize + atOnce - 1) / atOnce)
    return SimulationReport.Prediction(
      place: place, seconds: outcome.seconds,
      parts: [
        ("work", outcome.work), ("idle", outcome.idle), ("loops", outcome.loops),
        ("communication", outcome.communication),
      ])
  }
}
