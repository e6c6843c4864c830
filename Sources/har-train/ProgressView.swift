import Foundation
import SystemSupport
import Training
import Windows

/// The progress of an experiment on standard error: on a terminal a live line per running training and one for the whole, elsewhere a
/// line per epoch.
final class ProgressView: TrainingObserver {
  private struct Running {
    var epoch = 0
    /// Of the epoch.
    var fraction = 0.0
    /// Where it was last seen.
    var progress: TrainingProgress?
    var windowsPerSecond = 0.0
    var epochStart = Date()
  }

  /// Whether there is a terminal on which lines can be redrawn.
  static var isLive: Bool { StandardError.isTerminal }

  private let plan: ProgressPlan
  private let isQuiet: Bool
  private let isLive: Bool
  private let start = Date()
  private var lastDrawn = Date.distantPast
  private var running: [TrainingID: Running] = [:]
  private var ended = 0
  /// Epochs done, and of them those skipped, weighted by their arithmetic.
  private var doneFlops = 0.0
  private var resumedFlops = 0.0
  private var drawnLines = 0

  init(plan: ProgressPlan, isQuiet: Bool) {
    self.plan = plan
    self.isQuiet = isQuiet
    isLive = !isQuiet && Self.isLive
  }

  /// What is about to be trained on.
  func announce(store: WindowStore, _ context: RunContext, folder: String) {
    guard !isQuiet else { return }
    let threads = context.threads
    let synthetic = store.isSynthetic ? "SYNTHETIC recordings (made up, not people): " : ""
    StandardError.writeLine(
      "\(synthetic)\(store.train.count) training and \(store.test.count) test windows, "
        + "\(threads) \(threads == 1 ? "thread" : "threads"), \(context.kernels.name.rawValue) kernels, results in \(folder)"
    )
    let shared = DatasetSplit.shared(store.train.subjects, store.test.subjects)
    if let warning = DatasetSplit.warning(shared) { StandardError.writeLine("har-train: \(warning)") }
  }

  func receive(_ event: TrainingEvent) {
    switch event {
    case .started(let id, let record):
      let epoch = record.progress.epoch
      running[id] = Running(epoch: epoch)
      if !plan.isIncremental {
        resumedFlops += plan.epochFlops(id) * Double(epoch)
        doneFlops += plan.epochFlops(id) * Double(epoch)
      }
    case .progress(let id, let progress, let windowCount): note(id, progress, of: windowCount)
    case .epochEnded(let id, let report):
      doneFlops += plan.epochFlops(id)
      running[id]?.fraction = 0
      running[id]?.epoch = report.epoch + 1
      running[id]?.epochStart = Date()
      if !isLive && !isQuiet { writeEpoch(id, report) }
    case .warning(let line): aside { StandardError.writeLine("har-train: \(line)") }
    case .ended(let id, let record):
      if running.removeValue(forKey: id) == nil {
        let flops = plan.epochFlops(id) * Double(plan.epochs(id))
        resumedFlops += flops
        doneFlops += flops
      } else if !plan.isIncremental {
        let skipped = plan.epochs(id) - record.progress.epoch
        doneFlops += plan.epochFlops(id) * Double(max(0, skipped))
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

  private func note(_ id: TrainingID, _ progress: TrainingProgress, of windowCount: Int) {
    // The end of the epoch before may be still there.
    guard var state = running[id], progress.position > 0, progress.epoch == state.epoch else { return }
    state.fraction = Double(progress.position) / Double(windowCount)
    state.progress = progress
    let seconds = Date().timeIntervalSince(state.epochStart)
    if seconds > 0.05 { state.windowsPerSecond = Double(progress.position) / seconds }
    running[id] = state
    if isLive, Date().timeIntervalSince(lastDrawn) > 0.09 { draw() }
  }

  /// Removes the live lines, lets somebody else write, and draws them again.
  func aside(_ body: () throws -> Void) rethrows {
    erase()
    try body()
    if isLive, !running.isEmpty { draw() }
  }

  /// Removes the live lines.
  func finish() { erase() }

  // MARK: Plain lines

  private func writeEpoch(_ id: TrainingID, _ report: EpochReport) {
    StandardError.writeLine(
      "\(plan.name(id)) epoch \(report.epoch + 1)/\(plan.epochs(id)): "
        + "loss \(report.loss.decimal(digits: 4)), accuracy \((report.accuracy * 100).decimal(digits: 2)) %, "
        + "\(report.samplesPerSecond.decimal(digits: 0)) windows/s, \(timeLeft) left")
  }

  private var timeLeft: String {
    let running = running.reduce(0) { $0 + $1.value.fraction * plan.epochFlops($1.key) }
    let done = doneFlops + running - resumedFlops
    guard done > 0 else { return "?" }
    let seconds = Date().timeIntervalSince(start) * (plan.totalFlops - doneFlops - running) / done
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
    let columns = StandardError.columns
    let text = lines.map { String($0.prefix(max(20, columns - 1))) + "\u{1B}[K\n" }.joined()
    StandardError.write((drawnLines > 0 ? "\r\u{1B}[\(drawnLines)A" : "") + text + "\u{1B}[J")
    drawnLines = lines.count
  }

  private func line(_ id: TrainingID, _ state: Running) -> String {
    let width = 16
    let filled = Int((state.fraction * Double(width)).rounded())
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    let epochs = plan.epochs(id)
    let course =
      state.progress.map {
        "  loss \($0.meanLoss.decimal(digits: 4))  accuracy \(($0.accuracy * 100).decimal(digits: 2)) %"
      } ?? ""
    let rate = state.windowsPerSecond > 0 ? "  \(state.windowsPerSecond.decimal(digits: 0)) windows/s" : ""
    return "\(plan.name(id))  epoch \(min(state.epoch + 1, epochs))/\(epochs) \(bar)\(course)\(rate)"
  }
}
