import Foundation
import ModelFiles
import Reports
import SystemSupport
import Training
import Windows

/// An experiment in a run's folder, as `train`, `resume` and the end of `tune` carry it out: results on standard output.
struct ExperimentRun {
  let folder: RunFolder
  let store: WindowStore
  let session: TrainingSession
  /// What `resume` is told to go on with, where that is not the folder.
  var resumePath: String?

  func run() throws {
    let summary = try trainedSummary()
    if session.output.json {
      try StandardOutput.writeLine(try RunJSON.text(summary))
    }
  }

  /// Trains, with the protocol's lines where no JSON is asked for, and returns what it came to.
  func trainedSummary() throws -> RunSummary {
    let settings = folder.configuration.settings
    // Training scales the store's windows where they lie; the report shows them as they were recorded.
    let recorded = settings.scaling == .none ? store : store.keepingTestWindows()
    let data = try ExperimentData(store, settings, startingModel: try folder.startingModel())
    let view = ProgressView(plan: try ProgressPlan(settings), isQuiet: session.output.quiet)
    view.announce(store: store, validation: data.validation?.count ?? 0, session.context, folder: folder.path)
    if settings.keep == .best, settings.validationSubjects.isEmpty, !session.output.quiet {
      StandardError.writeLine(
        "note: --keep best looks at the test windows to choose; --validation-subjects would leave them out of it")
    }
    var observers: [any TrainingObserver] = [view]
    if !session.output.json {
      observers.append(ProtocolPrinter(settings: settings, isSynthetic: store.isSynthetic, view: view))
    }
    if session.reports.tensorboard {
      let began = folder.configuration.began(in: folder.path)
      observers.append(EventFileWriter(RunEvents(path: folder.path, folder.configuration, began: began)))
    }
    let records = try session.run(resumePath ?? folder.path, observers: observers) {
      try Experiment.run(data, in: folder, session.context)
    }
    let files = try session.writingFiles(resumePath ?? folder.path)
    do {
      try writeReport(recorded, files)
    } catch let error as any UserFacingError {
      throw CommandError(
        exitStatus: error.exitStatus,
        message: "\(error.message) (all results are saved; once that is mended: har-train report \(folder.path))")
    }
    return folder.summary(records)
  }

  private func writeReport(_ store: WindowStore, _ files: WritingFiles) throws {
    let context = PredictionContext(kernels: session.context.kernels, threads: session.context.threads)
    let report = try RunReport(try RunResults(path: folder.path), store: store, context)
    try files.write { try report.write() }
    if session.reports.svg { try files.write { try report.writePictures() } }
  }
}

extension ExperimentData {
  /// Splits and scales the windows, for repeats that start from fresh weights or from a model's.
  init(_ store: WindowStore, _ settings: ExperimentSettings, startingModel: KerasModelFile?) throws {
    let fitted = try startingModel.flatMap { try withScaling(of: $0, "the model to start from") { $0 } }
    try self.init(train: store.train, test: store.test, settings: settings, isOnlyUse: true, scaling: fitted)
    if let startingModel { startingWeights = [0: startingModel.parameters.array] }
  }
}
