package import Windows
internal import NeuralNetworks

/// Searches for the best setting by cross-validation over groups of the training people. The test people are not looked at.
///
/// Every trial trains on every fold; with several rungs, all trainings of a rung end before the best of its trials go on, so that
/// the chosen setting depends on data, space, seed and budget alone.
package struct Tuner: Sendable {
  private let folder: TuningFolder
  private let train: WindowSet

  /// A search about to run on the training windows.
  package init(folder: TuningFolder, train: WindowSet) {
    self.folder = folder
    self.train = train
  }

  /// Runs what has no result yet. Events name trial and fold as network and repeat.
  ///
  /// Returns the ranking, or nil where a stop was requested before the end.
  package func run(_ context: RunContext) throws -> TuningRanking? {
    let configuration = folder.configuration
    var alive = Array(configuration.trials.indices)
    for rung in configuration.trials[0].rungEpochs.indices {
      let jobs = alive.flatMap { trial in
        configuration.folds.indices.map { TuningJob(trial: trial, fold: $0, rung: rung) }
      }
      guard try run(jobs, context) else { return nil }
      // Of a search that goes on, later rungs are known already; they must not decide who gets there.
      let ranking = TuningRanking(configuration, folder.results.filter { $0.key.rung <= rung })
      try folder.write(ranking)
      let isLast = rung == configuration.trials[0].rungEpochs.count - 1
      let promoted = isLast ? [] : ranking.promoted(from: rung, reduction: configuration.reduction)
      for job in jobs where !promoted.contains(job.trial) { try folder.slot(job).remove() }
      alive = promoted
      if alive.isEmpty { return ranking }
    }
    return TuningRanking(configuration, folder.results)
  }

  private func run(_ jobs: [TuningJob], _ context: RunContext) throws -> Bool {
    let results = folder.results
    let flops = try folder.configuration.trials.map { trial in
      try Sequential(trial.settings.models[0].network).trainingFlops * trial.settings.models[0].training.epochs
    }
    for job in jobs {
      if let result = results[job] { context.events.publish(.ended(job.id, RepeatRecord(result))) }
    }
    return try context.run(
      jobs.filter { results[$0] == nil }, flops: { flops[$0.trial] }, training: { try training($0) },
      ended: { job, record in try folder.note(TuningResult(job, record)) })
  }

  private func training(_ job: TuningJob) throws -> RepeatTraining {
    let configuration = folder.configuration
    let held = Set(configuration.folds[job.fold])
    let settings = configuration.trials[job.trial].settings
    let data = try ExperimentData(
      train: train.selecting { !held.contains($0) }, test: train.selecting { held.contains($0) }, settings: settings,
      isOnlyUse: false)
    return RepeatTraining(
      id: job.id, settings: settings, data: data, storage: TuningStorage(folder: folder, job: job),
      epochLimit: configuration.trials[job.trial].rungEpochs[job.rung])
  }
}

extension TuningJob {
  /// Trial and fold as network and repeat.
  var id: TrainingID { TrainingID(model: trial, repeatIndex: fold) }
}

extension TuningResult {
  /// What a training's record says.
  init(_ job: TuningJob, _ record: RepeatRecord) {
    self.init(
      job: job, score: record.score, loss: record.testLoss,
      seconds: record.epochs.reduce(0) { $0 + $1.seconds })
  }
}

extension RepeatRecord {
  /// What of a record a result has kept.
  init(_ result: TuningResult) {
    self.init()
    status = result.score == nil ? .diverged : .finished
    score = result.score
    testLoss = result.loss
  }
}
