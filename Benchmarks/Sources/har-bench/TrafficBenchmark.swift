import ArgumentParser
import BenchmarkReports
import Foundation
import Kernels
import NeuralNetworks
import Training
import Windows

/// What a training step moves beyond a core's own caches, and the bandwidth that this asks for at many threads.
struct TrafficBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "traffic",
    abstract: "Bytes that a training step moves between cores and memory, and the bandwidth it needs at many threads.",
    discussion: """
      The bytes are counted from the buffers of a step; the time of a step is measured on one thread and divided by the \
      threads, as if nothing else kept them from scaling.

      EXAMPLE
        har-bench traffic --data har.h5 --threads 1,16,64
      """)

  @Option(help: ArgumentHelp("The store that har-convert wrote.", valueName: "STORE.h5"))
  var data: String

  @Option(help: ArgumentHelp("Numbers of threads.", valueName: "LIST"))
  var threads = CountList([1, 16, 64])

  /// Bytes of a step, each as often as it is written or read by another core than the one that wrote it last.
  private struct Traffic {
    let packedWeights: Int
    let shardGradients: Int
    let operands: Int
    let optimizer: Int
    let perThread: Int
    let shards: Int

    init(_ plan: ExecutionPlan, batchSize: Int, threads: Int) {
      let parameters = 4 * plan.model.parameterBufferCount
      shards = (batchSize + plan.shardRows - 1) / plan.shardRows
      // Packing reads the parameters and writes them packed; every thread with a shard then reads all of that.
      packedWeights = parameters + 4 * plan.packedCount * (1 + min(threads, shards))
      shardGradients = 2 * 4 * plan.shardGradientCount * shards
      operands = 2 * 4 * plan.operandCount
      // The gradient is written and read; parameters and both moments are read and written.
      optimizer = 8 * parameters
      perThread = 4 * plan.workerCount
    }

    var total: Int { packedWeights + shardGradients + operands + optimizer }
  }

  func run() throws {
    let kernels = try KernelSet.chosen()
    let windows = try WindowStore.read(.train, path: data)
    let settings = TrainingSettings(epochs: 3, seed: 1)
    print("\(kernels.name.rawValue) kernels, \(processorName()); batches of \(settings.batchSize)")
    for architecture in ModelPreset.allCases {
      let network = try Sequential(architecture.description())
      let plan = ExecutionPlan(
        model: network, kernels: kernels, shardRows: settings.shardRows, minibatchRows: settings.batchSize)
      let trainer = Trainer(
        model: network, kernels: kernels, settings: settings, repeatIndex: 0, windows: windows)
      var step = Double.infinity
      for _ in 0..<settings.epochs {
        guard case .completed(let report) = trainer.runEpoch(threads: 1) else { return }
        step = min(step, report.seconds / Double(trainer.stepsPerEpoch))
      }
      let one = Traffic(plan, batchSize: settings.batchSize, threads: 1)
      print(
        "\n\(architecture.title): \(megabytes(one.perThread)) MB of each thread's own; a step of \(one.shards) shards in "
          + "\(format(step * 1e3, 2)) ms on one thread")
      print("threads   packed  shards' gradients  operands  optimizer      all MB  MB per thread   GB/s")
      for count in threads.counts {
        let traffic = Traffic(plan, batchSize: settings.batchSize, threads: count)
        let busy = min(count, traffic.shards)
        let columns: [(String, Int)] = [
          ("\(count)", 7), (megabytes(traffic.packedWeights), 9), (megabytes(traffic.shardGradients), 19),
          (megabytes(traffic.operands), 10), (megabytes(traffic.optimizer), 11), (megabytes(traffic.total), 12),
          (megabytes(traffic.total / busy), 15), (format(Double(traffic.total) / step * Double(busy) * 1e-9, 1), 7),
        ]
        print(columns.map { cell($0.0, $0.1) }.joined())
      }
    }
  }

  private func megabytes(_ bytes: Int) -> String { format(Double(bytes) * 1e-6, 2) }
}
