/// Keeps the weights of the epoch with the lowest validation loss, the first of several, as Keras's `restore_best_weights` does.
struct BestWeights: EpochObserver {
  func epochEnded(_ report: EpochReport, _ record: inout RepeatRecord, _ trainer: Trainer) {
    guard let loss = report.validationLoss else { return }
    if record.bestEpoch != nil, let lowest = record.finalEpoch?.validationLoss, !(loss < lowest) { return }
    record.bestEpoch = report.epoch
    trainer.keepBest()
  }
}
