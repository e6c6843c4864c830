import ArgumentParser
import Foundation
import Kernels
import NeuralNetworks
import Training
import Windows

/// Whole training epochs: seconds, and the share of the peak that the products alone would allow.
struct EpochBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "epoch", abstract: "Training epochs of the three models on one thread or more.")

  @Option(help: "The store that har-convert wrote.")
  var data: String

  @Option(help: "lstm, cnn-lstm or conv-lstm. (default: all)")
  var model: ModelPreset?

  @Option(help: "f32 or mixed; the peak is that of f32 either way.")
  var precision: Precision = .f32

  @Option(help: "Threads.")
  var threads = 1

  @Option(help: "Epochs of each model, after one to warm up; best and median are shown.")
  var epochs = 5

  func run() throws {
    let kernels = try KernelSet.chosen()
    let windows = try WindowStore.read(.train, path: data)
    for architecture in model.map({ [$0] }) ?? ModelPreset.allCases {
      let network = try Sequential(architecture.description(precision))
      let trainer = Trainer(
        model: network, kernels: kernels, settings: TrainingSettings(epochs: epochs + 1, seed: 1), repeatIndex: 0,
        windows: windows)
      var seconds: [Double] = []
      var peak = 0.0
      for epoch in 0...epochs {
        peak = max(peak, PeakMeasurement.gigaflops(of: kernels))
        guard case .completed(let report) = trainer.runEpoch(threads: threads) else { return }
        if epoch > 0 { seconds.append(report.seconds) }
      }
      let timing = Timing(seconds: seconds)
      let gigaflop = Double(network.trainingFlops * windows.count) * 1e-9
      func share(_ seconds: Double) -> String {
        String(
          format: "%.2f s (%.1f GFLOP/s, %.1f %% of peak)", seconds, gigaflop / seconds,
          100 * gigaflop / seconds / (peak * Double(threads)))
      }
      print(
        "\(architecture.title), \(kernels.name.rawValue), \(threads) threads: best \(share(timing.best)), "
          + "median \(share(timing.median)); \(String(format: "%.0f", gigaflop)) GFLOP per epoch, "
          + "peak \(String(format: "%.1f", peak)) GFLOP/s per core")
    }
  }
}
