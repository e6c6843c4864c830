/// Where a training's state is kept between two steps: a file, or another process that has one.
protocol TrainingSlot: Sendable {
  /// Puts the last good state into a trainer, and returns its record; nil where there is none.
  func load(into trainer: Trainer) throws -> RepeatRecord?
  /// The last good state itself.
  func lastGood() throws -> Checkpoint?
  /// Keeps a state; its identity is the slot's to say.
  func save(_ state: Checkpoint) throws
}
