package import Foundation
internal import NeuralNetworks
internal import Synchronization
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
  /// What is lost, a line each: checkpoints that were passed over.
  package let warnings: [String]

  /// Reads configuration and checkpoints; a damaged checkpoint is passed over for the one before it.
  ///
  /// Throws where there is no run, a checkpoint of another one, or none of a repeat that the run's scores name.
  package init(path: String) throws {
    self.path = path
    try RunFolderError.requireRun(path)
    let configuration = try RunConfiguration.read("\(path)/\(RunConfiguration.fileName)")
    self.configuration = configuration
    began = configuration.began(in: path)
    let lost = Mutex<[String]>([])
    var records: [TrainingID: RepeatRecord] = [:]
    for id in configuration.settings.trainings {
      let slot = try CheckpointSlot(path, configuration, id) { line in lost.withLock { $0.append(line) } }
      guard let record = try slot.lastGood(withNumbers: false)?.record else { continue }
      guard record.fits(activities: configuration.store.activityNames.count) else {
        throw RunFolderError(slot.path, .foreignCheckpoint)
      }
      records[id] = record
    }
    self.records = records
    warnings = lost.withLock { $0 }
    try requireScores()
  }

  /// A report that says less than the run's scores do would take the place of one that says it all.
  private func requireScores() throws {
    for (index, subfolder) in configuration.subfolders.enumerated() {
      let file = "\(path)\(subfolder)/scores.json"
      guard let data = try FileSystem.contents(file),
        let scores = try? RunJSON.decode(ScoreSummary.self, data)
      else { continue }
      let missing = scores.repeats.map(\.number).filter { number in
        (records[TrainingID(model: index, repeatIndex: number - 1)]?.status ?? .running) == .running
      }
      // A run to which epochs were added has scores of before.
      guard missing.isEmpty || configuration.settings.models[index].earlierEpochs != nil else {
        throw RunFolderError(file, .lostCheckpoints(repeats: missing))
      }
    }
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
    guard let checkpoint = try CheckpointSlot(path, configuration, id, warn: { _ in }).lastGood(),
      checkpoint.record.status == .finished
    else { return nil }
    return Predictions(
      store: store, split: .test,
      probabilities: try checkpoint.probabilities(of: store.test, configuration.settings.models[id.model], context))
  }
}
