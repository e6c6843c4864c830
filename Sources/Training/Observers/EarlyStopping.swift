/// Ends a repeat whose validation loss has not fallen for some epochs.
struct EarlyStopping: EpochObserver {
  let patience: Int

  func epochEnded(_ report: EpochReport, _ record: inout RepeatRecord, _ trainer: Trainer) {
    if let loss = report.validationLoss { record.stoppingWatch.observe(loss) }
  }

  func endsTraining(_ record: RepeatRecord) -> Bool { record.stoppingWatch.epochsSinceBest >= patience }
}
