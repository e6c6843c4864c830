internal import Foundation
internal import Kernels
internal import ModelFiles
public import NeuralNetworks
public import SystemSupport
public import Windows

/// A network with the weights that it learned: what a program in Swift trains, asks and saves.
public struct TrainedModel: Sendable {
  /// The network.
  public let description: ModelDescription
  /// The epochs that it was trained for; none for a model from a file.
  public let history: [EpochReport]
  private let model: Sequential
  private let predictor: Predictor
  private let parameters: AlignedBuffer
  private let config: KerasTrainingConfig?

  private static var cores: Int { ProcessInfo.processInfo.activeProcessorCount }

  /// Trains a network on windows `[N, T, C]` from fresh weights, to the same bits at any number of threads.
  ///
  /// - Parameters:
  ///   - threads: all cores where nil.
  ///   - onEpoch: told of each epoch when it ends.
  /// - Throws: `ModelError` where the network can't be, or takes other windows than these; `TrainingError` where its loss is no number.
  public static func train(
    _ description: ModelDescription, on windows: WindowSet, settings: TrainingSettings,
    threads: Int? = nil, onEpoch: (EpochReport) -> Void = { _ in }
  ) throws -> TrainedModel {
    let model = try Sequential(description, convolution: settings.convolution)
    try settings.validate()
    try model.checkWithLabels(windows)
    let kernels = try KernelSet(environment: ProcessInfo.processInfo.environment)
    let trainer = Trainer(
      model: model, kernels: kernels, settings: settings, repeatIndex: 0,
      windows: try windows.augmented(by: settings.augmentation))
    var history: [EpochReport] = []
    while trainer.progress.epoch < settings.epochs {
      guard case .completed(let report) = trainer.runEpoch(threads: threads ?? cores) else {
        throw TrainingError(epoch: trainer.progress.epoch + 1)
      }
      history.append(report)
      onEpoch(report)
    }
    return TrainedModel(
      description: description, history: history, model: model,
      predictor: Predictor(model: model, kernels: kernels, parameters: trainer.parameters),
      parameters: trainer.parameters, config: KerasTrainingConfig(settings))
  }

  /// Saves the model in Keras's format, replacing the file at `path` in one go. Throws `ModelFileError`.
  public func write(to path: String) throws {
    try KerasModelFile.write(path: path, description: description, parameters: parameters, training: config)
  }

  /// The probability of every class for every window, `[N][classes]`. Throws `ModelError` where the model takes other windows.
  public func probabilities(of windows: WindowSet, threads: Int? = nil) throws -> [[Float]] {
    try model.check(windows)
    let flat = try predictor.probabilities(windows, threads: threads ?? Self.cores)
    return stride(from: 0, to: flat.count, by: model.classCount).map { Array(flat[$0..<$0 + model.classCount]) }
  }

  /// What the model is worth on windows with labels. Throws `ModelError` where it takes other windows or knows other classes.
  public func evaluate(on windows: WindowSet, threads: Int? = nil) throws -> Evaluation {
    try model.checkWithLabels(windows)
    return try predictor.evaluate(windows, threads: threads ?? Self.cores)
  }
}

extension TrainedModel {
  /// The model of a file that this package or Keras saved. Throws `ModelFileError`.
  public init(path: String) throws {
    let file = try KerasModelFile.read(path: path)
    let kernels = try KernelSet(environment: ProcessInfo.processInfo.environment)
    self.init(
      description: file.description, history: [], model: file.model,
      predictor: Predictor(model: file.model, kernels: kernels, parameters: file.parameters),
      parameters: file.parameters, config: KerasTrainingConfig())
  }
}

extension Sequential {
  fileprivate func checkWithLabels(_ windows: WindowSet) throws(ModelError) {
    try check(windows)
    if let label = windows.labels.max(), label >= classCount {
      throw ModelError(.other("knows \(classCount) classes, found the label \(label)"))
    }
  }
}

/// A training that came to no end: the loss was infinite or not a number.
public struct TrainingError: UserFacingError, Equatable {
  /// The epoch in which it happened, from 1.
  public let epoch: Int
  /// The status of wrong data.
  public var exitStatus: ExitStatus { .data }
  /// One line for the user.
  public var message: String {
    "the training diverged in epoch \(epoch): its loss is no number; a smaller learning rate or a clip norm may help"
  }
}
