package enum TrainingEvent: Sendable {
  /// A repeat begins, or goes on from the epochs of its record.
  case started(TrainingID, RepeatRecord)
  /// Where a repeat is within its epoch of so many windows; told now and then, where somebody looks.
  case progress(TrainingID, TrainingProgress, windowCount: Int)
  case epochEnded(TrainingID, EpochReport)
  /// A repeat has ended, now or in an earlier process.
  case ended(TrainingID, RepeatRecord)
  /// Something that a user should know, in a line.
  case warning(String)
}

/// Is told of trainings as they run: the run's folder, a progress view, a printer of results.
///
/// An observer is called for one event at a time, on the queue of its ``EventStream``, and needs no lock.
package protocol TrainingObserver: AnyObject {
  /// Takes an event. What it throws stops the trainings.
  func receive(_ event: TrainingEvent) throws
  /// Takes the end: no event follows. Throws where what it keeps cannot be brought to its end.
  func finish() throws
}

extension TrainingObserver {
  package func finish() {}
}
