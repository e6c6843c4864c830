/// What prediction with one network took.
public struct PredictionReport: Sendable {
  /// As `--model` names it.
  public let model: String
  /// Seconds of single windows, on one thread.
  public let latencies: Spread
  /// Threads of the batches.
  public let threads: Int
  /// Of a batch of all windows.
  public let windowsPerSecond: Double

  /// One network's report for one number of threads; `latencies` in seconds.
  public init(model: String, latencies: Spread, threads: Int, windowsPerSecond: Double) {
    self.model = model
    self.latencies = latencies
    self.threads = threads
    self.windowsPerSecond = windowsPerSecond
  }

  /// A row per network and number of threads; a network's latency is the same in all of its rows.
  public static func csv(_ reports: [PredictionReport]) -> String {
    let rows = reports.map { report in
      "\(report.model),\(report.threads),\(report.latencies.median * 1e6),\(report.latencies.quantile(0.99) * 1e6),"
        + "\(report.windowsPerSecond)\n"
    }
    return "model,threads,median_us,p99_us,windows_per_second\n" + rows.joined()
  }
}
