internal import SystemSupport

/// The place of one training's checkpoint, and of the one before it.
struct CheckpointSlot: TrainingSlot {
  let path: String
  let previousPath: String
  /// What a checkpoint here must have been written for.
  let identity: String
  /// What it may have been written for besides.
  let earlierIdentities: [String]
  /// Told in a line where a damaged file was passed over.
  let warn: @Sendable (String) -> Void

  init(
    path: String, previousPath: String, identity: String, earlierIdentities: [String],
    warn: @escaping @Sendable (String) -> Void
  ) {
    self.path = path
    self.previousPath = previousPath
    self.identity = identity
    self.earlierIdentities = earlierIdentities
    self.warn = warn
  }

  /// The place of a job's checkpoint in the folder of a run, search or cross-validation.
  init<Configuration: FolderConfiguration>(
    _ folder: String, _ configuration: Configuration, _ job: Configuration.Job,
    warn: @escaping @Sendable (String) -> Void
  ) throws {
    let name = "\(folder)\(configuration.checkpointName(job))"
    self.init(
      path: "\(name).h5", previousPath: "\(name).previous.h5", identity: try configuration.identity(job),
      earlierIdentities: try configuration.earlierIdentities(job), warn: warn)
  }

  /// The checkpoint, else the one before it; nil where neither is whole. Throws `foreignCheckpoint`.
  func lastGood(withNumbers: Bool, accepts: (Checkpoint) -> Bool = { _ in true }) throws -> Checkpoint? {
    var isPassedOver = false
    for path in [path, previousPath] {
      do {
        guard let checkpoint = try Checkpoint.read(path, withNumbers: withNumbers) else { continue }
        guard checkpoint.identity == identity || earlierIdentities.contains(checkpoint.identity) else {
          throw RunFolderError(path, .foreignCheckpoint)
        }
        guard accepts(checkpoint) else { throw Checkpoint.Damage(reason: "holds another model's numbers") }
        return checkpoint
      } catch let damage as Checkpoint.Damage {
        warn("\(path): \(damage.reason); it is passed over")
        isPassedOver = true
      }
    }
    if isPassedOver { warn("\(path): no state is left; the training starts from its beginning") }
    return nil
  }

  /// The last good state, in the trainer and as a record; nil where there is none.
  func load(into trainer: Trainer) throws -> RepeatRecord? {
    guard let checkpoint = try lastGood(withNumbers: true, accepts: { trainer.accepts($0) }) else { return nil }
    // Logarithms may differ in their last bit from one system's library to another's.
    guard checkpoint.scaling == trainer.scalingText else { throw RunFolderError(path, .foreignCheckpoint) }
    trainer.restore(checkpoint)
    return checkpoint.record
  }

  func lastGood() throws -> Checkpoint? { try lastGood(withNumbers: true) }

  /// Saves the state between two steps; the one before it is kept until the next time.
  func save(_ state: Checkpoint) throws(OutputError) {
    var checkpoint = state
    checkpoint.identity = identity
    // The previous one takes the name in one go; a moment without a current one is what the previous one is for.
    if FileSystem.exists(path), rename(path, previousPath) != 0 {
      throw OutputError(path: path, reason: "cannot be renamed: \(FileSystem.lastFailure)", status: .io)
    }
    try checkpoint.write(path)
  }

  func remove() {
    _ = unlink(path)
    _ = unlink(previousPath)
  }
}
