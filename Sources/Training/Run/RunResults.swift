package import Foundation
internal import NeuralNetworks
internal import SystemSupport
package import Windows

/// What a run came to so far, as its folder tells it; nobody works in the folder for it, and nothing in it changes.
package struct RunResults: Sendable {
  /// The run's folder.
  package let path: String
  package let configuration: RunConfiguration
  /// Repeats that have begun, whether they have ended or not.
  package let records: [TrainingID: RepeatRecord]
  /// When the run began.
  package let began: Date

  /// Reads configuration and checkpoints; a damaged checkpoint is passed over.
  ///
  /// Throws where there is no run, or a checkpoint of another one.
  package init(path: String) throws {
    self.path = path
    try RunFolderError.requireRun(path)
    configuration = try RunConfiguration.read("\(path)/\(RunConfiguration.fileName)")
    began = Self.began(path)
    var records: [TrainingID: RepeatRecord] = [:]
    for id in configuration.settings.trainings {
      records[id] = try Self.checkpoint(id, path, configuration, withNumbers: false)?.record
    }
    self.records = records
  }

  /// When the run of a folder began: its configuration keeps its date.
  package static func began(_ path: String) -> Date {
    let attributes = try? FileManager.default.attributesOfItem(atPath: "\(path)/\(RunConfiguration.fileName)")
    return attributes?[.modificationDate] as? Date ?? Date(timeIntervalSince1970: 0)
  }

  private static func checkpoint(
    _ id: TrainingID, _ path: String, _ configuration: RunConfiguration, withNumbers: Bool
  ) throws -> Checkpoint? {
    let name = "\(path)\(configuration.checkpointName(id))"
    return try CheckpointSlot(
      path: "\(name).h5", previousPath: "\(name).previous.h5", identity: try configuration.identity(id),
      earlierIdentities: try configuration.earlierIdentities(id), warn: { _ in }
    ).lastGood(withNumbers: withNumbers)
  }

  /// The repeats of a network that have a score, in their order.
  package func finished(model: Int) -> [(id: TrainingID, record: RepeatRecord)] {
    records.repeats(of: model).filter { $0.value.status == .finished }.map { ($0.key, $0.value) }
  }

  /// What a finished repeat's network says of the test windows of a store, as they were recorded; nil where its numbers are lost.
  ///
  /// Throws where the store's windows don't fit the network.
  package func predictions(_ id: TrainingID, _ store: WindowStore, _ context: PredictionContext) throws -> Predictions?
  {
    guard let checkpoint = try Self.checkpoint(id, path, configuration, withNumbers: true),
      checkpoint.record.status == .finished
    else { return nil }
    return Predictions(
      store: store, split: .test,
      probabilities: try checkpoint.probabilities(of: store.test, configuration.settings.models[id.model], context))
  }
}
