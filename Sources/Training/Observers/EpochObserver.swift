/// Steers one repeat between two epochs: called on the repeat's own thread, in the order in which observers are listed, before the
/// epoch is told to the ``EventStream``. It keeps what it knows in the record, so that a repeat that goes on is steered as if it had not stopped.
protocol EpochObserver {
  /// Looks at an epoch and may change the record or the trainer.
  func epochEnded(_ report: EpochReport, _ record: inout RepeatRecord, _ trainer: Trainer) throws
  func endsTraining(_ record: RepeatRecord) -> Bool
}

extension EpochObserver {
  func endsTraining(_ record: RepeatRecord) -> Bool { false }
}
