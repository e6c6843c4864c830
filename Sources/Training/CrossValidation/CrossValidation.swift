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
    let settings = configuration.run.settings
    let windows = StoreWindows(train: store.train, test: store.test)
    var open: [TrainingID] = []
    for id in configuration.trainings {
      if let record = try folder.endedRecord(id) {
        context.events.publish(.ended(id, record))
      } else {
        open.append(id)
      }
    }
    let isComplete = try context.run(open, flops: { _ in 1 }) { id in
      let recipe = DataRecipe(
        .holdingOut(configuration.folds[id.model], ofBothSplits: configuration.takesAllPeople), settings)
      return RepeatTraining(
        id: id, model: 0, data: { try recipe.data(windows) }, recipe: recipe,
        slot: try folder.slot(id), end: { try folder.end(id, $0) })
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
  func end(_ id: TrainingID, _ state: Checkpoint) throws {
    let slot = try slot(id)
    try slot.save(state)
    _ = unlink(slot.previousPath)
    results.withLock { $0[id] = state.record }
  }
}
