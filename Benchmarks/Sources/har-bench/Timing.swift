import Dispatch

/// Seconds that a body takes, over several repetitions.
struct Timing {
  /// Ascending.
  let seconds: [Double]

  var best: Double { seconds[0] }
  var median: Double { seconds[seconds.count / 2] }

  /// Runs a body once to warm up, then `repetitions` times, each `inner` times in a row.
  init(repetitions: Int, inner: Int = 1, _ body: () -> Void) {
    body()
    seconds = (0..<repetitions).map { _ in
      let start = DispatchTime.now().uptimeNanoseconds
      for _ in 0..<inner { body() }
      return Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9 / Double(inner)
    }.sorted()
  }

  init(seconds: [Double]) { self.seconds = seconds.sorted() }
}

/// A cell of a table, right-aligned.
func cell(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}
