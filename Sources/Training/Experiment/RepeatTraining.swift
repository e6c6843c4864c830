internal import Foundation
internal import Kernels
internal import ModelFiles
internal import NeuralNetworks
internal import SystemSupport
internal import Windows

/// One repeat from its first step, or from where it was saved, to its end.
struct RepeatTraining {
  /// Its events' name, and the repeat that random numbers are drawn for.
  let id: TrainingID
  /// The network's place in the settings.
  let model: Int
  /// Its windows, made where they are wanted: not for a training that another process carries out.
  let data: () throws -> ExperimentData
  /// The weights that it starts from; nil for fresh ones.
  var startingWeights: [Float]?
  /// How another process finds the data, and all that the training depends on besides.
  let recipe: DataRecipe
  let slot: any TrainingSlot
  /// Keeps what the repeat came to.
  let end: (Checkpoint) throws -> Void
  /// The epochs after which it is judged, where that is before its last.
  var epochLimit: Int?

  private var settings: ExperimentSettings { recipe.settings }
  private var training: TrainingSettings { settings.models[model].training }
  private var lastEpoch: Int { min(training.epochs, epochLimit ?? training.epochs) }

  /// What another process must know to carry it out, from its first step.
  var order: TrainingOrder {
    TrainingOrder(
      model: id.model, repeatIndex: id.repeatIndex, network: model, recipe: recipe,
      epochLimit: epochLimit)
  }

  /// Trains. Returns whether it came to its end; false where a stop was requested, and the state is saved.
  ///
  /// - Parameter team: the processes that carry it out together; nil for one by itself.
  func run(_ context: RunContext, with team: RankTeam? = nil, threads: () -> Int) throws -> Bool {
    let data = try data()
    let trainer = try order.trainer(data, context.kernels, context.stop, team?.communicator)
    if let startingWeights { trainer.parameters.write(startingWeights) }
    var record = try slot.load(into: trainer) ?? RepeatRecord()
    // What was judged at an earlier limit goes on.
    if record.status == .finished {
      record.status = .running
      record.forgetEnd()
      trainer.exchangeBest()
    }
    context.events.publish(.started(id, record))
    context.events.follow(id, trainer.live)
    defer { context.events.follow(id, nil) }
    let together = try team.map { team in
      var order = order
      (order.record, order.scaling) = (record, trainer.scalingText)
      return try TogetherTraining(order, trainer, context.kernels, team)
    }
    defer { together?.end() }
    func evaluate(_ windows: WindowSet, _ which: PredictedWindows) throws -> Evaluation {
      try together?.evaluate(windows, which, threads: threads())
        ?? Predictor(model: trainer.model, kernels: context.kernels, parameters: trainer.parameters)
        .evaluate(windows, threads: threads())
    }
    let observers = observers()
    while record.status == .running, trainer.progress.epoch < lastEpoch,
      !observers.contains(where: { $0.endsTraining(record) })
    {
      switch try together?.runEpoch(threads: threads()) ?? trainer.runEpoch(threads: threads()) {
      case .completed(var report):
        if let validation = data.validation {
          let evaluation = try evaluate(validation, .validation)
          report.validationLoss = evaluation.loss
          report.validationAccuracy = evaluation.accuracy
        }
        record.epochs.append(report)
        record.progress = trainer.progress
        for observer in observers { try observer.epochEnded(report, &record, trainer) }
        context.events.publish(.epochEnded(id, report))
      case .interrupted: break
      case .diverged: record.status = .diverged
      case .unreadable(let error):
        if let error { throw error }
        throw RankTeam.unexpected(0)
      }
      record.progress = trainer.progress
      if context.stop.isRequested, record.status == .running, trainer.progress.epoch < lastEpoch {
        try slot.save(trainer.checkpoint(record))
        return false
      }
    }
    if record.status == .running {
      trainer.exchangeBest()
      record.weightsDigest = trainer.weightsDigest
      score(&record, try evaluate(data.test, .test))
    }
    try end(trainer.checkpoint(record))
    context.events.publish(.ended(id, record))
    return true
  }

  private func observers() -> [any EpochObserver] {
    var observers: [any EpochObserver] = []
    if let patience = settings.earlyStoppingPatience { observers.append(EarlyStopping(patience: patience)) }
    if settings.restoresBest == true { observers.append(BestWeights()) }
    if training.schedule == .onPlateau { observers.append(ReduceOnPlateau()) }
    if settings.checkpointEvery > 0 {
      observers.append(CheckpointWriter(interval: settings.checkpointEvery, slot: slot))
    }
    return observers
  }

  /// A loss above that of giving every class the same probability, ln of their number, is that of a network which has learned nothing.
  private func warning(_ record: RepeatRecord, classes: Int) -> String? {
    let guessing = log(Double(classes))
    guard let loss = record.finalEpoch?.loss, loss > guessing else { return nil }
    return
      "its loss of \(loss.decimal(digits: 3)) is above the \(guessing.decimal(digits: 3)) of guessing among \(classes) activities: "
      + "it has learned nothing (more epochs, a smaller learning rate or clip-norm may help)"
  }

  private func score(_ record: inout RepeatRecord, _ evaluation: Evaluation) {
    record.status = evaluation.loss.isFinite ? .finished : .diverged
    guard record.status == .finished else { return }
    record.warning = warning(record, classes: evaluation.confusion.count)
    record.score = evaluation.accuracy * 100
    record.testLoss = evaluation.loss
    record.confusion = evaluation.confusion
  }
}
