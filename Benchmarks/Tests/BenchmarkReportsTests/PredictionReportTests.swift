import BenchmarkReports
import Testing

@Suite struct PredictionReportTests {
  @Test func csvHasMicrosecondsAndARowPerNumberOfThreads() {
    let latencies = Spread([0.0005, 0.00025, 0.001])
    let reports = [1, 2].map {
      PredictionReport(model: "lstm", latencies: latencies, threads: $0, windowsPerSecond: 4000 * Double($0))
    }
    let lines = PredictionReport.csv(reports).split(separator: "\n")
    #expect(
      lines == [
        "model,threads,median_us,p99_us,windows_per_second", "lstm,1,500.0,1000.0,4000.0", "lstm,2,500.0,1000.0,8000.0",
      ])
  }
}
