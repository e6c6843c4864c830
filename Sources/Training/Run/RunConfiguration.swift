internal import Foundation
package import Kernels
internal import SystemSupport
internal import Windows

/// What `config.json` of a run's folder holds: all that the results depend on, and what they were made with.
package struct RunConfiguration: Sendable, Codable, Equatable {
  /// The store that the run reads.
  package struct Store: Sendable, Codable, Equatable {
    /// Where it was when the run began, from the root.
    package var path: String
    /// SHA-256 of the file.
    package var sha256: String
    /// Names of the activities; a label is an index into them.
    package var activityNames: [String]
    /// Whether the recordings are made up.
    package var isSynthetic: Bool
  }

  package var format = RunConfiguration.knownFormat
  /// Everything that was asked for.
  package var settings: ExperimentSettings
  package var store: Store
  /// How the kernels round: `fused` or `separate` multiplication and addition. Runs of the same kind have the same bits.
  package var arithmetic: String
  /// Versions and processor at the beginning, by name.
  package var versions: [String: String]

  /// The format that this package writes.
  package static let knownFormat = 2

  /// A new run on a store.
  ///
  /// Throws `cannotRead` where the store can't be read.
  package init(
    settings: ExperimentSettings, storePath: String, activityNames: [String], isSynthetic: Bool, kernels: KernelSet,
    versions: [String: String]
  ) throws(RunFolderError) {
    self.settings = settings
    let absolute = URL(fileURLWithPath: storePath).standardizedFileURL.path
    store = Store(
      path: absolute, sha256: try Self.digest(ofStore: storePath), activityNames: activityNames,
      isSynthetic: isSynthetic)
    arithmetic = Self.arithmetic(kernels)
    self.versions = versions
  }

  /// Whether a store and kernels are those of the run, to the bit; throws `otherStore` or `otherArithmetic` where not.
  package func check(storePath: String, kernels: KernelSet) throws(RunFolderError) {
    let found = try Self.digest(ofStore: storePath)
    guard found == store.sha256 else {
      throw RunFolderError(storePath, .otherStore(found: found, expected: store.sha256))
    }
    let arithmetic = Self.arithmetic(kernels)
    guard arithmetic == self.arithmetic else {
      throw RunFolderError(storePath, .otherArithmetic(found: arithmetic, expected: self.arithmetic))
    }
  }

  /// What a checkpoint of a repeat must have been written for: a digest of all that its numbers depend on.
  package func identity(_ id: TrainingID) throws -> String {
    struct Identity: Encodable {
      let model: ExperimentSettings.Model
      let repeatIndex: Int
      let validationSubjects: [Int]
      let earlyStoppingPatience: Int?
      let scaling: ScalingMethod
      let scalingGranularity: ScalingGranularity
      let store: String
      let arithmetic: String
    }
    let identity = Identity(
      model: settings.models[id.model], repeatIndex: id.repeatIndex, validationSubjects: settings.validationSubjects,
      earlyStoppingPatience: settings.earlyStoppingPatience, scaling: settings.scaling,
      scalingGranularity: settings.scalingGranularity, store: store.sha256, arithmetic: arithmetic)
    return SHA256Digest.of(try RunJSON.encode(identity, isPretty: false))
  }

  private static func arithmetic(_ kernels: KernelSet) -> String {
    kernels.table.fusesMultiplyAdd ? "fused" : "separate"
  }

  private static func digest(ofStore path: String) throws(RunFolderError) -> String {
    do throws(InputError) {
      return try SHA256Digest.ofFile(path)
    } catch {
      throw RunFolderError(path, .cannotRead(reason: "cannot be read: found \(error.found)"))
    }
  }

  /// Reads and checks `config.json`.
  package static func read(_ path: String) throws(RunFolderError) -> RunConfiguration {
    let configuration = try RunJSON.read(RunConfiguration.self, path, known: knownFormat)
    do throws(SettingsError) {
      try configuration.settings.validate()
    } catch {
      throw RunFolderError(path, .wrongConfiguration(reason: error.message))
    }
    return configuration
  }

  /// Writes `config.json`.
  package func write(_ path: String) throws(RunFolderError) { try RunJSON.write(self, path) }
}
