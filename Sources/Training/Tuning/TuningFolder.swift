internal import Foundation
internal import Synchronization
internal import SystemSupport

/// The folder of a search: `tune.json`, `trials.csv` (a row a training), `ranking.csv`, checkpoints of trainings that may go on, and
/// `final/`, the run of the chosen setting.
package final class TuningFolder: Sendable {
  /// The folder.
  package let path: String
  /// What the search is.
  package let configuration: TuningConfiguration
  private let lock: Mutex<FolderLock?>
  private let warn: @Sendable (String) -> Void
  private let stored = Mutex<[TuningJob: TuningResult]>([:])

  private init(
    _ path: String, _ configuration: TuningConfiguration, _ lock: FolderLock,
    _ warn: @escaping @Sendable (String) -> Void
  ) {
    self.path = path
    self.configuration = configuration
    self.lock = Mutex(lock)
    self.warn = warn
  }

  /// Whether there is a search in a folder.
  package static func isOne(_ path: String) -> Bool { FileSystem.exists("\(path)/tune.json") }

  /// Makes the folder of a new search. A folder may be there, but nothing in it.
  package static func create(
    _ path: String, configuration: TuningConfiguration, warn: @escaping @Sendable (String) -> Void
  ) throws(RunFolderError) -> TuningFolder {
    try RunFiles.claimFolder(path)
    let folder = TuningFolder(path, configuration, try RunFiles.lock(path), warn)
    // The first file of a search, and with it the search can go on.
    try RunJSON.write(configuration, "\(path)/tune.json")
    try RunFiles.makeFolder("\(path)/checkpoints")
    return folder
  }

  /// Opens the folder of a search that is to go on.
  package static func open(
    _ path: String, warn: @escaping @Sendable (String) -> Void
  ) throws(RunFolderError) -> TuningFolder {
    let configuration = try TuningConfiguration.read("\(path)/tune.json")
    try RunFiles.makeFolder("\(path)/checkpoints")
    let folder = TuningFolder(path, configuration, try RunFiles.lock(path), warn)
    AtomicFile.removeLeftovers(in: [path, "\(path)/checkpoints"])
    try folder.readResults()
    return folder
  }

  /// Lets other processes work in the folder.
  package func close() { lock.withLock { $0 = nil } }

  /// The folder of the chosen setting's run.
  package var finalPath: String { "\(path)/final" }

  // MARK: Results

  /// All results so far.
  var results: [TuningJob: TuningResult] { stored.withLock { $0 } }

  /// Takes note of a result.
  func note(_ result: TuningResult) throws(RunFolderError) {
    try stored.withLock { stored throws(RunFolderError) in
      stored[result.job] = result
      let sorted = stored.values.sorted { $0.job < $1.job }
      try RunJSON.write(sorted, resultsPath, isPretty: false)
      try RunFiles.replace("\(path)/trials.csv", with: Data(csv(sorted).utf8))
    }
  }

  /// Writes the ranking.
  func write(_ ranking: TuningRanking) throws(RunFolderError) {
    var table = CSVTable(
      columns: ["rank", "trial", "rung", "epochs", "accuracy", "deviation"] + configuration.parameterNames)
    for (index, entry) in ranking.entries.enumerated() {
      let trial = configuration.trials[entry.trial]
      table.append(
        ["\(index + 1)", "\(trial.number)", "\(entry.rung + 1)", "\(entry.epochs)"]
          + [entry.mean, entry.deviation].map { $0.map { "\($0)" } } + trial.values)
    }
    try RunFiles.replace("\(path)/ranking.csv", with: Data(table.text.utf8))
  }

  private var resultsPath: String { "\(path)/results.json" }

  private func readResults() throws(RunFolderError) {
    guard let data = try RunFiles.contents(resultsPath) else { return }
    do {
      let results = try RunJSON.decode([TuningResult].self, data)
      // What names no training of the search is passed over.
      let known = results.filter { result in
        let job = result.job
        return configuration.trials.indices.contains(job.trial) && configuration.folds.indices.contains(job.fold)
          && configuration.trials[job.trial].rungEpochs.indices.contains(job.rung)
      }
      stored.withLock { $0 = Dictionary(known.map { ($0.job, $0) }) { first, _ in first } }
    } catch {
      throw RunFolderError(resultsPath, .wrongConfiguration(reason: RunJSON.reason(error)))
    }
  }

  private func csv(_ results: [TuningResult]) -> String {
    var table = CSVTable(
      columns: ["trial", "fold", "held_out", "rung", "epochs", "accuracy", "loss", "seconds"]
        + configuration.parameterNames)
    for result in results {
      let trial = configuration.trials[result.job.trial]
      let people = configuration.folds[result.job.fold].map(String.init).joined(separator: " ")
      table.append(
        ["\(trial.number)", "\(result.job.fold + 1)", people, "\(result.job.rung + 1)"]
          + ["\(trial.rungEpochs[result.job.rung])"]
          + [result.score, result.loss, result.seconds].map { $0.map { "\($0)" } } + trial.values)
    }
    return table.text
  }

  // MARK: Checkpoints

  /// The place of a training's checkpoint: the same on all rungs, each of which goes on from the one before.
  func slot(_ job: TuningJob, scaling: String = "") throws -> CheckpointSlot {
    let name = "\(path)/checkpoints/trial-\(job.trial + 1)-fold-\(job.fold + 1)"
    return CheckpointSlot(
      path: "\(name).h5", previousPath: "\(name).previous.h5", identity: try configuration.identity(job),
      scaling: scaling, warn: warn)
  }
}

/// The checkpoints of one training of a search.
struct TuningStorage: RepeatStorage {
  let folder: TuningFolder
  let job: TuningJob

  private func slot(_ trainer: Trainer) throws -> CheckpointSlot {
    try folder.slot(job, scaling: trainer.scalingText)
  }

  /// The state to go on from, though it was judged on a rung before.
  func load(_ id: TrainingID, into trainer: Trainer) throws -> RepeatRecord? {
    guard var record = try slot(trainer).load(into: trainer) else { return nil }
    if record.status == .finished { record.status = .running }
    return record
  }

  func save(_ id: TrainingID, _ record: RepeatRecord, _ trainer: Trainer) throws {
    try slot(trainer).save(record, trainer)
  }

  func end(_ id: TrainingID, _ record: RepeatRecord, _ trainer: Trainer) throws { try save(id, record, trainer) }
}
