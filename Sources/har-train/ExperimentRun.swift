import ActivityData
import ArgumentParser
import Foundation
import Kernels
import Training

/// An experiment in a run's folder, as `train` and `resume` carry it out: progress on standard error, results on standard output,
/// signals that save.
struct ExperimentRun {
  let folder: RunFolder
  let store: WindowStore
  let data: ExperimentData
  let kernels: KernelSet
  let division: ThreadOptions
  let output: OutputOptions
  let warnings: Warnings
  /// What `resume` is told to go on with, where that is not the folder.
  var resumePath: String?

  func run() throws {
    let settings = folder.configuration.settings
    let stop = StopRequest()
    let interruption = InterruptionWatch(stop)
    let view = ProgressView(plan: ProgressPlan(settings), isQuiet: output.quiet)
    warnings.show { line in view.aside { StandardError.writeLine("har-train: \(line)") } }
    view.announce(store: store, kernels: kernels, threads: division.threadCount, folder: folder.path)
    let printer = output.json ? nil : ProtocolPrinter(settings: settings, isSynthetic: store.isSynthetic)
    let experiment = Experiment(
      settings: settings, data: data, kernels: kernels, stop: stop, storage: folder
    ) { event in
      view.show(event)
      if case .ended(let id, let record) = event, let printer { view.aside { printer.note(id, record) } }
    }
    let records: [TrainingID: RepeatRecord]?
    do {
      records = try experiment.run(threads: division.threadCount, concurrentModels: division.modelCount)
    } catch let error as any UserFacingError {
      view.finish()
      throw CommandError(
        exitStatus: error.exitStatus,
        message: "\(error.message) (once that is mended: har-train resume \(resumePath ?? folder.path))"
      )
    }
    view.finish()
    guard let records else {
      StandardError.writeLine(
        "har-train: stopped; all is saved, go on with: har-train resume \(resumePath ?? folder.path)")
      throw ExitCode(interruption.exitCode)
    }
    if output.json { print(try RunSummary(folder, records).json()) }
  }
}

/// Lines that come up before or while a progress view is there to make room for them.
///
/// `Sendable` by its lock.
final class Warnings: Sendable {
  private let lock = NSLock()
  nonisolated(unsafe) private var write: (String) -> Void = { StandardError.writeLine("har-train: \($0)") }

  func show(_ write: @escaping (String) -> Void) { lock.withLock { self.write = write } }
  func note(_ line: String) { lock.withLock { write(line) } }
}
