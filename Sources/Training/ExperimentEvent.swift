/// What happens in an experiment; delivered one at a time.
public enum ExperimentEvent: Sendable {
  /// A repeat begins, or goes on from an epoch.
  case started(TrainingID, fromEpoch: Int, threads: Int)
  /// Something within a repeat.
  case training(TrainingID, TrainingEvent)
  /// A repeat has ended.
  case ended(TrainingID, RepeatRecord)
}

/// Where trainings keep their state; a run's folder, or nothing.
public protocol TrainingStorage: Sendable {
  /// The state of a repeat that was saved before; nil for none.
  func load(_ id: TrainingID, into trainer: Trainer) throws -> RepeatRecord?
  /// The record of a repeat that had ended before, without its parameters; nil where it has not ended.
  func endedRecord(_ id: TrainingID) throws -> RepeatRecord?
  /// Saves the state between two steps.
  func save(_ id: TrainingID, _ record: RepeatRecord, _ trainer: Trainer) throws
  /// Takes note of a completed epoch.
  func noteEpoch(_ id: TrainingID, _ record: RepeatRecord) throws
  /// Takes note of a repeat's end.
  func noteEnd(_ id: TrainingID, _ record: RepeatRecord, _ trainer: Trainer) throws
}
