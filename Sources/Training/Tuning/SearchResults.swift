internal import SystemSupport

/// What a search came to so far, as its folder tells it; nobody works in the folder for it.
package struct SearchResults: Sendable {
  package let path: String
  package let configuration: TuningConfiguration
  package let results: [TuningJob: TuningResult]
  package let ranking: TuningRanking

  /// Throws where there is no search, or its results can't be read.
  package init(path: String) throws {
    self.path = path
    configuration = try TuningConfiguration.read("\(path)/\(TuningConfiguration.fileName)")
    results = try Self.read("\(path)/\(TuningFolder.resultsName)", configuration)
    ranking = TuningRanking(configuration, results)
  }

  /// The results that a file holds, none where there is no file. What names no training of the search is passed over.
  static func read(_ path: String, _ configuration: TuningConfiguration) throws -> [TuningJob: TuningResult] {
    guard let data = try FileSystem.contents(path) else { return [:] }
    do {
      let known = try RunJSON.decode([TuningResult].self, data).filter { result in
        let job = result.job
        return configuration.trials.indices.contains(job.trial) && configuration.folds.indices.contains(job.fold)
          && configuration.trials[job.trial].rungEpochs.indices.contains(job.rung)
      }
      return Dictionary(known.map { ($0.job, $0) }) { first, _ in first }
    } catch {
      throw RunFolderError(path, .wrongConfiguration(reason: RunJSON.reason(error)))
    }
  }

  /// The mean of a trial's folds on a rung, in percent; nil where a fold has none.
  package func mean(trial: Int, rung: Int) -> Double? {
    let scores = configuration.folds.indices.map { results[TuningJob(trial: trial, fold: $0, rung: rung)]?.score }
    guard scores.allSatisfy({ $0 != nil }) else { return nil }
    return Scores(scores).mean
  }
}
