import ActivityData
import ArgumentParser
import Foundation
import Kernels
import NeuralNetworks
import Training

/// Whole training epochs: seconds, and the share of the peak that the products alone would allow.
struct EpochBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "epoch", abstract: "Training epochs of the three models on one thread or more.")

  @Option(help: "The store that har-convert wrote.")
  var data: String

  @Option(help: "lstm, cnn-lstm, conv-lstm, or all.")
  var model = "all"

  @Option(help: "Threads.")
  var threads = 1

  @Option(help: "Epochs of each model, after one to warm up; best and median are shown.")
  var epochs = 5

  func run() throws {
    let kernels = try KernelSet(environment: ProcessInfo.processInfo.environment)
    let windows = TrainingData(try WindowStore.read(path: data).train)
    for architecture in Architecture.allCases where model == "all" || model == architecture.rawValue {
      let network = ModelConfiguration(architecture).makeModel()
      let trainer = Trainer(
        model: network, kernels: kernels, settings: TrainingSettings(epochs: epochs + 1, seed: 1), repeatIndex: 0,
        data: windows)
      var seconds: [Double] = []
      var peak = 0.0
      for epoch in 0...epochs {
        peak = max(peak, PeakMeasurement.gigaflops(of: kernels))
        guard case .completed(let result) = trainer.runEpoch(threads: threads) else { return }
        if epoch > 0 { seconds.append(result.seconds) }
      }
      let timing = Timing(seconds: seconds)
      let work = Double(network.trainingWork * windows.count) * 1e-9
      func share(_ seconds: Double) -> String {
        String(
          format: "%.2f s (%.1f GFLOP/s, %.1f %% of peak)", seconds, work / seconds,
          100 * work / seconds / (peak * Double(threads)))
      }
      print(
        "\(architecture.title), \(kernels.name.rawValue), \(threads) threads: best \(share(timing.best)), "
          + "median \(share(timing.median)); \(String(format: "%.0f", work)) GFLOP an epoch, "
          + "peak \(String(format: "%.1f", peak)) GFLOP/s a core")
    }
  }
}
