import ActivityData
import ArgumentParser
import Foundation
import Kernels
import Training

/// Goes on with a run that was interrupted.
struct Resume: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Go on with a run that was interrupted, to the same bits as if it had not been.",
    discussion: """
      Repeats that have ended are taken over, the others go on from their last checkpoint. Threads and models at once may differ from before.

      EXAMPLE
        har-train resume runs/2026-01-31-142530-lstm --threads 16
      """)

  @Argument(help: ArgumentHelp("The run's folder.", valueName: "DIR"))
  var folder: String

  @Option(
    help: ArgumentHelp(
      "The store, where it is no longer where it was; its contents must be the same.", valueName: "STORE.h5"))
  var data: String?

  @OptionGroup var division: ThreadOptions
  @OptionGroup var outputOptions: OutputOptions

  func run() throws {
    try reportingErrors {
      let kernels = try chosenKernels()
      let warnings = Warnings()
      if TuningFolder.isOne(folder) { return try resumeSearch(kernels, warnings) }
      let folder = try RunFolder.open(folder, warn: { warnings.note($0) })
      let configuration = folder.configuration
      let store = try openStore(configuration, kernels)
      if let reason = configuration.settings.mismatch(store) {
        throw CommandError(exitStatus: .data, message: "\(self.folder)/config.json: \(reason)")
      }
      let experimentData = try ExperimentData(store, configuration.settings)
      try ExperimentRun(
        folder: folder, store: store, data: experimentData, kernels: kernels, division: division, output: outputOptions,
        warnings: warnings
      ).run()
    }
  }

  private func resumeSearch(_ kernels: KernelSet, _ warnings: Warnings) throws {
    let search = try TuningFolder.open(folder, warn: { warnings.note($0) })
    let store = try openStore(search.configuration.run, kernels)
    for trial in search.configuration.trials {
      if let reason = trial.settings.mismatch(store) {
        throw CommandError(exitStatus: .data, message: "\(folder)/tune.json: trial \(trial.number): \(reason)")
      }
    }
    try TuningRun(
      folder: search, store: store, kernels: kernels, division: division, output: outputOptions, warnings: warnings
    ).run()
  }

  private func openStore(_ configuration: RunConfiguration, _ kernels: KernelSet) throws -> WindowStore {
    let path = data ?? configuration.store.path
    let store = try WindowStore.read(path: path)
    try configuration.check(storePath: path, kernels: kernels)
    return store
  }
}

extension ExperimentSettings {
  /// What of the networks does not fit a store, in a phrase; nil where all does.
  func mismatch(_ store: WindowStore) -> String? {
    for model in models {
      let network = [model.configuration.timeSteps, model.configuration.channels, model.configuration.classes]
      let windows = [store.train.timeSteps, store.train.channels, store.activityNames.count]
      if network != windows {
        return "a network for time steps, signals and activities \(network), found \(windows) in the store"
      }
    }
    return nil
  }
}
