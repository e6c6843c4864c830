import ActivityData
import ArgumentParser
import Kernels
import NeuralNetworks
import Training

/// A model file and the windows of a store that it is to judge: what `evaluate` and `predict` share.
struct ModelOnStore: ParsableArguments {
  @Option(help: ArgumentHelp("A model that har-train or Keras saved.", valueName: "MODEL.h5"))
  var modelFile: String?

  @Option(help: ArgumentHelp("The store that har-convert wrote.", valueName: "STORE.h5"))
  var data: String?

  @Option(help: ArgumentHelp("The windows: test or train.", valueName: "SPLIT"))
  var split: SplitChoice = .test

  @Option(help: ArgumentHelp("Threads. (default: all cores)", valueName: "T"))
  var threads: Int?

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads must be from 1 to 1024, not \(threads).")
    }
  }

  /// What came out: the windows' labels and the model's probabilities `[windows, classes]`.
  struct Result {
    let activityNames: [String]
    let labels: [UInt8]
    let probabilities: [Float]
    let isSynthetic: Bool
  }

  /// Throws wrong usage where the model or the store is not named.
  func requireBoth() throws {
    if modelFile == nil { throw ValidationError("Missing expected argument '--model-file <MODEL.h5>'") }
    if data == nil { throw ValidationError("Missing expected argument '--data <STORE.h5>'") }
  }

  /// Opens both and predicts.
  func predict() throws -> Result {
    try predict(modelFile ?? "", try WindowStore.read(path: data ?? ""))
  }

  /// What a model says of a store's windows.
  func predict(_ modelFile: String, _ store: WindowStore) throws -> Result {
    let kernels = try chosenKernels()
    let file = try openModel(modelFile)
    let data = store.path
    let windows = split == .test ? store.test : store.train
    let configuration = file.configuration
    guard configuration.timeSteps == windows.timeSteps, configuration.channels == windows.channels else {
      throw CommandError(
        exitStatus: .data,
        message: "\(modelFile): takes windows of \(configuration.timeSteps) time steps and \(configuration.channels) "
          + "signals; found \(windows.timeSteps) and \(windows.channels) in \(data)")
    }
    guard configuration.classes == store.activityNames.count else {
      throw CommandError(
        exitStatus: .data,
        message:
          "\(modelFile): knows \(configuration.classes) activities; found \(store.activityNames.count) in \(data)")
    }
    let scaled = try scale(windows, as: file, modelFile)
    let predictor = Predictor(model: file.model, kernels: kernels, parameters: file.parameters)
    return Result(
      activityNames: store.activityNames, labels: windows.labels,
      probabilities: predictor.probabilities(TrainingData(scaled), threads: threads ?? coreCount),
      isSynthetic: store.isSynthetic)
  }
}

extension ModelOnStore {
  /// The windows as the model learned them.
  private func scale(_ windows: WindowSet, as file: KerasModelFile, _ modelFile: String) throws -> WindowSet {
    guard let text = file.attributes[ModelAttribute.scaling] else { return windows }
    do throws(FeatureScaling.Mismatch) {
      return try FeatureScaling(jsonText: text).scaled(windows)
    } catch {
      throw CommandError(
        exitStatus: .data, message: "\(modelFile): the attribute \(ModelAttribute.scaling) \(error.reason)")
    }
  }
}

/// The windows of a store.
enum SplitChoice: String, ExpressibleByArgument, CaseIterable {
  case train, test
}

/// Opens a model file.
func openModel(_ path: String) throws -> KerasModelFile { try KerasModelFile.read(path: path) }

extension KerasFileError: UserFacingError {
  /// The status that the executable ends with.
  public var exitStatus: SysExit {
    switch kind {
    case .unavailable: .noInput
    case .invalid: .data
    case .cannotCreate: .cannotCreate
    case .cannotWrite: .io
    case .misuse: .software
    }
  }
}
