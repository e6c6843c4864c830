import Kernels
import NeuralNetworks

/// One repeat from its first step, or from where it was saved, to its end.
struct RepeatTraining {
  let id: TrainingID
  let settings: ExperimentSettings
  let kernels: KernelSet
  let data: ExperimentData
  /// The threads that it may use now.
  let threads: @Sendable () -> Int
  let stop: StopRequest
  let storage: (any TrainingStorage)?
  let notify: @Sendable (ExperimentEvent) -> Void

  /// The epochs after which it is judged, where that is before its last.
  var epochLimit: Int?

  private var training: TrainingSettings { settings.models[id.model].training }

  private var lastEpoch: Int { min(training.epochs, epochLimit ?? training.epochs) }

  /// Trains. Returns nil where a stop was requested; the state is then saved.
  func run() throws -> RepeatRecord? {
    let trainer = Trainer(
      model: settings.models[id.model].configuration.makeModel(), kernels: kernels, settings: training,
      repeatIndex: id.repeatIndex, data: data.train, stop: stop)
    var record = try storage?.load(id, into: trainer) ?? RepeatRecord()
    notify(.started(id, fromEpoch: trainer.progress.epoch, threads: threads()))
    while record.status == .running, trainer.progress.epoch < lastEpoch, !isStoppedEarly(record) {
      switch trainer.runEpoch(
        threads: threads(), onEvent: { notify(.training(id, $0)) })
      {
      case .completed(let result): try finishEpoch(result, trainer, &record)
      case .interrupted:
        record.progress = trainer.progress
        try storage?.save(id, record, trainer)
        return nil
      case .diverged: record.status = .diverged
      }
      if stop.isRequested, record.status == .running, trainer.progress.epoch < lastEpoch {
        try storage?.save(id, record, trainer)
        return nil
      }
    }
    record.progress = trainer.progress
    if record.status == .running {
      record.weightsDigest = trainer.weightsDigest
      score(trainer, &record)
    }
    try storage?.noteEnd(id, record, trainer)
    notify(.ended(id, record))
    return record
  }

  private func isStoppedEarly(_ record: RepeatRecord) -> Bool {
    guard let patience = settings.earlyStoppingPatience else { return false }
    return record.stoppingWatch.epochsSinceBest >= patience
  }

  private func finishEpoch(_ result: EpochResult, _ trainer: Trainer, _ record: inout RepeatRecord) throws {
    var epoch = RepeatRecord.Epoch(result: result)
    if let validation = data.validation {
      let evaluation = evaluate(trainer, on: validation)
      epoch.validationLoss = evaluation.loss
      epoch.validationAccuracy = evaluation.accuracy
      record.stoppingWatch.observe(evaluation.loss)
    }
    record.epochs.append(epoch)
    if training.schedule == .onPlateau {
      record.plateauWatch.observe(epoch.validationLoss ?? result.loss)
      if record.plateauWatch.epochsSinceBest >= 2 {
        record.plateauWatch.restart()
        trainer.progress.learningRate = max(trainer.progress.learningRate / 2, training.learningRate / 100)
      }
    }
    record.progress = trainer.progress
    try storage?.noteEpoch(id, record)
    if settings.checkpointEvery > 0, trainer.progress.epoch % settings.checkpointEvery == 0 {
      try storage?.save(id, record, trainer)
    }
  }

  private func score(_ trainer: Trainer, _ record: inout RepeatRecord) {
    let evaluation = evaluate(trainer, on: data.test)
    record.status = evaluation.loss.isFinite ? .finished : .diverged
    guard record.status == .finished else { return }
    record.score = evaluation.accuracy * 100
    record.testLoss = evaluation.loss
    record.confusion = evaluation.confusion
  }

  private func evaluate(_ trainer: Trainer, on windows: TrainingData) -> Evaluation {
    let predictor = Predictor(model: trainer.model, kernels: kernels, parameters: trainer.parameters)
    return Evaluation(
      probabilities: predictor.probabilities(windows, threads: threads()), labels: windows.labels,
      classes: trainer.model.classCount)
  }
}
