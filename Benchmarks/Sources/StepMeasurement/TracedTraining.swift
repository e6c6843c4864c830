import Communication
import Dispatch
import Kernels
import NeuralNetworks
import Training
import Windows

/// A training whose steps are measured.
package final class TracedTraining {
  package let trainer: Trainer
  /// The steps of an epoch; the first is left out of what is measured.
  package let steps: Int
  private let trace: StepTrace

  /// - Parameters:
  ///   - workers: the most threads it will have.
  ///   - steps: of each epoch; the windows are taken from the front, again and again where there are too few.
  ///   - shardRows: windows of a shard where the minibatch is one process's of a larger one; nil for those of its own size.
  package init(
    _ network: Sequential, kernels: KernelSet, windows: WindowSet, batchSize: Int, steps: Int, workers: Int,
    shardRows: Int? = nil, communicator: (any Communicator)? = nil
  ) {
    self.steps = steps
    var settings = TrainingSettings(epochs: 100_000, seed: 1)
    settings.batchSize = batchSize
    // A span for each unit, and many messages for each shard.
    let rows = shardRows ?? settings.shardRows
    let perStep = 4096 + 64 * (batchSize + rows - 1) / rows
    trace = StepTrace(workers: workers, capacity: steps * perStep)
    trainer = Trainer(
      model: network, kernels: kernels, settings: settings, repeatIndex: 0,
      windows: windows.repeated(to: batchSize * steps), shardRows: shardRows, communicator: communicator,
      team: WorkerTeam(trace: trace))
  }

  /// Windows of a shard of minibatches of a size.
  package static func shardRows(batchSize: Int) -> Int {
    var settings = TrainingSettings(epochs: 1, seed: 1)
    settings.batchSize = batchSize
    return settings.shardRows
  }

  /// The slices of the gradient, as the units of its completion count them.
  package var slices: [ParameterSlice] { trainer.slices }

  /// What an epoch came to: when it began and ended, in nanoseconds of the system's uptime, and its steps but the first.
  package struct Epoch: Sendable {
    package let start, end: UInt64
    package let steps: [TracedStep]

    package var seconds: Double { Double(end - start) * 1e-9 }
  }

  /// Trains an epoch.
  package func epoch(threads: Int) -> Epoch {
    trace.clear()
    let start = DispatchTime.now().uptimeNanoseconds
    _ = trainer.runEpoch(threads: threads)
    let end = DispatchTime.now().uptimeNanoseconds
    precondition(trace.missed == 0, "a trace is too small")
    return Epoch(start: start, end: end, steps: TracedStep.steps(of: trace, workers: threads, skipping: 1))
  }
}

extension WindowSet {
  /// So many windows: the first ones, and all again where there are too few.
  package func repeated(to count: Int) -> WindowSet { choosing((0..<count).map { $0 % self.count }) }
}
