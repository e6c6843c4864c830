/// Ends a repeat whose validation loss has not fallen for some epochs.
struct EarlyStopping: EpochObserver {
  let patience: Int

  func epochEnded(_ report: EpochReport, _ record: inout RepeatRecord, _ trainer: Trainer) {
    guard let loss = report.validationLoss else { return }
    record.stoppingWatch.observe(loss)
    if endsTraining(record) { record.isStoppedEarly = true }
  }

  func endsTraining(_ record: RepeatRecord) -> Bool { record.stoppingWatch.epochsSinceBest >= patience }
}
