import NeuralNetworks
import Training

/// What a progress view has to expect: names, lengths and arithmetic of all trainings.
struct ProgressPlan {
  /// What trainings are called together.
  let noun: String
  /// Trainings in all.
  let count: Int
  let name: (TrainingID) -> String
  /// The arithmetic of all, in the unit of `epochFlops`.
  let totalFlops: Double
  /// Whether `totalFlops` counts what a training had done before only once, though it begins several times.
  let isIncremental: Bool
  private let models: [ExperimentSettings.Model]
  private let flops: [Double]

  func epochs(_ id: TrainingID) -> Int { models[id.model].training.epochs }
  /// The arithmetic of one of a training's epochs, per window.
  func epochFlops(_ id: TrainingID) -> Double { flops[id.model] }

  /// The repeats of an experiment.
  init(_ settings: ExperimentSettings) throws {
    (models, flops) = (settings.models, try Self.flops(settings.models))
    isIncremental = false
    noun = "repeats"
    count = models.count * settings.repeats
    name = { "\(settings.models[$0.model].title) #\($0.repeatIndex + 1)" }
    totalFlops = Self.total(models, flops) * Double(settings.repeats)
  }

  /// The trainings of a cross-validation, whose folds stand for networks.
  init(_ configuration: CrossValidationConfiguration) throws {
    models = Array(repeating: configuration.model, count: configuration.folds.count)
    flops = try Self.flops(models)
    isIncremental = false
    noun = "trainings"
    count = models.count * configuration.repeats
    let repeats = configuration.repeats
    name = { "fold \($0.model + 1)\(repeats > 1 ? " #\($0.repeatIndex + 1)" : "")" }
    totalFlops = Self.total(models, flops) * Double(repeats)
  }

  /// The trainings of a search, of which the later rungs' are not known beforehand: taken to be like the average.
  init(_ search: TuningConfiguration) throws {
    models = search.trials.map(\.model)
    flops = try Self.flops(models)
    isIncremental = true
    noun = "trainings"
    name = { "trial \($0.model + 1), fold \($0.repeatIndex + 1)" }
    let average = Self.total(models, flops) / Double(models.count)
    let rungEpochs = search.trials[0].rungEpochs
    var (trainings, epochs) = (0, 0)
    var alive = models.count
    for (rung, end) in rungEpochs.enumerated() {
      trainings += alive * search.folds.count
      epochs += alive * search.folds.count * (end - (rung == 0 ? 0 : rungEpochs[rung - 1]))
      alive = max(1, alive / search.reduction)
    }
    count = trainings
    totalFlops = average * Double(epochs) / Double(rungEpochs.last ?? 1)
  }

  private static func flops(_ models: [ExperimentSettings.Model]) throws -> [Double] {
    try models.map { Double(try Sequential($0.network).trainingFlops) }
  }

  /// The arithmetic of a training of each model.
  private static func total(_ models: [ExperimentSettings.Model], _ flops: [Double]) -> Double {
    zip(models, flops).reduce(0) { $0 + Double($1.0.training.epochs) * $1.1 }
  }
}
