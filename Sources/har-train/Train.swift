import ArgumentParser
import Foundation
import Kernels
import ModelFiles
import NeuralNetworks
import SystemSupport
import Training
import Windows

/// The repeated-experiment protocol on a store.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train networks repeatedly and print the protocol of their test accuracies.",
    discussion: """
      The folder of a run holds report.html, config.json, metrics.csv, scores.json, confusion.csv, model-NN.h5 in Keras's format, \
      and checkpoints/; with --model all, one such folder per network below it. Ctrl-C saves; har-train resume DIR goes on and ends with the same bits.

      EXAMPLES
        har-train --data har.h5
        har-train --data har.h5 --model all --threads 16 --output runs/all
        har-train --data har.h5 --validation-subjects 3,7 --early-stopping 4
        har-train --data har.h5 --network my-keras-model.h5
        har-train --data new.h5 --start-from runs/all/lstm/model-01.h5 --epochs 3

      \(ExitStatusHelp.training)
      """)

  /// What is trained on.
  struct StoreOption: ParsableArguments {
    @Option(help: ArgumentHelp("The store that har-convert wrote.", valueName: "STORE.h5"))
    var data: String
  }

  /// Where results go.
  struct FolderOption: ParsableArguments {
    @Option(help: ArgumentHelp("A new folder for the results. (default: runs/<date>-<model>)", valueName: "DIR"))
    var output: String?
  }

  /// Where weights come from.
  struct StartOption: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "In place of --model: go on from the weights of a model that har-train or Keras saved, with its scaling.",
        valueName: "MODEL.h5"))
    var startFrom: String?
  }

  /// What stays in the folder beside the results.
  struct KeepingOptions: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "Which repeats' models are kept: none, all, or the best (lowest validation loss, else highest accuracy).",
        valueName: "WHICH"))
    var keep: ExperimentSettings.Keep = .all

    @Option(help: ArgumentHelp("Epochs from one checkpoint to the next, 0 for none.", valueName: "N"))
    var checkpointEvery = 1

    func validate() throws { try require(checkpointEvery, in: SettingsRange.checkpointEvery, "--checkpoint-every") }
  }

  // Help shows groups in the order in which their headings first occur.
  @OptionGroup(title: commonOptions) var store: StoreOption
  @OptionGroup(title: commonOptions) var protocolOptions: ProtocolOptions
  @OptionGroup var options: TrainOptions
  @OptionGroup(title: "Network") var start: StartOption
  @OptionGroup(title: "Validation") var validation: ValidationOptions
  @OptionGroup(title: "Windows") var windows: WindowOptions
  @OptionGroup(title: "Windows") var streaming: StreamOption
  @OptionGroup(title: commonOptions) var division: ThreadOptions
  @OptionGroup(title: "Several processes") var processes: ProcessOptions
  @OptionGroup(title: commonOptions) var folder: FolderOption
  @OptionGroup(title: "Models and checkpoints") var keeping: KeepingOptions
  @OptionGroup(title: "Reports") var reports: ReportOptions
  @OptionGroup var outputOptions: OutputOptions

  func validate() throws {
    try streaming.check(processes)
    try options.check(protocolOptions.choice)
    if start.startFrom != nil {
      guard protocolOptions.model == nil, options.file.network == nil else {
        throw ValidationError("--start-from: excludes --model and --network, as the file says which network it is")
      }
      try options.refuseSizes(of: "a model from a file")
    }
  }

  func run() throws {
    let kernels = try chosenKernels()
    let store = try streaming.read(store.data, processes)
    let startFrom = start.startFrom
    let start = try startFrom.map { (path: $0, model: try KerasModelFile.read(path: $0)) }
    var settings = try options.settings(
      for: store, protocolOptions.choice, described: start.map { NamedNetwork(file: $0.path, $0.model.description) })
    validation.apply(to: &settings)
    windows.apply(to: &settings)
    settings.keep = keeping.keep
    settings.checkpointEvery = keeping.checkpointEvery
    let startBytes = try start.map { try Data(contentsOf: URL(fileURLWithPath: $0.path)) }
    if let start, let startBytes { try settings.start(from: start.model, path: start.path, startBytes) }
    try settings.validate()
    try options.checkPrecision(of: settings, kernels, file: startFrom ?? options.file.network)
    var configuration = try RunConfiguration(settings: settings, store: store, kernels: kernels)
    configuration.command = reproducingCommand(on: store)
    let path =
      try folder.output ?? RunFolder.makeNew(named: settings.models.count == 1 ? settings.models[0].name : "all")
    let session = TrainingSession(kernels, division, processes, outputOptions, reports)
    let folder = try RunFolder.create(path, configuration: configuration, startFrom: startBytes, warn: session.warn)
    try ExperimentRun(
      folder: folder, store: store, session: try session.leading(store, sha256: folder.configuration.store.sha256)
    ).run()
  }
}

extension ExperimentSettings.Keep: ExpressibleByArgument {}

extension ExperimentSettings {
  /// Takes the weights of a model's file, and its scaling, which goes with them.
  fileprivate mutating func start(from model: KerasModelFile, path: String, _ bytes: Data) throws {
    models[0].startsFrom = SHA256Digest.of(bytes)
    guard let fitted = try withScaling(of: model, path, { $0 }) else { return }
    guard scaling == .none else {
      throw CommandError(
        exitStatus: .usage, message: "--scale: \(path) has a scaling of its own, which goes with its weights")
    }
    scaling = fitted.method
    scalingGranularity = fitted.granularity
  }
}

extension RunConfiguration {
  /// A new run on a store that was read.
  init(settings: ExperimentSettings, store: WindowStore, kernels: KernelSet) throws {
    try self.init(
      settings: settings, storePath: store.path, activityNames: store.activityNames, isSynthetic: store.isSynthetic,
      kernels: kernels, versions: Dictionary(uniqueKeysWithValues: versionTable(kernels).map { ($0.name, $0.value) }))
  }
}
