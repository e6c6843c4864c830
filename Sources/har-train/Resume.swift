import ArgumentParser
import Kernels
import NeuralNetworks
import SystemSupport
import Training
import Windows

/// Goes on with a run that was interrupted.
struct Resume: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Go on with a run that was interrupted, to the same bits as if it had not been.",
    discussion: """
      Repeats that have ended are taken over, the others go on from their last checkpoint. Threads and models at once may differ from before. \
      With --epochs a run goes on beyond its end, as if that many had been asked for at first; repeats that early stopping ended stay as they are.

      EXAMPLES
        har-train resume runs/2026-01-31-142530-lstm --threads 16
        har-train resume runs/2026-01-31-142530-lstm --epochs 30

      \(ExitStatusHelp.training)
      """)

  @Argument(help: ArgumentHelp("The run's folder.", valueName: "DIR"))
  var folder: String

  @Option(
    help: ArgumentHelp(
      "The store, where it is no longer where it was; its contents must be the same.", valueName: "STORE.h5"))
  var data: String?

  @Option(help: ArgumentHelp("More epochs than the run was begun with, and is then to have in all.", valueName: "N"))
  var epochs: Int?

  @OptionGroup var division: ThreadOptions
  @OptionGroup(title: "Several processes") var processes: ProcessOptions
  @OptionGroup var reports: ReportOptions
  @OptionGroup var outputOptions: OutputOptions

  func validate() throws { try epochs.map { try require($0, in: SettingsRange.epochs, "--epochs") } }

  func run() throws {
    let kernels = try chosenKernels()
    let session = TrainingSession(kernels, division, processes, outputOptions, reports)
    if FileSystem.exists("\(folder)/\(TuningConfiguration.fileName)") {
      guard epochs == nil else {
        throw CommandError(
          exitStatus: .usage, message: "--epochs: \(folder) is a search, whose trials were chosen by their epochs")
      }
      return try resumeSearch(kernels, session)
    }
    if FileSystem.exists("\(folder)/\(CrossValidationConfiguration.fileName)") {
      guard epochs == nil else {
        throw CommandError(exitStatus: .usage, message: "--epochs: \(folder) is a cross-validation, expected a run")
      }
      guard !reports.svg, !reports.tensorboard else {
        throw CommandError(
          exitStatus: .usage,
          message: "--\(reports.svg ? "svg" : "tensorboard"): \(folder) is a cross-validation, expected a run")
      }
      let folder = try CrossValidationFolder.open(folder, warn: session.warn)
      let store = try openStore(folder.configuration.run, kernels)
      try Sequential(folder.configuration.model.network).check(store, of: folder.configurationPath)
      return try CrossValidationRun(
        folder: folder, store: store, session: try session.leading(store, sha256: folder.configuration.run.store.sha256)
      ).run()
    }
    var more: ((inout RunConfiguration) throws -> Void)?
    if let epochs { more = { try $0.extend(toEpochs: epochs) } }
    let run = try RunFolder.open(folder, changing: more, warn: session.warn)
    let store = try openStore(run.configuration, kernels)
    for model in run.configuration.settings.models {
      try Sequential(model.network).check(store, of: "\(run.configurationPath): \(model.name)")
    }
    do {
      try ExperimentRun(
        folder: run, store: store, session: try session.leading(store, sha256: run.configuration.store.sha256)
      ).run()
    } catch let error as ExperimentData.SelectionError {
      if case .unreadable(let error) = error { throw error }
      // No option asked for it; the folder's file does.
      throw RunFolderError(run.configurationPath, .wrongConfiguration(reason: error.message))
    }
  }

  private func resumeSearch(_ kernels: KernelSet, _ session: TrainingSession) throws {
    let search = try TuningFolder.open(folder, warn: session.warn)
    let store = try openStore(search.configuration.run, kernels)
    for trial in search.configuration.trials {
      try Sequential(trial.model.network).check(store, of: "\(search.configurationPath): trial \(trial.number)")
    }
    try TuningRun(
      folder: search, store: store, session: try session.leading(store, sha256: search.configuration.run.store.sha256)
    ).run()
  }

  private func openStore(_ configuration: RunConfiguration, _ kernels: KernelSet) throws -> WindowStore {
    let path = data ?? configuration.store.path
    let store = try WindowStore.read(path: path, configuration.settings.placement)
    try configuration.check(storePath: path, kernels: kernels)
    return store
  }
}
