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
  /// The arithmetic of one of its epochs, per window.
  let epochFlops: (TrainingID) -> Double
  /// The arithmetic of all, in the same unit.
  let totalFlops: Double
  /// Whether `totalFlops` counts what a training had done before only once, though it begins several times.
  let isIncremental: Bool

  /// The repeats of an experiment.
  init(_ settings: ExperimentSettings) throws {
    let flops = try settings.models.map { Double(try Sequential($0.network).trainingFlops) }
    isIncremental = false
    noun = "repeats"
    count = settings.models.count * settings.repeats
    name = { "\(settings.models[$0.model].title) #\($0.repeatIndex + 1)" }
    epochs = { settings.models[$0.model].training.epochs }
    epochFlops = { flops[$0.model] }
    totalFlops = settings.models.indices.reduce(0) {
      $0 + flops[$1] * Double(settings.models[$1].training.epochs * settings.repeats)
    }
  }

  /// The trainings of a search, of which the later rungs' are not known beforehand: taken to be like the average.
  init(_ search: TuningConfiguration) throws {
    let flops = try search.trials.map { Double(try Sequential($0.settings.models[0].network).trainingFlops) }
    let folds = search.folds.count
    var alive = search.trials.count
    var trainings = 0
    var total = 0.0
    let average = zip(search.trials, flops).reduce(0) { $0 + Double($1.0.rungEpochs.last ?? 1) * $1.1 } / Double(alive)
    var previous = 0.0
    for rung in search.trials[0].rungEpochs.indices {
      let share = Double(search.trials[0].rungEpochs[rung]) / Double(search.trials[0].rungEpochs.last ?? 1)
      trainings += alive * folds
      total += Double(alive * folds) * average * (share - previous)
      previous = share
      alive = max(1, alive / search.reduction)
    }
    isIncremental = true
    noun = "trainings"
    count = trainings
    name = { "trial \($0.model + 1), fold \($0.repeatIndex + 1)" }
    epochs = { search.trials[$0.model].rungEpochs.last ?? 1 }
    epochFlops = { flops[$0.model] }
    totalFlops = total
  }
}
