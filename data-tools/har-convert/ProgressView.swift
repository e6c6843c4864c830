import Recordings
import SystemSupport
import Windows

/// How far the conversion is, on standard error: a live bar on a terminal, a line per split elsewhere.
struct ProgressView {
  private let isLive = StandardError.isTerminal
  private var bar = ProgressBar()
  private let start = ContinuousClock().now

  /// Shows one state.
  mutating func show(_ progress: Conversion.Progress) {
    let split = progress.split.rawValue
    if isLive {
      let (done, all) = (Double(progress.bytes.done) / 1e6, Double(max(1, progress.bytes.all)) / 1e6)
      let rate = done / max(1e-3, (ContinuousClock().now - start) / .seconds(1))
      bar.show(
        done / all,
        "\(done.decimal(digits: 0)) of \(all.decimal(digits: 0)) MB  \(rate.decimal(digits: 0)) MB/s  \(split)")
    } else if progress.windows.done == progress.windows.all {
      StandardError.writeLine("\(split): \(progress.windows.all) windows read")
    }
  }

  /// Removes the bar.
  mutating func finish() { bar.clear() }
}
