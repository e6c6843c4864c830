import NeuralNetworks
import Training

/// What a progress view has to expect: names, lengths and arithmetic of all trainings.
struct ProgressPlan {
  /// What trainings are called together.
  let noun: String
  /// Trainings in all.
  let count: Int
  /// A training's name.
  let name: (TrainingID) -> String
  /// A training's epochs.
  let epochs: (TrainingID) -> Int
  /// The arithmetic of one of its epochs, in whatever unit.
  let epochWork: (TrainingID) -> Double
  /// The arithmetic of all, in the same unit.
  let totalWork: Double
  /// Whether `totalWork` counts what a training had done before only once, though it begins several times.
  let isIncremental: Bool

  /// The repeats of an experiment.
  init(_ settings: ExperimentSettings) {
    let work = settings.models.map { Double($0.configuration.makeModel().trainingWork) }
    isIncremental = false
    noun = "repeats"
    count = settings.models.count * settings.repeats
    name = { "\(settings.models[$0.model].configuration.architecture.title) #\($0.repeatIndex + 1)" }
    epochs = { settings.models[$0.model].training.epochs }
    epochWork = { work[$0.model] }
    totalWork = settings.models.indices.reduce(0) {
      $0 + work[$1] * Double(settings.models[$1].training.epochs * settings.repeats)
    }
  }

  /// The trainings of a search, of which the later rungs' are not known beforehand: taken to be like the average.
  init(_ search: TuningConfiguration) {
    let work = search.trials.map { Double($0.settings.models[0].configuration.makeModel().trainingWork) }
    let folds = search.folds.count
    var alive = search.trials.count
    var trainings = 0
    var total = 0.0
    let average = zip(search.trials, work).reduce(0) { $0 + Double($1.0.rungEpochs.last ?? 1) * $1.1 } / Double(alive)
    var former = 0.0
    for rung in search.trials[0].rungEpochs.indices {
      let share = Double(search.trials[0].rungEpochs[rung]) / Double(search.trials[0].rungEpochs.last ?? 1)
      trainings += alive * folds
      total += Double(alive * folds) * average * (share - former)
      former = share
      alive = max(1, alive / search.reduction)
    }
    isIncremental = true
    noun = "trainings"
    count = trainings
    name = { "trial \($0.model + 1), fold \($0.repeatIndex + 1)" }
    epochs = { search.trials[$0.model].rungEpochs.last ?? 1 }
    epochWork = { work[$0.model] }
    totalWork = total
  }
}
