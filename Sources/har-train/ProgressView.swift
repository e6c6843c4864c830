import CommandSupport
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
  /// Columns of the live lines that are there.
  private var drawn: [Int] = []

  init(plan: ProgressPlan, isQuiet: Bool) {
    self.plan = plan
    self.isQuiet = isQuiet
    isLive = !isQuiet && Self.isLive
  }

  /// What is about to be trained on.
  func announce(store: WindowStore, validation: Int = 0, _ context: RunContext, folder: String) {
    announce(
      "\(store.train.count - validation) training\(validation > 0 ? ", \(validation) validation" : "") "
        + "and \(store.test.count) test windows", store: store, context, folder: folder)
    guard !isQuiet else { return }
    let shared = DatasetSplit.shared(store.train.subjects, store.test.subjects)
    if let warning = DatasetSplit.warning(shared) { StandardError.writeLine("har-train: \(warning)") }
  }

  /// What is about to be trained on, in the caller's words.
  func announce(_ windows: String, store: WindowStore, _ context: RunContext, folder: String) {
    guard !isQuiet else { return }
    let windows = windows + (store.isStreamed ? " (streamed)" : "")
    let synthetic = store.isSynthetic ? "SYNTHETIC recordings (made up, not people): " : ""
    StandardError.writeLine(
      "\(synthetic)\(windows), \(context.team.map { "\($0.count) processes, " } ?? "")\(counted(context.threads, "thread"))"
        + "\(context.team == nil ? "" : " each"), "
        + "\(context.kernels.name.rawValue) kernels, results in \(folder)")
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
      if isLive { aside { writeEpoch(id, report) } } else if !isQuiet { writeEpoch(id, report) }
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
      for line in remarks(record) where !isQuiet { aside { StandardError.writeLine("\(plan.name(id)): \(line)") } }
    }
  }

  /// What somebody who waits for its score should know of a repeat's end.
  private func remarks(_ record: RepeatRecord) -> [String] {
    var lines: [String] = []
    if record.status == .diverged {
      lines.append(
        "diverged in epoch \(record.progress.epoch + 1), step \(record.progress.step + 1): the loss is no number; "
          + "it counts in no mean (a smaller --learning-rate or --clip-norm may help)")
    } else if let best = record.bestEpoch {
      lines.append(
        "\(record.isStoppedEarly == true ? "stopped" : "ended") after epoch \(record.progress.epoch), weights of epoch \(best + 1)"
      )
    } else if record.isStoppedEarly == true {
      lines.append("stopped after epoch \(record.progress.epoch), weights of that epoch")
    }
    if let warning = record.warning { lines.append("warning: \(warning)") }
    return lines
  }

  private func validation(_ report: EpochReport) -> String {
    guard let loss = report.validationLoss, let accuracy = report.validationAccuracy else { return "" }
    return "validation loss \(loss.decimal(digits: 4)), accuracy \((accuracy * 100).decimal(digits: 2)) %, "
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
        + validation(report) + "\(report.samplesPerSecond.decimal(digits: 0)) windows/s, \(timeLeft) left")
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
    StandardError.write(toTheirBegin + (drawn.isEmpty ? "" : "\u{1B}[J"))
    drawn = []
  }

  /// Takes the cursor to the first live line. A terminal that has become narrower has wrapped them.
  private var toTheirBegin: String {
    let columns = max(1, StandardError.columns)
    let rows = drawn.reduce(0) { $0 + max(1, ($1 + columns - 1) / columns) }
    return rows > 0 ? "\r\u{1B}[\(rows)A" : ""
  }

  private func draw() {
    lastDrawn = Date()
    var lines = running.keys.sorted().map { id in line(id, running[id]!) }
    lines.append("\(ended) of \(plan.count) \(plan.noun) done, \(timeLeft) left")
    let columns = StandardError.columns
    lines = lines.map { String($0.prefix(max(20, columns - 1))) }
    StandardError.write(toTheirBegin + lines.map { $0 + "\u{1B}[K\n" }.joined() + "\u{1B}[J")
    drawn = lines.map(\.count)
  }

  private func line(_ id: TrainingID, _ state: Running) -> String {
    let width = 16
    let filled = Int((state.fraction * Double(width)).rounded())
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    let epochs = plan.epochs(id)
    let course =
      state.progress.map {
        "loss \($0.meanLoss.decimal(digits: 4)) \(($0.accuracy * 100).decimal(digits: 2)) % "
      } ?? ""
    let rate = state.windowsPerSecond > 0 ? " \(state.windowsPerSecond.decimal(digits: 0)) windows/s" : ""
    // What matters comes first, since a narrow terminal cuts the end off.
    return "\(plan.name(id)) \(min(state.epoch + 1, epochs))/\(epochs) \(course)\(bar)\(rate)"
  }
}
