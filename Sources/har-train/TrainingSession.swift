import ArgumentParser
import Foundation
import Kernels
import Synchronization
import SystemSupport
import Training
import Windows

/// What `train`, `resume` and `tune` do around their trainings: signals that save, one stream of events, progress on standard error,
/// and an end that says how to go on.
struct TrainingSession {
  private(set) var context: RunContext
  private let division: ThreadOptions
  private let processes: ProcessOptions
  let output: OutputOptions
  let reports: ReportOptions
  private let signals = SessionSignals()

  init(
    _ kernels: KernelSet, _ division: ThreadOptions, _ processes: ProcessOptions, _ output: OutputOptions,
    _ reports: ReportOptions
  ) {
    self.reports = reports
    let stop = StopRequest()
    self.output = output
    context = RunContext(
      kernels: kernels, stop: stop,
      events: EventStream(stop: stop, interval: ProgressView.isLive && !output.quiet ? 0.1 : nil),
      threads: division.threadCount, concurrentModels: division.modelCount)
    (self.division, self.processes) = (division, processes)
  }

  /// The session with all processes that were started, which know a store now; before anything changes its windows. Throws ``RankError``.
  func leading(_ store: WindowStore, sha256: String) throws -> TrainingSession {
    var session = self
    if store.isStreamed { session.context.concurrentModels = division.streamingModelCount }
    session.context.team = try ProcessGroup.team(context.kernels, processes, threads: division.threads)
    try session.context.team?.announce(store, sha256: sha256)
    return session
  }

  /// Told in a line what a user should know.
  var warn: @Sendable (String) -> Void { { [context] in context.events.warn($0) } }

  /// Runs trainings that observers watch; `body` returns nil where a stop was requested.
  ///
  /// - Parameter folder: what `resume` is told to go on with.
  func run<Result>(
    _ folder: String, observers: sending [any TrainingObserver], _ body: () throws -> Result?
  ) throws -> Result {
    // From now on there is something to save, and there are threads; before, files are read (see Rehearsal).
    let stop = context.stop
    let note = context.team == nil ? nil : Self.asked(folder)
    let watch = signals.watch {
      stop.request()
      if let note { StandardError.writeLine(note) }
    }
    context.events.add(observers)
    let result: Result?
    do {
      result = try body()
      try context.events.finish()
    } catch let error as any UserFacingError {
      try? context.events.finish()
      throw CommandError(
        exitStatus: error.exitStatus, message: "\(error.message) (once that is mended: har-train resume \(folder))")
    }
    guard let result else {
      StandardError.writeLine(stopped(folder))
      // Where no signal came here, one came to another process.
      throw ExitCode(watch.exitCode > 128 ? watch.exitCode : 128 + SIGTERM)
    }
    return result
  }

  /// What follows the last training, whose results are saved: from here on a signal ends the process, and so does one that came too late
  /// to stop a training.
  ///
  /// - Parameter folder: what `resume` is told to go on with.
  func writingFiles(_ folder: String) throws -> WritingFiles {
    let files = WritingFiles(message: stopped(folder))
    // Both watch for a moment, so that no signal is lost between them.
    if let exitCode = signals.end() {
      files.tell()
      throw ExitCode(exitCode)
    }
    return files
  }

  /// Said at once where other processes take part: one that died holds the others up until the launcher ends them.
  private static func asked(_ folder: String) -> String {
    "har-train: asked to stop; where a process has died, go on from the last checkpoint with: har-train resume \(folder)"
  }

  private func stopped(_ folder: String) -> String {
    "har-train: stopped; all is saved, go on with: har-train resume \(folder)"
  }
}

/// The signals of a session, from its first training to the end of its last: a signal may stop a search in its trials or in what follows.
private final class SessionSignals: Sendable {
  private let shared = Mutex<SignalWatch?>(nil)

  /// The one watch, which requests a stop.
  func watch(_ requestStop: @escaping @Sendable () -> Void) -> SignalWatch {
    shared.withLock { shared in
      let watch = shared ?? SignalWatch(requestStop: requestStop)
      shared = watch
      return watch
    }
  }

  /// Watches no longer. The status for a signal that came before; nil for none.
  func end() -> Int32? {
    shared.withLock { shared in
      defer { shared = nil }
      guard let status = shared?.exitCode, status > 128 else { return nil }
      return status
    }
  }
}
