import ArgumentParser
import Kernels
import ModelFiles
import NeuralNetworks
import SystemSupport
import Training
import Windows

/// A model file and the windows of a store that it is to judge: what `evaluate` and `predict` share.
struct ModelOnStore: ParsableArguments {
  @Option(help: ArgumentHelp("A model that har-train or Keras saved.", valueName: "MODEL.h5"))
  var modelFile: String?

  @Option(help: ArgumentHelp("The store that har-convert wrote.", valueName: "STORE.h5"))
  var data: String?

  @Option(help: ArgumentHelp("The windows: test or train.", valueName: "SPLIT"))
  var split: DatasetSplit = .test

  @Option(help: ArgumentHelp("Threads. (default: all cores)", valueName: "T"))
  var threads: Int?

  func validate() throws {
    try threads.map { try require($0, in: SettingsRange.threads, "--threads") }
  }

  /// Throws wrong usage where the model or the store is not named.
  func requireBoth() throws {
    if modelFile == nil { throw ValidationError("Missing expected argument '--model-file <MODEL.h5>'") }
    if data == nil { throw ValidationError("Missing expected argument '--data <STORE.h5>'") }
  }

  /// Opens both, calls `prepare`, and predicts.
  func predict(afterReading prepare: () throws -> Void = {}) throws -> Predictions {
    let modelFile = modelFile ?? ""
    let store = try WindowStore.read(path: data ?? "")
    let file = try KerasModelFile.read(path: modelFile)
    try prepare()
    return try predict(file, modelFile, store)
  }

  /// What the model of a file says of a store's windows.
  func predict(_ file: KerasModelFile, _ modelFile: String, _ store: WindowStore) throws -> Predictions {
    let kernels = try chosenKernels()
    try file.model.check(store, of: modelFile)
    let windows = split == .test ? store.test : store.train
    let scaled = try withScaling(of: file, modelFile) { scaling throws(FeatureScaling.Mismatch) in
      try scaling?.scaled(windows) ?? windows
    }
    let predictor = Predictor(model: file.model, kernels: kernels, parameters: file.parameters)
    let probabilities = predictor.probabilities(scaled, threads: threads ?? coreCount)
    guard probabilities.allSatisfy(\.isFinite) else {
      throw CommandError(
        exitStatus: .data,
        message: "\(modelFile): found probabilities that are no numbers: weights or a scaling too large for float32")
    }
    return Predictions(store: store, labels: windows.labels, probabilities: probabilities)
  }
}

/// What a model says of some windows of a store.
struct Predictions {
  let store: WindowStore
  let labels: [UInt8]
  /// `[N, classes]`
  var probabilities: [Float]

  var evaluation: Evaluation {
    Evaluation(probabilities: probabilities, labels: labels, classes: store.activityNames.count)
  }
}

extension Sequential {
  /// Throws where a store holds other windows or activities than the network that `source` describes takes.
  func check(_ store: WindowStore, of source: String) throws {
    do throws(ModelError) {
      for windows in [store.train, store.test] { try check(windows) }
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
