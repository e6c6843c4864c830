public import ActivityData
public import Kernels
import NeuralNetworks
import Synchronization

/// Searches for the best setting by cross-validation over groups of the training people. The test people are not looked at.
///
/// Every trial trains on every fold; with several rungs, all trainings of a rung end before the best of its trials go on, so that
/// the chosen setting depends on data, space, seed and budget alone.
public final class Tuner: Sendable {
  private let folder: TuningFolder
  private let train: WindowSet
  private let kernels: KernelSet
  private let stop: StopRequest
  private let notify: @Sendable (ExperimentEvent) -> Void

  /// A search about to run on the training windows. Events name trial and fold as network and repeat, and are delivered one at a time.
  public init(
    folder: TuningFolder, train: WindowSet, kernels: KernelSet, stop: StopRequest,
    notify: @escaping @Sendable (ExperimentEvent) -> Void
  ) {
    self.folder = folder
    self.train = train
    self.kernels = kernels
    self.stop = stop
    let turn = Mutex(())
    self.notify = { event in turn.withLock { _ in notify(event) } }
  }

  /// Runs what has no result yet, at most `concurrentModels` trainings at once on `threads` threads in all.
  ///
  /// Returns the ranking, or nil where a stop was requested before the end.
  public func run(threads: Int, concurrentModels: Int) throws -> TuningRanking? {
    let configuration = folder.configuration
    var alive = Array(configuration.trials.indices)
    for rung in configuration.trials[0].rungEpochs.indices {
      let jobs = alive.flatMap { trial in
        configuration.folds.indices.map { TuningJob(trial: trial, fold: $0, rung: rung) }
      }
      guard try run(jobs, threads: threads, concurrentModels: concurrentModels) else { return nil }
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

  private func run(_ jobs: [TuningJob], threads: Int, concurrentModels: Int) throws -> Bool {
    let results = folder.results
    let work = folder.configuration.trials.map { trial in
      trial.settings.models[0].configuration.makeModel().trainingWork * trial.settings.models[0].training.epochs
    }
    for job in jobs {
      guard let result = results[job] else { continue }
      notify(.ended(job.id, RepeatRecord(result)))
    }
    // The longest first, so that none of them is left alone at the end.
    let open = jobs.filter { results[$0] == nil }.sorted { (work[$0.trial], $1) > (work[$1.trial], $0) }
    return try TrainingPool(open, threads: threads, stop: stop).run(concurrentJobs: concurrentModels) {
      [self] job, threads in
      guard let record = try training(job, threads: threads).run() else { return false }
      try folder.note(TuningResult(job, record))
      return true
    }
  }

  private func training(_ job: TuningJob, threads: @escaping @Sendable () -> Int) throws -> RepeatTraining {
    let configuration = folder.configuration
    let held = Set(configuration.folds[job.fold])
    let settings = configuration.trials[job.trial].settings
    let data = try ExperimentData(
      train: train.selecting { !held.contains($0) }, test: train.selecting { held.contains($0) },
      settings: settings)
    return RepeatTraining(
      id: TrainingID(model: 0, repeatIndex: job.fold), settings: settings, kernels: kernels, data: data,
      threads: threads, stop: stop, storage: TuningStorage(slot: try folder.slot(job)),
      notify: { [notify] event in notify(event.renamed(job.id)) },
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
      seconds: record.epochs.reduce(0) { $0 + $1.result.seconds })
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

extension ExperimentEvent {
  /// The same event under another name.
  func renamed(_ id: TrainingID) -> ExperimentEvent {
    switch self {
    case .started(_, let epoch, let threads): .started(id, fromEpoch: epoch, threads: threads)
    case .training(_, let event): .training(id, event)
    case .ended(_, let record): .ended(id, record)
    }
  }
}
