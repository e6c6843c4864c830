internal import NeuralNetworks
internal import SystemSupport
package import Windows

/// Trains on all people but one group and judges on that group, for every group in turn: nobody is ever on both sides.
package enum CrossValidation {
  /// Runs what has not yet ended.
  ///
  /// - Returns: the records of all trainings, or nil where a stop was requested before the end.
  package static func run(
    _ store: WindowStore, in folder: CrossValidationFolder, _ context: RunContext
  ) throws -> [TrainingID: RepeatRecord]? {
    let configuration = folder.configuration
    let windows = configuration.windows(store)
    var open: [TrainingID] = []
    for id in configuration.trainings {
      if let record = try folder.endedRecord(id) {
        context.events.publish(.ended(id, record))
      } else {
        open.append(id)
      }
    }
    let isComplete = try context.run(open, flops: { _ in 1 }) { id in
      let fold = Set(configuration.folds[id.model])
      return RepeatTraining(
        id: id, settings: configuration.run.settings, model: 0,
        data: try ExperimentData(
          train: windows.selecting { !fold.contains($0) }, test: windows.selecting { fold.contains($0) },
          settings: configuration.run.settings, isOnlyUse: false),
        slot: try folder.slot(id), end: { try folder.end(id, $0, $1) })
    }
    return isComplete ? folder.results.withLock { $0 } : nil
  }
}

extension CrossValidationConfiguration {
  /// The windows of everybody who takes part, in the store's order.
  package func windows(_ store: WindowStore) -> WindowSet {
    takesAllPeople ? store.train.joined(with: store.test) : store.train
  }
}

/// The folder of a cross-validation: `cross-validation.json`, `folds.csv`, `people.csv`, `confusion.csv` and checkpoints.
package typealias CrossValidationFolder = TrainingFolder<CrossValidationConfiguration>

extension CrossValidationFolder {
  /// The record of a training that had ended; nil where it has not.
  func endedRecord(_ id: TrainingID) throws -> RepeatRecord? {
    let slot = try slot(id)
    guard let checkpoint = try slot.lastGood(withNumbers: false), checkpoint.record.status != .running else {
      return nil
    }
    if checkpoint.path == slot.path { _ = unlink(slot.previousPath) }
    results.withLock { $0[id] = checkpoint.record }
    return checkpoint.record
  }

  /// Keeps what a training came to.
  func end(_ id: TrainingID, _ record: RepeatRecord, _ trainer: Trainer) throws {
    let slot = try slot(id)
    try slot.save(record, trainer)
    _ = unlink(slot.previousPath)
    results.withLock { $0[id] = record }
  }
}
