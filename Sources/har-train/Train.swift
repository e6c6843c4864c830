import ActivityData
import ArgumentParser
import Foundation
import Kernels
import NeuralNetworks
import Training

/// The repeated-experiment protocol on a store.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train networks repeatedly and print the protocol of their test accuracies.",
    discussion: """
      The folder of a run holds config.json, metrics.csv, scores.json, confusion.csv, model-NN.h5 in Keras's format, and \
      checkpoints/; with --model all, one such folder a network. Ctrl-C saves; har-train resume DIR goes on and ends with the same bits.

      EXAMPLES
        har-train --data har.h5
        har-train --data har.h5 --model all --repeats 10 --threads 16 --output runs/all
        har-train --data har.h5 --validation-subjects 3,7 --early-stopping 4 --keep best
      """)

  @Option(help: ArgumentHelp("The store that har-convert wrote.", valueName: "STORE.h5"))
  var data: String

  @Option(help: ArgumentHelp("A new folder for the results. (default: runs/<date>-<model>)", valueName: "DIR"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Which repeats' models are kept: none, all, or the best (lowest validation loss, else highest accuracy).",
      valueName: "WHICH"))
  var keep: ExperimentSettings.Keep = .all

  @Option(help: ArgumentHelp("Epochs from one checkpoint to the next, 0 for none.", valueName: "N"))
  var checkpointEvery = 1

  @OptionGroup var options: TrainOptions
  @OptionGroup var division: ThreadOptions
  @OptionGroup var outputOptions: OutputOptions

  func validate() throws {
    guard (0...100_000).contains(checkpointEvery) else {
      throw ValidationError("--checkpoint-every must be from 0 to 100000, not \(checkpointEvery).")
    }
  }

  func run() throws {
    try reportingErrors {
      let kernels = try chosenKernels()
      let store = try WindowStore.read(path: data)
      var settings = options.settings(
        timeSteps: store.train.timeSteps, channels: store.train.channels, classes: store.activityNames.count)
      settings.keep = keep
      settings.checkpointEvery = checkpointEvery
      if let reason = settings.impossibility { throw CommandError(exitStatus: .usage, message: reason) }
      let experimentData = try ExperimentData(store, settings)
      let configuration = try RunConfiguration(
        settings: settings, storePath: data, activityNames: store.activityNames, isSynthetic: store.isSynthetic,
        kernels: kernels, versions: Dictionary(uniqueKeysWithValues: versionTable(kernels).map { ($0.name, $0.value) }))
      let warnings = Warnings()
      let path = output ?? RunFolder.newPath(models: settings.models.map(\.configuration.architecture))
      let folder = try RunFolder.create(path, configuration: configuration, warn: { warnings.note($0) })
      try ExperimentRun(
        folder: folder, store: store, data: experimentData, kernels: kernels, division: division,
        output: outputOptions, warnings: warnings
      ).run()
    }
  }
}

extension ExperimentSettings.Keep: ExpressibleByArgument {}

extension ExperimentData {
  /// Splits and scales the windows; a wrong choice of people is wrong usage.
  init(_ store: WindowStore, _ settings: ExperimentSettings) throws {
    do throws(ExperimentData.SelectionError) {
      try self.init(train: store.train, test: store.test, settings: settings)
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
  }
}
