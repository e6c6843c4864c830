package import Foundation
package import ModelFiles
internal import Synchronization
internal import SystemSupport

/// The folder of a run: `config.json`, and for each network `metrics.csv`, `scores.json`, `confusion.csv`, `model-NN.h5` in Keras's
/// format, and `checkpoints/` to go on from. Several networks get a subfolder each.
///
/// Every file appears whole or not at all, and the tables are made anew from the repeats' records, so that they agree with the
/// checkpoints whenever the process ends.
package final class RunFolder: RepeatStorage {
  package let path: String
  package let configuration: RunConfiguration
  private let lock: Mutex<FolderLock?>
  private let warn: @Sendable (String) -> Void
  /// The repeats that have ended, of which some models are kept.
  private let ended = Mutex<[TrainingID: RepeatRecord]>([:])

  private init(
    path: String, configuration: RunConfiguration, lock: FolderLock, warn: @escaping @Sendable (String) -> Void
  ) {
    self.path = path
    self.configuration = configuration
    self.lock = Mutex(lock)
    self.warn = warn
  }

  /// Makes the folder of a new run. A folder may be there, but nothing in it.
  ///
  /// - Parameters:
  ///   - startFrom: the model file whose weights every repeat starts from; the folder keeps a copy.
  ///   - warn: told in a line where a damaged checkpoint was passed over.
  package static func create(
    _ path: String, configuration: RunConfiguration, startFrom: Data? = nil, warn: @escaping @Sendable (String) -> Void
  ) throws(RunFolderError) -> RunFolder {
    try RunFiles.claimFolder(path)
    let run = RunFolder(path: path, configuration: configuration, lock: try RunFiles.lock(path), warn: warn)
    AtomicFile.removeLeftovers(in: [path])
    if let startFrom { try RunFiles.replace(run.startingModelPath, with: startFrom) }
    // The first file of a run, and with it the run can go on.
    try configuration.write(run.configurationPath)
    try run.makeFolders()
    return run
  }

  /// Opens the folder of a run that is to go on.
  ///
  /// Throws `notARun` or `wrongConfiguration` where it is none, `inUse` where another process works in it.
  package static func open(
    _ path: String, warn: @escaping @Sendable (String) -> Void
  ) throws(RunFolderError) -> RunFolder {
    let configuration = try RunConfiguration.read("\(path)/config.json")
    let run = RunFolder(path: path, configuration: configuration, lock: try RunFiles.lock(path), warn: warn)
    try run.makeFolders()
    let folders = configuration.settings.models.indices.map { run.folder(model: $0) }
    AtomicFile.removeLeftovers(in: [path] + folders + folders.map { "\($0)/checkpoints" })
    return run
  }

  /// Lets other processes work in the folder; this one must not any more.
  package func close() { lock.withLock { $0 = nil } }

  /// The name of a new folder that says when it began and what it is for: `runs/2026-01-31-142530-lstm`, with a number where that is
  /// taken.
  package static func newPath(named purpose: String, in folder: String = "runs", at date: Date = Date()) -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.dateFormat = "yyyy-MM-dd-HHmmss"
    let name = "\(folder)/\(formatter.string(from: date))-\(purpose)"
    let names = [name] + (2...99).lazy.map { "\(name)-\($0)" }
    return names.first { !FileSystem.exists($0) } ?? name
  }

  // MARK: Paths

  private var settings: ExperimentSettings { configuration.settings }
  private var configurationPath: String { "\(path)/config.json" }
  private var startingModelPath: String { "\(path)/\(Self.startingModelName)" }
  static let startingModelName = "start-from.h5"

  /// The folder of a network's results.
  package func folder(model: Int) -> String {
    settings.models.count == 1 ? path : "\(path)/\(settings.models[model].name)"
  }

  private static func number(_ index: Int) -> String { (index < 9 ? "0" : "") + "\(index + 1)" }

  /// The file of a repeat's model.
  package func modelPath(_ id: TrainingID) -> String {
    "\(folder(model: id.model))/model-\(Self.number(id.repeatIndex)).h5"
  }

  /// A repeat's checkpoint; `isPrevious` for the one before it.
  package func checkpointPath(_ id: TrainingID, isPrevious: Bool = false) -> String {
    let name = "repeat-\(Self.number(id.repeatIndex))\(isPrevious ? ".previous" : "").h5"
    return "\(folder(model: id.model))/checkpoints/\(name)"
  }

  private func makeFolders() throws(RunFolderError) {
    for model in settings.models.indices { try RunFiles.makeFolder("\(folder(model: model))/checkpoints") }
  }

  /// The model file that every repeat starts from; nil for fresh weights.
  package func startingModel() throws -> KerasModelFile? {
    guard let digest = settings.models.first?.startsFrom else { return nil }
    let found = try SHA256Digest.ofFile(startingModelPath)
    guard found == digest else {
      throw RunFolderError(startingModelPath, .otherStore(found: found, expected: digest))
    }
    return try KerasModelFile.read(path: startingModelPath)
  }

  // MARK: Repeats

  private func slot(_ id: TrainingID, scaling: String) throws -> CheckpointSlot {
    CheckpointSlot(
      path: checkpointPath(id), previousPath: checkpointPath(id, isPrevious: true),
      identity: try configuration.identity(id), scaling: scaling, warn: warn)
  }

  /// The last good state of a repeat, in the trainer and as a record; nil where it has to start from its beginning.
  package func load(_ id: TrainingID, into trainer: Trainer) throws -> RepeatRecord? {
    try slot(id, scaling: trainer.scalingText).load(into: trainer)
  }

  /// The record of a repeat that had ended, without its parameters; nil where it has not ended.
  package func endedRecord(_ id: TrainingID) throws -> RepeatRecord? {
    guard let record = try slot(id, scaling: "").lastGood(accepts: { _ in true })?.record, record.status != .running
    else { return nil }
    ended.withLock { ended in
      ended[id] = record
      removeModelsNotKept(model: id.model, ended)
    }
    return record
  }

  /// Saves a repeat's state; the state before it is kept until the next time.
  package func save(_ id: TrainingID, _ record: RepeatRecord, _ trainer: Trainer) throws {
    try slot(id, scaling: trainer.scalingText).save(record, trainer)
  }

  /// Keeps what a repeat came to: its model first, then that it is finished.
  package func end(_ id: TrainingID, _ record: RepeatRecord, _ trainer: Trainer) throws {
    try ended.withLock { ended in
      var all = ended
      all[id] = record
      if keptModels(model: id.model, all).contains(id) {
        try KerasModelFile.write(
          path: modelPath(id), description: settings.models[id.model].network, parameters: trainer.parameters,
          training: KerasTrainingConfig(trainer.settings),
          attributes: trainer.modelAttributes(repeatIndex: id.repeatIndex))
      }
      let slot = try slot(id, scaling: trainer.scalingText)
      try slot.save(record, trainer)
      slot.removePrevious()
      ended = all
      removeModelsNotKept(model: id.model, all)
    }
  }

  private func removeModelsNotKept(model: Int, _ ended: [TrainingID: RepeatRecord]) {
    let kept = keptModels(model: model, ended)
    for id in ended.keys where id.model == model && !kept.contains(id) { _ = unlink(modelPath(id)) }
  }

  /// The repeats whose models are kept, of those that have ended. The best has the lowest validation loss where people were held
  /// out, else the highest test accuracy.
  private func keptModels(model: Int, _ ended: [TrainingID: RepeatRecord]) -> Set<TrainingID> {
    let finished = ended.filter { $0.key.model == model && $0.value.status == .finished }
    switch settings.keep {
    case .none: return []
    case .all: return Set(finished.keys)
    case .best:
      func merit(_ record: RepeatRecord) -> Double {
        record.epochs.last?.validationLoss.map { -$0 } ?? record.score ?? 0
      }
      let best = finished.min { (-merit($0.value), $0.key) < (-merit($1.value), $1.key) }
      return best.map { [$0.key] } ?? []
    }
  }

  /// What keeps the folder's tables as the trainings go.
  var tableWriter: RunTableWriter {
    RunTableWriter(configuration, folders: settings.models.indices.map { folder(model: $0) })
  }
}
