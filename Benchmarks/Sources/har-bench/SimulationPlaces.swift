import BenchmarkReports

/// The minibatches, cores and processes for which a step is predicted.
struct SimulationPlaces {
  let batchSizes, cores, processes: [Int]
  /// Of each of several processes.
  let coresPerProcess: Int
  /// Where minibatches grow; 0 for none that do.
  let windowsPerCore: Int

  /// Larger minibatches are worked on in parts of this size.
  static let largestMeasured = 4096
  /// The largest that har-train takes.
  private static let largestBatch = 65536

  /// Minibatches that stay as they are: on the cores of one process, then in several.
  var staying: [SimulationReport.Place] {
    batchSizes.flatMap { batch in
      machines.map { SimulationReport.Place(batchSize: batch, processes: $0.processes, threads: $0.threads) }
    }
  }

  /// Minibatches that grow with the cores.
  var growing: [SimulationReport.Place] {
    guard windowsPerCore > 0 else { return [] }
    return machines.map { machine in
      SimulationReport.Place(
        batchSize: windowsPerCore * machine.processes * machine.threads, processes: machine.processes,
        threads: machine.threads)
    }.filter { $0.batchSize <= Self.largestBatch }
  }

  /// Minibatches of a size that stays, in one process, with shards that are divided further.
  func dividing(batchSize: Int, unitsPerShard: Int) -> [SimulationReport.Place] {
    cores.map {
      SimulationReport.Place(batchSize: batchSize, processes: 1, threads: $0, unitsPerShard: unitsPerShard)
    }
  }

  /// The minibatches to measure, ascending, each with the numbers of processes among which it is divided.
  var measured: [(batchSize: Int, processes: [Int])] {
    Dictionary(grouping: staying + growing) { min($0.batchSize, Self.largestMeasured) }
      .mapValues { Set($0.map(\.processes)).sorted() }
      .sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// Whether the model is to be held against a minibatch of a size in two processes.
  func isCheckedInProcesses(_ batchSize: Int) -> Bool {
    processes.contains { $0 > 1 } && (batchSizes.contains(batchSize) || batchSize == 2 * windowsPerCore)
  }

  /// Whether it is to be held against one with a number of threads.
  func isChecked(_ batchSize: Int, threads: Int) -> Bool {
    batchSizes.contains(batchSize) || batchSize == windowsPerCore * threads
  }

  private var machines: [(processes: Int, threads: Int)] {
    let alone = Set(cores + [1]).sorted().map { (processes: 1, threads: $0) }
    return alone + processes.filter { $0 > 1 }.map { (processes: $0, threads: coresPerProcess) }
  }
}
