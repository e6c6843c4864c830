import ArgumentParser
import BenchmarkReports
import Dispatch
import Foundation
import Kernels
import NeuralNetworks
import SystemSupport
import Training
import Windows

/// Prediction: how soon a single window is judged, and how many per second.
struct PredictBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict", abstract: "Latency of single windows (median, 99th percentile) and throughput of batches.",
    discussion: """
      EXAMPLE
        har-bench predict --data har.h5 --model cnn-lstm --threads 1,2
      """)

  @Option(help: ArgumentHelp("The store that har-convert wrote.", valueName: "STORE.h5"))
  var data: String

  @Option(help: ArgumentHelp("lstm, cnn-lstm or conv-lstm. (default: all)", valueName: "MODEL"))
  var model: ModelPreset?

  @Option(help: ArgumentHelp("f32 or mixed.", valueName: "NAME"))
  var precision: Precision = .f32

  @Option(
    help: ArgumentHelp("Numbers of threads of the batches. (default: 1, 2, 4 … up to the cores)", valueName: "LIST"))
  var threads: CountList?

  @Option(help: ArgumentHelp("Measurements of each batch, after one to warm up.", valueName: "N"))
  var repetitions = 5

  @Option(help: ArgumentHelp("A CSV file for the figures.", valueName: "FILE.csv"))
  var csv: String?

  func validate() throws { try threads?.requireThreads() }

  func run() throws {
    let kernels = try KernelSet.chosen()
    let test = try WindowStore.read(.test, path: data)
    let single = (0..<test.count).map { test.range($0..<$0 + 1) }
    let counts = (threads ?? .upTo(ProcessInfo.processInfo.activeProcessorCount)).counts
    print(
      "\(kernels.name.rawValue) kernels, \(processorName()); \(test.count) single windows, batches of all \(test.count)\n"
    )
    var reports: [PredictionReport] = []
    for architecture in model.map({ [$0] }) ?? ModelPreset.allCases {
      let network = try Sequential(architecture.description(precision))
      let parameters = AlignedBuffer(count: network.parameterBufferCount)
      network.initialize(parameters.address, key: (1, 2))
      let predictor = Predictor(model: network, kernels: kernels, parameters: parameters)
      for window in single.prefix(100) { _ = try predictor.probabilities(window, threads: 1) }
      let latencies = Spread(
        try single.map { window in try Self.seconds { _ = try predictor.probabilities(window, threads: 1) } })
      print(
        "\(architecture.title): a window in \(format(latencies.median * 1e6, 0)) µs (median), "
          + "\(format(latencies.quantile(0.99) * 1e6, 0)) µs (99th percentile)")
      for count in counts {
        _ = try predictor.probabilities(test, threads: count)
        let seconds = Spread(
          try (0..<repetitions).map { _ in try Self.seconds { _ = try predictor.probabilities(test, threads: count) } })
        let report = PredictionReport(
          model: architecture.rawValue, latencies: latencies, threads: count,
          windowsPerSecond: Double(test.count) / seconds.median)
        reports.append(report)
        print(
          "  \(count) \(count == 1 ? "thread" : "threads"): \(format(report.windowsPerSecond, 0)) windows/s")
      }
    }
    if let csv { try FigureFiles.write(PredictionReport.csv(reports), to: csv) }
  }

  private static func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = DispatchTime.now().uptimeNanoseconds
    try body()
    return Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
  }
}
