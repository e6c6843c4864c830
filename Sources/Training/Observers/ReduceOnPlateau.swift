/// Halves the learning rate whenever the validation loss, else the training loss, has not fallen for two epochs, down to a hundredth of
/// the start.
struct ReduceOnPlateau: EpochObserver {
  private static let patience = 2

  /// Losses of warm-up say nothing of the rate that is still to come.
  func epochEnded(_ report: EpochReport, _ record: inout RepeatRecord, _ trainer: Trainer) {
    guard report.epoch >= trainer.settings.warmupEpochs ?? 0 else { return }
    record.plateauWatch.observe(report.validationLoss ?? report.loss)
    guard record.plateauWatch.epochsSinceBest >= Self.patience else { return }
    record.plateauWatch.restart()
    trainer.progress.learningRate = max(trainer.progress.learningRate / 2, trainer.settings.learningRate / 100)
    record.progress = trainer.progress
  }
}
