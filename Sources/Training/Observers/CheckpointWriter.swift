/// Saves a repeat's state every few epochs.
struct CheckpointWriter: EpochObserver {
  let id: TrainingID
  /// Epochs from one checkpoint to the next.
  let interval: Int
  let storage: any RepeatStorage

  func epochEnded(_ report: EpochReport, _ record: inout RepeatRecord, _ trainer: Trainer) throws {
    if trainer.progress.epoch % interval == 0 { try storage.save(id, record, trainer) }
  }
}
