import Kernels
import NeuralNetworks
import StepModel
import Windows

/// Steps with minibatches of one size: alone on one thread, with several threads, and as processes have them that share the minibatch;
/// again and again, so that whatever else the machine does hits all of them.
package final class BatchMeasurement {
  /// What was measured at one time.
  package struct Repetition: Sendable {
    package let alone: [TracedStep]
    /// Steps of one process with so many of the minibatch's shards, alone.
    package let ofFewerShards: [Int: [TracedStep]]
    /// How much longer units take where several threads work on one minibatch.
    package let together: [CoreModel.Slowdown]
    /// How much longer they take in each of two processes that share it, on a core each, which need not be as fast as the other; empty
    /// where that wasn't asked for.
    package let sideBySide: [CoreModel.Slowdown]
    /// Seconds of a step with each number of threads beside 1, in another epoch than the units'.
    package let seconds: [Int: Double]

    /// Steps on one core to replay.
    package var units: [StepUnits] { BatchMeasurement.units(alone, ofFewerShards) }
  }

  package let batchSize: Int
  /// Of an epoch, the first of which isn't measured.
  package let steps: Int
  package private(set) var repetitions: [Repetition] = []
  private let threads: [Int]
  private let training: TracedTraining
  /// A process's part of the minibatch, by its shards.
  private let shares: [Int: TracedTraining]
  /// How many shards half of them are.
  private let half: Int
  /// Two with half of the shards each; none where two processes aren't measured.
  private let halves: [TracedTraining]

  /// - Parameters:
  ///   - threads: numbers of threads beside 1, up to the machine's cores.
  ///   - processes: numbers of processes that are to share the minibatch.
  ///   - windows: as many as an epoch takes, or fewer.
  ///   - sideBySide: whether two processes are measured, one on each of two cores; 2 must be among `processes`.
  package init(
    _ network: Sequential, kernels: KernelSet, windows: WindowSet, batchSize: Int, threads: [Int],
    processes: [Int] = [], sideBySide: Bool = false
  ) {
    self.batchSize = batchSize
    self.threads = threads
    let steps = 1 + max(3, 1024 / batchSize)
    self.steps = steps
    let rows = TracedTraining.shardRows(batchSize: batchSize)
    let shards = (batchSize + rows - 1) / rows
    func part(shards: Int) -> TracedTraining {
      TracedTraining(
        network, kernels: kernels, windows: windows, batchSize: min(shards * rows, batchSize), steps: steps,
        workers: 1, shardRows: rows)
    }
    training = TracedTraining(
      network, kernels: kernels, windows: windows, batchSize: batchSize, steps: steps, workers: threads.max() ?? 1)
    let counts = processes.filter { $0 > 1 }.flatMap { [shards / $0, (shards + $0 - 1) / $0] }
    shares = Dictionary(
      uniqueKeysWithValues: Set(counts.filter { (1..<shards).contains($0) }).map { ($0, part(shards: $0)) })
    half = (shards + 1) / 2
    if sideBySide, let first = shares[half] {
      halves = [first, part(shards: half)]
    } else {
      halves = []
    }
  }

  /// An epoch of each kind.
  ///
  /// - Parameter isCounted: false for one that warms up.
  package func repeatAll(isCounted: Bool) {
    let alone = training.epoch(threads: 1).steps
    var together: [CoreModel.Slowdown] = []
    var seconds: [Int: Double] = [:]
    for count in threads {
      let shared = training.epoch(threads: count).steps
      together.append(PhaseTimes.slowdown(cores: count, shared, unitsPerThread: 1 / Double(count), alone: alone))
      seconds[count] = undisturbed(training.epoch(threads: count).steps.map(\.seconds))
    }
    let ofFewerShards = shares.mapValues { $0.epoch(threads: 1).steps }
    var sideBySide: [CoreModel.Slowdown] = []
    if !halves.isEmpty, let alone = ofFewerShards[half] {
      sideBySide = SideBySide.epoch(halves).steps.map {
        PhaseTimes.slowdown(cores: 2, $0, unitsPerThread: 1, alone: alone)
      }
    }
    guard isCounted else { return }
    repetitions.append(
      Repetition(
        alone: alone, ofFewerShards: ofFewerShards, together: together, sideBySide: sideBySide, seconds: seconds))
  }

  /// Steps on one core to replay, of all repetitions.
  package var units: [StepUnits] {
    let shares = repetitions.reduce(into: [Int: [TracedStep]]()) { all, repetition in
      all.merge(repetition.ofFewerShards) { $0 + $1 }
    }
    return Self.units(repetitions.flatMap(\.alone), shares)
  }

  /// The fastest quarter of steps, up to sixteen of it, each with one of those of fewer shards.
  private static func units(_ steps: [TracedStep], _ shares: [Int: [TracedStep]]) -> [StepUnits] {
    func fastest(_ steps: [TracedStep]) -> [StepUnits] {
      TracedStep.fastestQuarter(steps).prefix(16).compactMap { $0.units() }
    }
    let fewer = shares.mapValues(fastest)
    return fastest(steps).enumerated().map { index, step in
      var step = step
      step.ofFewerShards = fewer.compactMapValues { $0.isEmpty ? nil : $0[index % $0.count] }
      return step
    }
  }

  /// Each factor's median over the repetitions.
  package func slowdowns() -> [CoreModel.Slowdown] {
    threads.indices.map { index in
      CoreModel.Slowdown(cores: threads[index]) { path in
        median(repetitions.map { $0.together[index][keyPath: path] })
      }
    }
  }

  /// Each factor of each of two processes, its median over the repetitions; empty where they weren't asked for.
  package func slowdownsOfProcesses() -> [CoreModel.Slowdown] {
    halves.indices.map { process in
      CoreModel.Slowdown(cores: 2) { path in median(repetitions.map { $0.sideBySide[process][keyPath: path] }) }
    }
  }

  package var slices: [GradientSlice] {
    training.slices.map { GradientSlice(layer: $0.layer, bytes: Double($0.range.count) * 4) }
  }
}

/// The middle value, or the mean of the two in the middle; 0 for none.
package func median(_ values: [Double]) -> Double {
  guard !values.isEmpty else { return 0 }
  let sorted = values.sorted()
  return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}
