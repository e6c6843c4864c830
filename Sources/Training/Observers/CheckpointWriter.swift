/// Saves a repeat's state every few epochs.
struct CheckpointWriter: EpochObserver {
  let interval: Int
  let slot: any TrainingSlot

  func epochEnded(_ report: EpochReport, _ record: inout RepeatRecord, _ trainer: Trainer) throws {
    if trainer.progress.epoch % interval == 0 { try slot.save(trainer.checkpoint(record)) }
  }
}
