import ArgumentParser
import BenchmarkReports
import Foundation
import Kernels
import NeuralNetworks
import StepMeasurement
import StepModel
import Training
import Windows

/// Training at numbers of cores and processes that are not at hand.
struct SimulateBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "How training would scale to more cores and processes: measured units, replayed by a model of both.",
    discussion: """
      The units of a step (packing, shards, slices of the gradient, the optimizer) are measured on one core, what cores cost \
      each other by units of several, what a loop costs by empty ones, what a message costs by messages. A \
      discrete-event model of cores and network replays the units. Before it goes on to what can't be measured, it is held \
      against trainings with the threads (and, in a build of make bench-mpi, two processes) of this machine: where it is more \
      than 10 % off, nothing is predicted, and the exit status is 1. docs/scaling.md says what the model knows.

      EXAMPLES
        har-bench simulate --data har.h5 --model cnn-lstm --cores 1,2,4,8,16,32,64,128 --plot simulation.svg
        har-bench simulate --data har.h5 --model lstm --ranks 1,4,16,64 --cores-per-rank 16 --latency 2 --bandwidth 12
      """)

  @Option(help: ArgumentHelp("The store that har-convert wrote.", valueName: "STORE.h5"))
  var data: String

  @Option(help: ArgumentHelp("lstm, cnn-lstm or conv-lstm.", valueName: "MODEL"))
  var model: ModelPreset = .lstm

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

  @Option(help: ArgumentHelp("What starts two processes, given -n and their number.", valueName: "COMMAND"))
  var launcher = ProcessLauncher.standard

  @Option(help: ArgumentHelp("A CSV file for the figures.", valueName: "FILE.csv"))
  var csv: String?

  @Option(help: ArgumentHelp("An SVG file for the plot of speed-up against cores.", valueName: "FILE.svg"))
  var plot: String?

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
    try batchSize.require(atMost: Self.largestMeasured, option: "--batch-size")
    try cores.require(atMost: 1024, option: "--cores")
    try ranks.require(atMost: 1024, option: "--ranks")
    try unitsPerShard.require(atMost: 64, option: "--units-per-shard")
    try ProcessLauncher.require(ranks.counts, option: "--ranks")
  }

  /// Larger minibatches are worked on in parts of this size.
  private static let largestMeasured = 4096
  private static let largestBatch = 65536

  /// What was measured with minibatches of one size, and the model of it.
  private struct Measured {
    let measurement: BatchMeasurement
    let loopCosts: [CoreModel.LoopCost]
    /// What a unit takes of a shard's time, where several share it.
    var shares: [Int: Double] = [:]
    /// Two processes of one thread, in each repetition; empty where they aren't asked for.
    var processes: [ProcessMeasurement] = []

    /// A step from everything that was measured.
    func outcome(_ place: SimulationReport.Place, _ network: NetworkModel, parts: Int) -> StepSimulation.Outcome {
      let cores = CoreModel(loopCosts: loopCosts, slowdowns: measurement.slowdowns(\.together))
      var units = measurement.units
      if let share = shares[place.unitsPerShard] {
        units = units.map { $0.dividingShards(into: place.unitsPerShard, share: share) }
      }
      return StepSimulation(slices: measurement.slices, cores: cores, network: network)
        .outcome(units, threads: place.threads, processes: place.processes, parts: parts)
    }

    /// Seconds of a step from one repetition alone.
    func seconds(
      _ repetition: BatchMeasurement.Repetition, threads: Int, processes: Int = 1, _ network: NetworkModel = .free
    ) -> Double {
      let cores = CoreModel(
        loopCosts: loopCosts, slowdowns: processes == 1 ? repetition.together : repetition.ofProcesses)
      return StepSimulation(slices: measurement.slices, cores: cores, network: network)
        .outcome(repetition.units, threads: threads, processes: processes, busyCores: threads * processes).seconds
    }
  }

  func run() throws {
    let kernels = try KernelSet(environment: ProcessInfo.processInfo.environment)
    let train = try WindowStore.read(.train, path: data)
    let network = try Sequential(model.description())
    let here = ProcessInfo.processInfo.activeProcessorCount
    let threads = CountList.upTo(here).counts.filter { $0 > 1 }
    let processLauncher = try ProcessLauncher(launcher)

    if ranks.counts != [1], here > 1 { try processLauncher.rehearse(data: data, model: model, processes: 2) }
    Status.show("loops of nothing")
    let loopCosts = threads.map(LoopCostMeasurement.cost)
    var measured: [Int: Measured] = [:]
    for batch in Set(batchSize.counts + growing().map { min($0.batchSize, Self.largestMeasured) }).sorted() {
      let measurement = BatchMeasurement(
        network, kernels: kernels, windows: train, batchSize: batch, threads: threads)
      var known = Measured(measurement: measurement, loopCosts: loopCosts)
      let isChecked = batchSize.counts.contains(batch) || batch == 2 * windowsPerCore
      let needsProcesses = isChecked && here > 1 && ranks.counts.contains { $0 > 1 }
      // Epochs of small minibatches are short: a machine's moods would hit some of them alone.
      let turns = repetitions * (batch < 1024 ? 3 : 1)
      for repetition in 0...turns {
        Status.show("minibatches of \(batch), repetition \(repetition) of \(turns)")
        measurement.repeatAll(isCounted: repetition > 0)
        guard repetition > 0, needsProcesses else { continue }
        known.processes.append(
          try processLauncher.measure(
            data: data, model: model, batchSize: batch, processes: 2, threads: 1, steps: measurement.steps, epochs: 1))
      }
      let rows = TracedTraining.shardRows(batchSize: batch)
      let parts = unitsPerShard.counts.filter { $0 > 1 && rows % $0 == 0 }
      if batchSize.counts.contains(batch), !parts.isEmpty {
        Status.show("minibatches of \(batch), smaller shards")
        let seconds = ShardMeasurement.seconds(
          network, kernels: kernels, windows: train.repeated(to: rows), rows: [rows] + parts.map { rows / $0 })
        for count in parts {
          if let whole = seconds[rows], let part = seconds[rows / count] {
            known.shares[count] = part / whole
          }
        }
      }
      measured[batch] = known
    }
    Status.clear()

    let report = SimulationReport(
      checks: checks(measured, threads: threads), strong: try staying().map { try prediction($0, measured) },
      weak: try growing().map { try prediction($0, measured) },
      divided: try dividing(measured).map { try prediction($0, measured) })
    let costs = loopCosts.map {
      "\($0.threads) threads \(format($0.loop * 1e6, 2)) + \(format($0.claim * 1e9, 0)) ns a unit"
    }
    print("\(model.title), \(kernels.name.rawValue) kernels, \(processorName()), \(here) cores")
    print("An empty loop, µs: \(costs.isEmpty ? "-" : costs.joined(separator: ", "))")
    for batch in batchSize.counts {
      guard let measurement = measured[batch]?.measurement else { continue }
      for slowdown in measurement.slowdowns(\.together) { print(text(slowdown, "threads", batch)) }
      for slowdown in measurement.slowdowns(\.apart) { print(text(slowdown, "trainings side by side", batch)) }
    }
    for batch in batchSize.counts {
      for (count, share) in (measured[batch]?.shares ?? [:]).sorted(by: { $0.key < $1.key }) {
        print("A unit of \(count) to a shard, batches of \(batch): \(format(share, 2)) of the shard's time")
      }
    }
    if let connection = Self.connection(measured) {
      print(
        "A message between two processes here: \(format(connection.latency * 1e6, 2)) µs, of the core "
          + "\(format(connection.overhead * 1e6, 2)) µs and \(format(connection.copying * 1e12, 0)) µs a megabyte; "
          + "predicted for \(format(latency, 2)) µs and \(format(bandwidth, 2)) GB/s"
      )
    }
    print("")
    print(report.text)
    if let csv { try Data(report.csv.utf8).write(to: URL(fileURLWithPath: csv), options: .atomic) }
    if let plot {
      let title = "\(model.title), from one core of \(processorName())"
      try Data(SimulationPlot(title: title, report).svg.utf8).write(to: URL(fileURLWithPath: plot), options: .atomic)
    }
    if !report.refused.isEmpty { throw ExitCode.failure }
  }

  private func text(_ slowdown: CoreModel.Slowdown, _ kind: String, _ batch: Int) -> String {
    let factors = [
      ("passes", slowdown.passes), ("gradient", slowdown.gradient), ("optimizer", slowdown.update),
      ("packing", slowdown.packing),
    ]
    return "Units in \(slowdown.cores) \(kind), batches of \(batch), against one alone: "
      + factors.map { "\($0) \(format($1, 2))" }.joined(separator: ", ")
  }

  /// Minibatches that stay as they are: on the cores of one process, then in several.
  private func staying() -> [SimulationReport.Place] {
    batchSize.counts.flatMap { batch in
      places().map { SimulationReport.Place(batchSize: batch, processes: $0.processes, threads: $0.threads) }
    }
  }

  /// Minibatches that stay, in one process, with shards that are divided further.
  private func dividing(_ measured: [Int: Measured]) -> [SimulationReport.Place] {
    batchSize.counts.flatMap { batch in
      (measured[batch]?.shares.keys.sorted() ?? []).flatMap { count in
        cores.counts.map {
          SimulationReport.Place(batchSize: batch, processes: 1, threads: $0, unitsPerShard: count)
        }
      }
    }
  }

  /// Minibatches that grow with the cores, up to the largest that har-train takes.
  private func growing() -> [SimulationReport.Place] {
    guard windowsPerCore > 0 else { return [] }
    return places().map { place in
      SimulationReport.Place(
        batchSize: windowsPerCore * place.processes * place.threads, processes: place.processes, threads: place.threads)
    }.filter { $0.batchSize <= Self.largestBatch }
  }

  private func places() -> [(processes: Int, threads: Int)] {
    let alone = Set(cores.counts + [1]).sorted().map { (processes: 1, threads: $0) }
    return alone + ranks.counts.filter { $0 > 1 }.map { (processes: $0, threads: coresPerRank) }
  }

  private func prediction(
    _ place: SimulationReport.Place, _ measured: [Int: Measured]
  ) throws -> SimulationReport.Prediction {
    let atOnce = min(place.batchSize, Self.largestMeasured)
    guard let known = measured[atOnce] else { throw ValidationError("minibatches of \(atOnce) were not measured") }
    var network = Self.connection(measured) ?? .free
    (network.latency, network.bandwidth) = (latency * 1e-6, bandwidth * 1e9)
    let outcome = known.outcome(place, network, parts: (place.batchSize + atOnce - 1) / atOnce)
    return SimulationReport.Prediction(
      place: place, seconds: outcome.seconds,
      parts: [
        ("work", outcome.work), ("idle", outcome.idle), ("loops", outcome.loops),
        ("communication", outcome.communication),
      ])
  }

  /// What a message between two processes of this machine costs; nil where that wasn't measured.
  private static func connection(_ measured: [Int: Measured]) -> NetworkModel? {
    let all = measured.values.flatMap(\.processes)
    guard !all.isEmpty else { return nil }
    return NetworkModel(
      latency: median(all.map(\.latency)), bandwidth: .infinity, overhead: median(all.map(\.overhead)),
      copying: median(all.map(\.copying)))
  }

  /// Measurements that the model didn't know: several threads, and two processes.
  private func checks(_ measured: [Int: Measured], threads: [Int]) -> [SimulationReport.Check] {
    measured.keys.sorted().flatMap { batch -> [SimulationReport.Check] in
      guard let known = measured[batch] else { return [] }
      let repetitions = known.measurement.repetitions
      var checks = threads.filter { batchSize.counts.contains(batch) || batch == windowsPerCore * $0 }.map { count in
        SimulationReport.Check(
          place: SimulationReport.Place(batchSize: batch, processes: 1, threads: count),
          repetitions.map { ($0.seconds[count] ?? 0, known.seconds($0, threads: count)) })
      }
      if !known.processes.isEmpty {
        checks.append(
          SimulationReport.Check(
            place: SimulationReport.Place(batchSize: batch, processes: 2, threads: 1),
            zip(repetitions, known.processes).map { repetition, together in
              (
                undisturbed(together.epochs.flatMap(\.steps)),
                known.seconds(repetition, threads: 1, processes: 2, together.network)
              )
            }))
      }
      return checks
    }
  }
}
