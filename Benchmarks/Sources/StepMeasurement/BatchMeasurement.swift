import Kernels
import NeuralNetworks
import StepModel
import Windows

/// Steps with minibatches of one size: alone on one thread, side by side, and with several threads; again and again, so that whatever
/// else the machine does hits all of them.
package final class BatchMeasurement {
  /// What was measured at one time.
  package struct Repetition: Sendable {
    package let alone: [TracedStep]
    /// How much longer units take where several threads work on one minibatch.
    package let together: [CoreModel.Slowdown]
    /// How much longer they take in as many trainings side by side, which share no memory.
    package let apart: [CoreModel.Slowdown]
    /// Seconds of a step with each number of threads beside 1, in another epoch than the units'.
    package let seconds: [Int: Double]

    /// For processes of one thread, which have memory of their own and only some of the shards: the larger of both factors.
    package var ofProcesses: [CoreModel.Slowdown] {
      zip(together, apart).map { a, b in
        CoreModel.Slowdown(cores: a.cores) { max(a[keyPath: $0], b[keyPath: $0]) }
      }
    }

    /// Steps on one core to replay.
    package var units: [StepUnits] { BatchMeasurement.units(alone) }
  }

  package let batchSize: Int
  /// Of an epoch, the first of which isn't measured.
  package let steps: Int
  package private(set) var repetitions: [Repetition] = []
  private let threads: [Int]
  private let trainings: [TracedTraining]

  /// - Parameters:
  ///   - threads: numbers of threads beside 1, up to the machine's cores.
  ///   - windows: as many as an epoch takes, or fewer.
  package init(
    _ network: Sequential, kernels: KernelSet, windows: WindowSet, batchSize: Int, threads: [Int]
  ) {
    self.batchSize = batchSize
    self.threads = threads
    let steps = 1 + max(3, 1024 / batchSize)
    self.steps = steps
    let most = threads.max() ?? 1
    trainings = (0..<most).map { number in
      TracedTraining(
        network, kernels: kernels, windows: windows, batchSize: batchSize, steps: steps,
        workers: number == 0 ? most : 1)
    }
  }

  /// An epoch of each kind.
  ///
  /// - Parameter isCounted: false for one that warms up.
  package func repeatAll(isCounted: Bool) {
    let alone = trainings[0].epoch(threads: 1).steps
    var (together, apart): ([CoreModel.Slowdown], [CoreModel.Slowdown]) = ([], [])
    var seconds: [Int: Double] = [:]
    for count in threads {
      let shared = trainings[0].epoch(threads: count).steps
      let sideBySide = SideBySide.epoch(Array(trainings.prefix(count))).steps
      together.append(PhaseTimes.slowdown(cores: count, shared, unitsPerThread: 1 / Double(count), alone: alone))
      apart.append(PhaseTimes.slowdown(cores: count, sideBySide, unitsPerThread: 1, alone: alone))
      seconds[count] = undisturbed(trainings[0].epoch(threads: count).steps.map(\.seconds))
    }
    guard isCounted else { return }
    repetitions.append(Repetition(alone: alone, together: together, apart: apart, seconds: seconds))
  }

  /// Steps on one core to replay, of all repetitions.
  package var units: [StepUnits] { Self.units(repetitions.flatMap(\.alone)) }

  /// The fastest quarter of steps, up to sixteen of it.
  private static func units(_ steps: [TracedStep]) -> [StepUnits] {
    TracedStep.fastestQuarter(steps).prefix(16).compactMap { $0.units() }
  }

  /// Each factor's median over the repetitions.
  package func slowdowns(_ kind: KeyPath<Repetition, [CoreModel.Slowdown]>) -> [CoreModel.Slowdown] {
    threads.indices.map { index in
      CoreModel.Slowdown(cores: threads[index]) { path in
        median(repetitions.map { $0[keyPath: kind][index][keyPath: path] })
      }
    }
  }

  package var slices: [GradientSlice] {
    trainings[0].slices.map { GradientSlice(layer: $0.layer, bytes: Double($0.range.count) * 4) }
  }
}

/// The middle value, or the mean of the two in the middle; 0 for none.
package func median(_ values: [Double]) -> Double {
  guard !values.isEmpty else { return 0 }
  let sorted = values.sorted()
  return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}
