import ActivityData
import Foundation
import Kernels
import Synchronization
import Training

/// The progress of an experiment on standard error: on a terminal a live line a running training and one for the whole, elsewhere a
/// line an epoch.
///
/// `@unchecked Sendable`: called for one event at a time, as `Experiment` delivers them.
final class ProgressView: @unchecked Sendable {
  private struct Running {
    var epoch = 0
    var fraction = 0.0
    var loss: Double?
    var accuracy: Double?
    var windowsPerSecond = 0.0
    var epochStart = Date()
  }

  private let plan: ProgressPlan
  private let isQuiet: Bool
  private let isLive: Bool
  private let start = Date()
  private var lastDrawn = Date.distantPast
  private var running: [TrainingID: Running] = [:]
  private var ended = 0
  /// Work done and skipped, in epochs weighted by their arithmetic.
  private var doneWork = 0.0
  private var resumedWork = 0.0
  private var drawnLines = 0

  init(plan: ProgressPlan, isQuiet: Bool) {
    self.plan = plan
    self.isQuiet = isQuiet
    isLive = !isQuiet && StandardError.isTerminal
  }

  /// What is about to be trained on.
  func announce(store: WindowStore, kernels: KernelSet, threads: Int, folder: String) {
    guard !isQuiet else { return }
    let synthetic = store.isSynthetic ? "SYNTHETIC recordings (made up, not people): " : ""
    StandardError.writeLine(
      "\(synthetic)\(store.train.count) training and \(store.test.count) test windows, "
        + "\(threads) \(threads == 1 ? "thread" : "threads"), \(kernels.name.rawValue) kernels, results in \(folder)")
  }

  /// Shows an event.
  func show(_ event: ExperimentEvent) {
    switch event {
    case .started(let id, let epoch, _):
      running[id] = Running(epoch: epoch)
      if !plan.isIncremental {
        resumedWork += plan.epochWork(id) * Double(epoch)
        doneWork += plan.epochWork(id) * Double(epoch)
      }
    case .training(let id, .progress(let epoch, let windows, let total, let loss, let accuracy)):
      var state = running[id] ?? Running()
      if state.fraction == 0 || state.epoch != epoch { state.epochStart = Date() }
      state.epoch = epoch
      state.fraction = Double(windows) / Double(total)
      state.loss = loss
      state.accuracy = accuracy
      let seconds = Date().timeIntervalSince(state.epochStart)
      if seconds > 0.05 { state.windowsPerSecond = Double(windows) / seconds }
      running[id] = state
      if isLive, Date().timeIntervalSince(lastDrawn) > 0.1 { draw() }
    case .training(let id, .epoch(let result)):
      doneWork += plan.epochWork(id)
      running[id]?.fraction = 0
      running[id]?.epoch = result.epoch + 1
      if !isLive && !isQuiet { writeEpoch(id, result) }
    case .ended(let id, let record):
      if running.removeValue(forKey: id) == nil {
        let work = plan.epochWork(id) * Double(plan.epochs(id))
        resumedWork += work
        doneWork += work
      } else if !plan.isIncremental {
        let skipped = plan.epochs(id) - record.progress.epoch
        doneWork += plan.epochWork(id) * Double(max(0, skipped))
      }
      ended += 1
      if record.status == .diverged, !isQuiet {
        aside {
          StandardError.writeLine(
            "\(plan.name(id)): diverged in epoch \(record.progress.epoch + 1), step \(record.progress.step + 1): the loss is no number; "
              + "it counts in no mean (a smaller --learning-rate or --clip-norm may help)")
        }
      }
    }
  }

  /// Removes the live lines, lets somebody else write, and draws them again.
  func aside(_ body: () -> Void) {
    erase()
    body()
    if isLive, !running.isEmpty { draw() }
  }

  /// Removes the live lines.
  func finish() { erase() }

  // MARK: Plain lines

  private func writeEpoch(_ id: TrainingID, _ result: EpochResult) {
    StandardError.writeLine(
      "\(plan.name(id)) epoch \(result.epoch + 1)/\(plan.epochs(id)): "
        + "loss \(result.loss.decimal(digits: 4)), accuracy \((result.accuracy * 100).decimal(digits: 2)) %, "
        + "\(result.windowsPerSecond.decimal(digits: 0)) windows/s, \(timeLeft) left")
  }

  private var timeLeft: String {
    let running = running.reduce(0) { $0 + $1.value.fraction * plan.epochWork($1.key) }
    let done = doneWork + running - resumedWork
    guard done > 0 else { return "?" }
    let seconds = Date().timeIntervalSince(start) * (plan.totalWork - doneWork - running) / done
    let whole = Int(max(0, min(seconds, 359_999)).rounded())
    let clock = "\(whole / 60 % 60):" + (whole % 60 < 10 ? "0" : "") + "\(whole % 60)"
    return whole >= 3600 ? "\(whole / 3600):" + (whole / 60 % 60 < 10 ? "0" : "") + clock : clock
  }

  // MARK: Live lines

  private func erase() {
    guard drawnLines > 0 else { return }
    StandardError.write("\r\u{1B}[\(drawnLines)A\u{1B}[J")
    drawnLines = 0
  }

  private func draw() {
    lastDrawn = Date()
    var lines = running.keys.sorted().map { id in line(id, running[id]!) }
    lines.append("\(ended) of \(plan.count) \(plan.noun) done, \(timeLeft) left")
    let columns = terminalColumns
    let text = lines.map { String($0.prefix(max(20, columns - 1))) + "\u{1B}[K\n" }.joined()
    StandardError.write((drawnLines > 0 ? "\r\u{1B}[\(drawnLines)A" : "") + text + "\u{1B}[J")
    drawnLines = lines.count
  }

  private func line(_ id: TrainingID, _ state: Running) -> String {
    let width = 16
    let filled = Int((state.fraction * Double(width)).rounded())
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    let epochs = plan.epochs(id)
    let loss = state.loss.map { "  loss \($0.decimal(digits: 4))" } ?? ""
    let accuracy = state.accuracy.map { "  accuracy \(($0 * 100).decimal(digits: 2)) %" } ?? ""
    let rate = state.windowsPerSecond > 0 ? "  \(state.windowsPerSecond.decimal(digits: 0)) windows/s" : ""
    return "\(plan.name(id))  epoch \(min(state.epoch + 1, epochs))/\(epochs) \(bar)\(loss)\(accuracy)\(rate)"
  }

  private var terminalColumns: Int {
    var size = winsize()
    return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 100
  }
}
