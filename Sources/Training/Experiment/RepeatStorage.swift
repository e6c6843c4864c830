/// Where repeats keep their state: a run's folder, a search's.
package protocol RepeatStorage: Sendable {
  /// The state of a repeat that was saved before; nil for none.
  func load(_ id: TrainingID, into trainer: Trainer) throws -> RepeatRecord?
  /// Saves the state between two steps.
  func save(_ id: TrainingID, _ record: RepeatRecord, _ trainer: Trainer) throws
  /// Keeps what a repeat came to.
  func end(_ id: TrainingID, _ record: RepeatRecord, _ trainer: Trainer) throws
}
