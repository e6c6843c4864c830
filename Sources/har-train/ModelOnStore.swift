import ArgumentParser
import Kernels
import ModelFiles
import NeuralNetworks
import SystemSupport
import Training
import Windows

/// Models and the windows of a store that they are to judge: what `evaluate` and `predict` share.
struct ModelOnStore: ParsableArguments {
  @Argument(
    help: ArgumentHelp("A run's folder, or a model that har-train or Keras saved.", valueName: "RUN_DIR|MODEL.h5"))
  var model: String?

  @Option(help: ArgumentHelp("The same for a model's file.", valueName: "MODEL.h5"))
  var modelFile: String?

  @Option(
    help: ArgumentHelp(
      "The store that har-convert wrote. (default: the one that a run trained on)", valueName: "STORE.h5"))
  var data: String?

  @Option(help: ArgumentHelp("The windows: test or train.", valueName: "SPLIT"))
  var split: DatasetSplit = .test

  @OptionGroup var streaming: StreamOption

  @Option(help: ArgumentHelp("Threads. (default: all cores)", valueName: "T"))
  var threads: Int?

  @Flag(help: "Print JSON (docs/schemas/).")
  var json = false

  func validate() throws {
    try threads.map { try require($0, in: SettingsRange.threads, "--threads") }
    switch (model, modelFile) {
    case (nil, nil): throw ValidationError("Missing expected argument '<RUN_DIR|MODEL.h5>'")
    case (.some, .some): throw ValidationError("--model-file: a model is named already")
    default: break
    }
  }

  /// Reads models and windows, calls `prepare`, and lets each model judge them.
  ///
  /// - Parameter requiresLabels: whether windows without labels are refused.
  func judge(requiresLabels: Bool, afterReading prepare: () throws -> Void = {}) throws -> [JudgedWindows] {
    let models = try JudgingModels(path: model ?? modelFile ?? "")
    guard let path = data ?? models.storePath else {
      throw ValidationError("Missing expected argument '--data <STORE.h5>'")
    }
    // Reading comes before there are threads (see Rehearsal).
    let store =
      try requiresLabels
      ? WindowStore.read(path: path, streaming.placement)
      : WindowStore.readForPrediction(split, path: path, streaming.placement)
    let files = try models.groups.map { try $0.files.map { try KerasModelFile.read(path: $0) } }
    let kernels = try chosenKernels()
    try prepare()
    return try zip(models.groups, files).map { group, files in
      JudgedWindows(
        group: group, isRun: models.isRun, store: store,
        members: try zip(group.files, files).map { path, file in
          try file.model.check(store, requiresLabels ? nil : [store[split]], of: path)
          return try predict(file, path, store, kernels)
        })
    }
  }

  /// What the model of a file says of a store's windows.
  private func predict(
    _ file: KerasModelFile, _ path: String, _ store: WindowStore, _ kernels: KernelSet
  ) throws -> Predictions {
    let windows = store[split]
    let scaled = try withScaling(of: file, path) { scaling throws(FeatureScaling.Mismatch) in
      try scaling?.scaled(windows) ?? windows
    }
    let predictor = Predictor(model: file.model, kernels: kernels, parameters: file.parameters)
    let probabilities = try predictor.probabilities(scaled, threads: threads ?? coreCount)
    guard probabilities.allSatisfy(\.isFinite) else {
      throw CommandError(
        exitStatus: .data,
        message: "\(path): found probabilities that are no numbers: weights or a scaling too large for float32")
    }
    return Predictions(store: store, split: split, probabilities: probabilities)
  }
}

extension Sequential {
  /// Throws where a store holds other windows or activities than the network that `source` describes takes.
  ///
  /// - Parameter sets: the windows that are looked at, all of the store's by default.
  func check(_ store: WindowStore, _ sets: [WindowSet]? = nil, of source: String) throws {
    do throws(ModelError) {
      for windows in sets ?? [store.train, store.test] { try check(windows) }
      guard classCount == store.activityNames.count else {
        throw ModelError(.other("knows \(classCount) activities, found \(store.activityNames.count)"))
      }
    } catch {
      throw CommandError(exitStatus: .data, message: "\(source): \(error.message) in \(store.path)")
    }
  }
}

/// Makes something with the scaling that windows need before a file's model sees them, nil for none.
func withScaling<Result>(
  of file: KerasModelFile, _ path: String, _ use: (FeatureScaling?) throws(FeatureScaling.Mismatch) -> Result
) throws -> Result {
  do throws(FeatureScaling.Mismatch) {
    let text = file.attributes[KerasModelFile.scalingAttribute]
    return try use(try text.map { text throws(FeatureScaling.Mismatch) in try FeatureScaling(jsonText: text) })
  } catch {
    throw CommandError(
      exitStatus: .data, message: "\(path): the attribute \(KerasModelFile.scalingAttribute) \(error.reason)")
  }
}

extension DatasetSplit: ExpressibleByArgument {}
