internal import Foundation
package import Kernels
internal import NeuralNetworks
package import SystemSupport
internal import Windows

/// What `config.json` of a run's folder holds: all that the results depend on, what they were made with, and when it began.
package struct RunConfiguration: FolderConfiguration, Equatable {
  package struct Store: Sendable, Codable, Equatable {
    /// Where it was when the run began, from the root.
    package var path: String
    package var sha256: String
    package var activityNames: [String]
    /// Whether the recordings are made up.
    package var isSynthetic: Bool
  }

  package var format = RunConfiguration.knownFormat
  package var began: Moment?
  package var settings: ExperimentSettings
  package var store: Store
  /// How the kernels round: `fused` or `separate` multiplication and addition. Runs of the same kind have the same bits.
  package var arithmetic: String
  /// Versions and processor at the beginning, by name.
  package var versions: [String: String]
  /// What trains it anew, as typed into a shell; nil where nobody said.
  package var command: String?

  package static let fileName = "config.json"
  package static let knownFormat = 3

  /// A new run on a store, which is read for its digest.
  package init(
    settings: ExperimentSettings, storePath: String, activityNames: [String], isSynthetic: Bool, kernels: KernelSet,
    versions: [String: String]
  ) throws(InputError) {
    self.settings = settings
    store = Store(
      path: pathFromRoot(storePath), sha256: try SHA256Digest.ofFile(storePath),
      activityNames: activityNames, isSynthetic: isSynthetic)
    arithmetic = Self.arithmetic(kernels)
    self.versions = versions
  }

  /// How kernels round.
  package static func arithmetic(_ kernels: KernelSet) -> String {
    kernels.table.fusesMultiplyAdd ? "fused" : "separate"
  }

  /// Whether a store and kernels are those of the run, to the bit; throws `otherStore` or `otherArithmetic` where not.
  package func check(storePath: String, kernels: KernelSet) throws {
    let found = try SHA256Digest.ofFile(storePath)
    guard found == store.sha256 else {
      throw RunFolderError(storePath, .otherStore(found: found, expected: store.sha256))
    }
    try check(kernels, at: storePath)
  }

  /// Whether kernels round as the run's did; throws `otherArithmetic` of the path where not.
  package func check(_ kernels: KernelSet, at path: String) throws(RunFolderError) {
    let arithmetic = Self.arithmetic(kernels)
    guard arithmetic == self.arithmetic else {
      throw RunFolderError(path, .otherArithmetic(found: arithmetic, expected: self.arithmetic))
    }
  }

  package func validate() throws(SettingsError) {
    try settings.validate()
    for model in settings.models {
      let known = (try? Sequential(model.network))?.classCount ?? 0
      guard known == store.activityNames.count else {
        throw SettingsError(
          "\(model.name): a network of \(known) activities, expected the store's \(store.activityNames.count)")
      }
    }
  }

  package var subfolders: [String] { settings.models.count == 1 ? [""] : settings.models.map { "/\($0.name)" } }

  package func checkpointName(_ id: TrainingID) -> String {
    "\(subfolders[id.model])/checkpoints/repeat-\(id.repeatNumber)"
  }

  package typealias Result = RepeatRecord

  package func identity(_ id: TrainingID) throws -> String {
    try identity(id, epochs: settings.models[id.model].training.epochs)
  }

  package func earlierIdentities(_ id: TrainingID) throws -> [String] {
    try (settings.models[id.model].earlierEpochs ?? []).map { try identity(id, epochs: $0) }
  }

  /// Asks for more epochs of every network. Throws where one has as many already, or where its learning rates depend on their number.
  package mutating func extend(toEpochs epochs: Int) throws(SettingsError) {
    for index in settings.models.indices {
      let training = settings.models[index].training
      guard training.schedule != .cosine else {
        throw SettingsError(
          "--epochs: \(epochs), but the run's cosine schedule ends at \(training.epochs): more epochs would need other rates from the first on"
        )
      }
      // Asked for again after something else was in the way.
      if epochs == training.epochs, settings.models[index].earlierEpochs != nil { continue }
      guard epochs > training.epochs else {
        throw SettingsError(
          "--epochs: \(epochs), expected more than the \(training.epochs) of \(settings.models[index].name)")
      }
      settings.models[index].earlierEpochs = (settings.models[index].earlierEpochs ?? []) + [training.epochs]
      settings.models[index].training.epochs = epochs
    }
    command = command.map { command in
      let option = /\ --epochs[\ =][0-9]+/
      return command.contains(option)
        ? command.replacing(option, with: " --epochs \(epochs)") : "\(command) --epochs \(epochs)"
    }
    try settings.validate()
  }

  private func identity(_ id: TrainingID, epochs: Int) throws -> String {
    var model = settings.models[id.model]
    model.training.epochs = epochs
    model.earlierEpochs = nil
    struct Identity: Encodable {
      let model: ExperimentSettings.Model
      let repeatIndex: Int
      let validationSubjects: [Int]
      let earlyStoppingPatience: Int?
      let restoresBest: Bool?
      let scaling: ScalingMethod
      let scalingGranularity: ScalingGranularity
      let streams: Bool?
      let store: String
      let arithmetic: String
    }
    return try RunJSON.digest(
      Identity(
        model: model, repeatIndex: id.repeatIndex, validationSubjects: settings.validationSubjects,
        earlyStoppingPatience: settings.earlyStoppingPatience, restoresBest: settings.restoresBest,
        scaling: settings.scaling,
        scalingGranularity: settings.scalingGranularity, streams: settings.streams, store: store.sha256,
        arithmetic: arithmetic))
  }
}
