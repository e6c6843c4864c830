internal import Kernels
internal import ModelFiles
internal import NeuralNetworks
internal import SystemSupport
internal import Windows

/// One repeat from its first step, or from where it was saved, to its end.
struct RepeatTraining {
  let id: TrainingID
  let settings: ExperimentSettings
  let data: ExperimentData
  let storage: (any RepeatStorage)?
  /// The repeat that random numbers are drawn for, and the network in the settings.
  var model = 0
  /// The epochs after which it is judged, where that is before its last.
  var epochLimit: Int?

  private var training: TrainingSettings { settings.models[model].training }
  private var lastEpoch: Int { min(training.epochs, epochLimit ?? training.epochs) }

  /// Trains. Returns nil where a stop was requested; the state is then saved.
  func run(_ context: RunContext, threads: () -> Int) throws -> RepeatRecord? {
    let trainer = Trainer(
      model: try Sequential(settings.models[model].network), kernels: context.kernels, settings: training,
      repeatIndex: id.repeatIndex, windows: data.trainingWindows(training), scaling: data.scaling,
      stop: context.stop)
    if let weights = data.startingWeights[model] { trainer.parameters.write(weights) }
    var record = try storage?.load(id, into: trainer) ?? RepeatRecord()
    context.events.publish(.started(id, record))
    context.events.follow(id, trainer.live)
    defer { context.events.follow(id, nil) }
    let observers = observers()
    while record.status == .running, trainer.progress.epoch < lastEpoch,
      !observers.contains(where: { $0.endsTraining(record) })
    {
      switch try trainer.runEpoch(threads: threads()) {
      case .completed(var report):
        if let validation = data.validation {
          let evaluation = evaluate(trainer, on: validation, context, threads())
          report.validationLoss = evaluation.loss
          report.validationAccuracy = evaluation.accuracy
        }
        record.epochs.append(report)
        record.progress = trainer.progress
        for observer in observers { try observer.epochEnded(report, &record, trainer) }
        context.events.publish(.epochEnded(id, report))
      case .interrupted: break
      case .diverged: record.status = .diverged
      }
      record.progress = trainer.progress
      if context.stop.isRequested, record.status == .running, trainer.progress.epoch < lastEpoch {
        try storage?.save(id, record, trainer)
        return nil
      }
    }
    if record.status == .running { score(trainer, &record, context, threads()) }
    try storage?.end(id, record, trainer)
    context.events.publish(.ended(id, record))
    return record
  }

  private func observers() -> [any EpochObserver] {
    var observers: [any EpochObserver] = []
    if let patience = settings.earlyStoppingPatience { observers.append(EarlyStopping(patience: patience)) }
    if training.schedule == .onPlateau { observers.append(ReduceOnPlateau()) }
    if let storage, settings.checkpointEvery > 0 {
      observers.append(CheckpointWriter(id: id, interval: settings.checkpointEvery, storage: storage))
    }
    return observers
  }

  private func score(_ trainer: Trainer, _ record: inout RepeatRecord, _ context: RunContext, _ threads: Int) {
    record.weightsDigest = trainer.weightsDigest
    let evaluation = evaluate(trainer, on: data.test, context, threads)
    record.status = evaluation.loss.isFinite ? .finished : .diverged
    guard record.status == .finished else { return }
    record.score = evaluation.accuracy * 100
    record.testLoss = evaluation.loss
    record.confusion = evaluation.confusion
  }

  private func evaluate(
    _ trainer: Trainer, on windows: WindowSet, _ context: RunContext, _ threads: Int
  ) -> Evaluation {
    Predictor(model: trainer.model, kernels: context.kernels, parameters: trainer.parameters)
      .evaluate(windows, threads: threads)
  }
}
