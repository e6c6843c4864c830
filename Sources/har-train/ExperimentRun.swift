import Foundation
import ModelFiles
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
    let settings = folder.configuration.settings
    let data = try ExperimentData(store, settings, startingModel: try folder.startingModel())
    let view = ProgressView(plan: try ProgressPlan(settings), isQuiet: session.output.quiet)
    view.announce(store: store, session.context, folder: folder.path)
    var observers: [any TrainingObserver] = [view]
    if !session.output.json {
      observers.append(ProtocolPrinter(settings: settings, isSynthetic: store.isSynthetic, view: view))
    }
    let records = try session.run(resumePath ?? folder.path, observers: observers) {
      try Experiment(data: data, folder: folder).run(session.context)
    }
    if session.output.json { print(try RunSummary(folder, records).json()) }
  }
}

extension ExperimentData {
  /// Splits and scales the windows; a wrong choice of people is wrong usage.
  init(_ store: WindowStore, _ settings: ExperimentSettings, startingModel: KerasModelFile?) throws {
    let fitted = try startingModel.flatMap { try withScaling(of: $0, "the model to start from") { $0 } }
    do throws(ExperimentData.SelectionError) {
      try self.init(train: store.train, test: store.test, settings: settings, isOnlyUse: true, scaling: fitted)
    } catch {
      func list(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: ", ") }
      switch error {
      case .noSuchSubjects(let unknown, let available):
        throw CommandError(
          exitStatus: .usage,
          message: "--validation-subjects: no training windows of \(list(unknown)); expected among \(list(available))")
      case .nobodyLeft:
        throw CommandError(
          exitStatus: .usage, message: "--validation-subjects: names everybody; somebody must be left to learn from")
      case .otherShape(let reason):
        throw CommandError(exitStatus: .data, message: "\(store.path): the training part \(reason)")
      }
    }
    if let startingModel { startingWeights = [0: startingModel.parameters.array] }
  }
}
