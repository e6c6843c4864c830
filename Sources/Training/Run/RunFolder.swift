public import Foundation
public import NeuralNetworks
import Synchronization

/// The folder of a run: `config.json`, and for each network `metrics.csv`, `scores.json`, `confusion.csv`, `model-NN.h5` in Keras's
/// format, and `checkpoints/` to go on from. Several networks get a subfolder each.
///
/// Every file appears whole or not at all, and the tables are made anew from the repeats' records, so that they agree with the
/// checkpoints whenever the process ends.
public final class RunFolder: TrainingStorage {
  /// The folder.
  public let path: String
  /// What the run is.
  public let configuration: RunConfiguration
  private let lock: Mutex<RunLock?>
  private let warn: @Sendable (String) -> Void
  private let records = Mutex<[TrainingID: RepeatRecord]>([:])

  private init(
    path: String, configuration: RunConfiguration, lock: RunLock, warn: @escaping @Sendable (String) -> Void
  ) {
    self.path = path
    self.configuration = configuration
    self.lock = Mutex(lock)
    self.warn = warn
  }

  /// Makes the folder of a new run. A folder may be there, but nothing in it.
  ///
  /// - Parameter warn: told in a line where a damaged checkpoint was passed over.
  public static func create(
    _ path: String, configuration: RunConfiguration, warn: @escaping @Sendable (String) -> Void
  ) throws(RunFolderError) -> RunFolder {
    try RunFiles.claimFolder(path)
    let run = RunFolder(path: path, configuration: configuration, lock: try RunLock(folder: path), warn: warn)
    try run.makeFolders()
    try configuration.write(run.configurationPath)
    return run
  }

  /// Opens the folder of a run that is to go on.
  ///
  /// Throws `notARun` or `wrongConfiguration` where it is none, `inUse` where another process works in it.
  public static func open(
    _ path: String, warn: @escaping @Sendable (String) -> Void
  ) throws(RunFolderError) -> RunFolder {
    let configuration = try RunConfiguration.read("\(path)/config.json")
    let run = RunFolder(path: path, configuration: configuration, lock: try RunLock(folder: path), warn: warn)
    try run.makeFolders()
    let folders = configuration.settings.models.indices.map { run.folder(model: $0) }
    RunFiles.removePartial(in: [path] + folders + folders.map { "\($0)/checkpoints" })
    return run
  }

  /// Lets other processes work in the folder; this one must not any more.
  public func close() { lock.withLock { $0 = nil } }

  /// The name of a new run's folder that says when it began: `runs/2026-01-31-142530-lstm`, with a number where that is taken.
  public static func newPath(models: [Architecture], in folder: String = "runs", at date: Date = Date()) -> String {
    newPath(named: models.count == 1 ? models[0].rawValue : "all", in: folder, at: date)
  }

  /// The name of a new folder that says when it began and what it is for.
  public static func newPath(named purpose: String, in folder: String = "runs", at date: Date = Date()) -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.dateFormat = "yyyy-MM-dd-HHmmss"
    let name = "\(folder)/\(formatter.string(from: date))-\(purpose)"
    let names = [name] + (2...99).lazy.map { "\(name)-\($0)" }
    return names.first { !FileManager.default.fileExists(atPath: $0) } ?? name
  }

  // MARK: Paths

  private var settings: ExperimentSettings { configuration.settings }
  private var configurationPath: String { "\(path)/config.json" }

  /// The folder of a network's results.
  public func folder(model: Int) -> String {
    settings.models.count == 1 ? path : "\(path)/\(settings.models[model].configuration.architecture.rawValue)"
  }

  private static func number(_ index: Int) -> String { (index < 9 ? "0" : "") + "\(index + 1)" }

  /// The file of a repeat's model.
  public func modelPath(_ id: TrainingID) -> String {
    "\(folder(model: id.model))/model-\(Self.number(id.repeatIndex)).h5"
  }

  /// A repeat's checkpoint; `isPrevious` for the one before it.
  public func checkpointPath(_ id: TrainingID, isPrevious: Bool = false) -> String {
    let name = "repeat-\(Self.number(id.repeatIndex))\(isPrevious ? ".previous" : "").h5"
    return "\(folder(model: id.model))/checkpoints/\(name)"
  }

  private func makeFolders() throws(RunFolderError) {
    for model in settings.models.indices { try RunFiles.makeFolder("\(folder(model: model))/checkpoints") }
  }

  // MARK: Checkpoints

  private func slot(_ id: TrainingID) throws -> CheckpointSlot {
    CheckpointSlot(
      path: checkpointPath(id), previousPath: checkpointPath(id, isPrevious: true),
      identity: try configuration.identity(id), warn: warn)
  }

  /// The last good state of a repeat, in the trainer and as a record; nil where it has to start from its beginning.
  public func load(_ id: TrainingID, into trainer: Trainer) throws -> RepeatRecord? {
    guard let record = try slot(id).load(into: trainer) else { return nil }
    records.withLock { $0[id] = record }
    return record
  }

  /// The record of a repeat that had ended.
  public func endedRecord(_ id: TrainingID) throws -> RepeatRecord? {
    guard let record = try slot(id).lastGood(accepts: { _ in true })?.record, record.status != .running else {
      return nil
    }
    try records.withLock { records in
      records[id] = record
      try writeTables(model: id.model, records)
      removeModelsNotKept(model: id.model, records)
    }
    return record
  }

  /// Saves a repeat's state; the state before it is kept until the next time.
  public func save(_ id: TrainingID, _ record: RepeatRecord, _ trainer: Trainer) throws {
    try slot(id).save(record, trainer)
  }

  // MARK: Results

  /// Takes note of a completed epoch.
  public func noteEpoch(_ id: TrainingID, _ record: RepeatRecord) throws {
    try records.withLock { records in
      records[id] = record
      try writeTable("metrics.csv", RunTables(configuration, model: id.model, records).metrics, model: id.model)
    }
  }

  /// Takes note of a repeat's end: its model first, then that it is finished, then the tables.
  public func noteEnd(_ id: TrainingID, _ record: RepeatRecord, _ trainer: Trainer) throws {
    try records.withLock { records in
      var ended = records
      ended[id] = record
      if keptModels(model: id.model, ended).contains(id) {
        try KerasModelFile.write(
          path: modelPath(id), configuration: settings.models[id.model].configuration, parameters: trainer.parameters,
          attributes: trainer.modelAttributes(repeatIndex: id.repeatIndex))
      }
      try save(id, record, trainer)
      try slot(id).removePrevious()
      records = ended
      try writeTables(model: id.model, records)
      removeModelsNotKept(model: id.model, records)
    }
  }

  private func removeModelsNotKept(model: Int, _ records: [TrainingID: RepeatRecord]) {
    let kept = keptModels(model: model, records)
    for id in records.keys where id.model == model && !kept.contains(id) { _ = unlink(modelPath(id)) }
  }

  /// The repeats whose models are kept, of those that have ended. The best has the lowest validation loss where people were held
  /// out, else the highest test accuracy.
  private func keptModels(model: Int, _ records: [TrainingID: RepeatRecord]) -> Set<TrainingID> {
    let finished = records.filter { $0.key.model == model && $0.value.status == .finished }
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

  private func writeTables(model: Int, _ records: [TrainingID: RepeatRecord]) throws {
    let tables = RunTables(configuration, model: model, records)
    try writeTable("metrics.csv", tables.metrics, model: model)
    try writeTable("confusion.csv", tables.confusion, model: model)
    try writeTable(
      "scores.json",
      String(
        decoding: try RunJSON.encode(ScoreSummary(configuration, model: model, records), isPretty: true), as: UTF8.self)
        + "\n", model: model)
  }

  private func writeTable(_ name: String, _ text: String, model: Int) throws(RunFolderError) {
    try RunFiles.replace("\(folder(model: model))/\(name)", with: Data(text.utf8))
  }
}
