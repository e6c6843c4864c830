internal import SystemSupport

/// The folder of a search: `tune.json`, `results.json` and `trials.csv` (a row per training), `ranking.csv`, checkpoints of trainings
/// that may go on, and `final/`, the run of the chosen setting.
package typealias TuningFolder = TrainingFolder<TuningConfiguration>

extension TuningFolder {
  /// The folder of the chosen setting's run.
  package var finalPath: String { "\(path)/final" }

  static let resultsName = "results.json"
  private var resultsPath: String { "\(path)/\(Self.resultsName)" }

  /// Reads what the search came to in earlier processes.
  func readResults() throws {
    let known = try SearchResults.read(resultsPath, configuration)
    guard FileSystem.exists(resultsPath) else { return }
    try results.withLock { results in
      results = known
      try writeTrials(results)
    }
  }

  /// Takes note of a result.
  func note(_ result: TuningResult) throws {
    try results.withLock { results in
      results[result.job] = result
      try RunJSON.write(results.values.sorted { $0.job < $1.job }, resultsPath, isPretty: false)
      try writeTrials(results)
    }
  }

  private func writeTrials(_ results: [TuningJob: TuningResult]) throws(OutputError) {
    var table = CSVTable(
      columns: ["trial", "fold", "held_out", "rung", "epochs", "accuracy", "loss", "seconds"]
        + configuration.parameterNames)
    for result in results.values.sorted(by: { $0.job < $1.job }) {
      let trial = configuration.trials[result.job.trial]
      let people = configuration.folds[result.job.fold].map(String.init).joined(separator: " ")
      table.append(
        ["\(trial.number)", "\(result.job.fold + 1)", people, "\(result.job.rung + 1)"]
          + ["\(trial.rungEpochs[result.job.rung])"]
          + [result.score, result.loss, result.seconds].map { $0.map { "\($0)" } } + trial.values)
    }
    try AtomicFile.replace("\(path)/trials.csv", with: table.text.utf8)
  }

  func write(_ ranking: TuningRanking) throws {
    var table = CSVTable(
      columns: ["rank", "trial", "rung", "epochs", "accuracy", "deviation"] + configuration.parameterNames)
    for (index, entry) in ranking.entries.enumerated() {
      let trial = configuration.trials[entry.trial]
      table.append(
        ["\(index + 1)", "\(trial.number)", "\(entry.rung + 1)", "\(entry.epochs)"]
          + [entry.mean, entry.deviation].map { $0.map { "\($0)" } } + trial.values)
    }
    try AtomicFile.replace("\(path)/ranking.csv", with: table.text.utf8)
  }
}
