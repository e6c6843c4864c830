internal import NeuralNetworks
package import Windows

/// Searches for the best setting by cross-validation over groups of the training people. The test people are not looked at.
///
/// Every trial trains on every fold; with several rungs, all trainings of a rung end before the best of its trials go on, so that
/// the chosen setting depends on data, space, seed and budget alone.
package enum Tuner {
  /// Runs on the training windows what has no result yet. Events name trial and fold as network and repeat.
  ///
  /// Returns the ranking, or nil where a stop was requested before the end.
  package static func run(
    _ train: WindowSet, in folder: TuningFolder, _ context: RunContext
  ) throws -> TuningRanking? {
    try folder.readResults()
    let configuration = folder.configuration
    let flops = try configuration.trials.map {
      try Sequential($0.model.network).trainingFlops * $0.model.training.epochs
    }
    var alive = Array(configuration.trials.indices)
    for rung in configuration.trials[0].rungEpochs.indices {
      let jobs = alive.flatMap { trial in
        configuration.folds.indices.map { TuningJob(trial: trial, fold: $0, rung: rung) }
      }
      let known = folder.results.withLock { $0 }
      for job in jobs {
        if let result = known[job] { context.events.publish(.ended(job.id, RepeatRecord(result))) }
      }
      let isComplete = try context.run(jobs.filter { known[$0] == nil }, flops: { flops[$0.trial] }) { job in
        try training(job, train, folder)
      }
      guard isComplete else { return nil }
      // Of a search that goes on, later rungs are known already; they must not decide who gets there.
      let results = folder.results.withLock { $0 }.filter { $0.key.rung <= rung }
      let ranking = TuningRanking(configuration, results)
      try folder.write(ranking)
      let isLast = rung == configuration.trials[0].rungEpochs.count - 1
      let promoted = isLast ? [] : ranking.promoted(from: rung, reduction: configuration.reduction)
      for job in jobs where !promoted.contains(job.trial) { try folder.slot(job).remove() }
      alive = promoted
      if alive.isEmpty { return ranking }
    }
    return TuningRanking(configuration, folder.results.withLock { $0 })
  }

  private static func training(
    _ job: TuningJob, _ train: WindowSet, _ folder: TuningFolder
  ) throws -> RepeatTraining {
    let trial = folder.configuration.trials[job.trial]
    let recipe = DataRecipe(
      .holdingOut(folder.configuration.folds[job.fold], ofBothSplits: false), trial.settings)
    let slot = try folder.slot(job)
    return RepeatTraining(
      id: job.id, model: 0,
      data: { try recipe.data(StoreWindows(train: train, test: train)) }, recipe: recipe,
      slot: slot,
      end: { state in
        try slot.save(state)
        try folder.note(TuningResult(job, state.record))
      }, epochLimit: trial.rungEpochs[job.rung])
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
