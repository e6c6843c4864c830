import Training
import Windows

/// What `evaluate --json` prints (docs/schemas/evaluate.json).
struct EvaluationSummary: Encodable {
  /// What the models of some files, their probabilities averaged, are worth.
  struct Judgement: Encodable {
    struct Measures: Encodable {
      let activity: String
      let windows: Int
      let precision: Double?
      let recall: Double?
      let f1: Double?
    }

    struct Averages: Encodable {
      let precision: Double
      let recall: Double
      let f1: Double

      init(_ measures: AverageMeasures) {
        precision = measures.precision
        recall = measures.recall
        f1 = measures.f1
      }
    }

    /// The name of a run's network.
    let network: String?
    let files: [String]
    let windows: Int
    let correct: Int
    let accuracyPercent: Double
    let loss: Double
    let classes: [Measures]
    let macroAverage: Averages
    let weightedAverage: Averages
    /// Windows by activity (row) and prediction (column).
    let confusion: [[Int]]

    init(_ predictions: Predictions, network: String?, files: [String]) {
      let evaluation = predictions.evaluation
      let classes = ClassMeasures.all(evaluation.confusion)
      self.network = network
      self.files = files
      windows = evaluation.count
      correct = evaluation.correct
      accuracyPercent = evaluation.accuracy * 100
      loss = evaluation.loss
      self.classes = classes.map {
        Measures(
          activity: predictions.store.activityNames[$0.label], windows: $0.windows, precision: $0.precision,
          recall: $0.recall, f1: $0.f1)
      }
      macroAverage = Averages(.macro(classes))
      weightedAverage = Averages(.weighted(classes))
      confusion = evaluation.confusion
    }
  }

  let data: String
  let split: String
  let isSynthetic: Bool
  let seconds: Double
  /// Each model by itself.
  let models: [Judgement]
  /// All models of each of a run's networks together; none for a single file.
  let ensembles: [Judgement]

  init(_ judged: [JudgedWindows], _ split: DatasetSplit, seconds: Double) {
    data = judged[0].store.path
    self.split = split.rawValue
    isSynthetic = judged[0].store.isSynthetic
    self.seconds = seconds
    models = judged.flatMap { windows in
      zip(windows.group.files, windows.members).map {
        Judgement($1, network: windows.group.network, files: [$0])
      }
    }
    ensembles = judged.filter(\.isRun).map {
      Judgement($0.ensemble, network: $0.group.network, files: $0.group.files)
    }
  }
}
