/// What `scores.json` holds and `--json` prints for a network: its repeats, and the mean and deviation of those that have a score.
struct ScoreSummary: Codable {
  struct Repeat: Codable {
    /// From 1.
    let number: Int
    let status: RepeatRecord.Status
    let epochs: Int
    /// The epoch, from 1, whose weights it ended with.
    let weightsEpoch: Int?
    /// Whether early stopping ended it.
    let isStoppedEarly: Bool
    /// Test accuracy in percent.
    let score: Double?
    let testLoss: Double?
    let weightsSha256: String?
    let warning: String?
  }

  let model: String
  let isSynthetic: Bool
  let repeatsPlanned: Int
  /// Those that have ended, in their order.
  let repeats: [Repeat]
  /// Of the scores in percent, with divisor n; nil for none.
  let mean: Double?
  let deviation: Double?
  /// Numbers of the repeats that diverged; they count in no mean.
  let diverged: [Int]

  init(_ configuration: RunConfiguration, model index: Int, _ records: [TrainingID: RepeatRecord]) {
    let ended = records.repeats(of: index).filter { $0.value.status != .running }
    model = configuration.settings.models[index].name
    isSynthetic = configuration.store.isSynthetic
    repeatsPlanned = configuration.settings.repeats
    repeats = ended.map { id, record in
      Repeat(
        number: id.repeatIndex + 1, status: record.status, epochs: record.progress.epoch,
        weightsEpoch: record.finalEpoch.map { $0.epoch + 1 }, isStoppedEarly: record.isStoppedEarly ?? false,
        score: record.score, testLoss: record.testLoss, weightsSha256: record.weightsDigest, warning: record.warning)
    }
    let scores = Scores(ended.map(\.value.score))
    mean = scores.mean
    deviation = scores.deviation
    diverged = repeats.filter { $0.status == .diverged }.map(\.number)
  }
}

/// What `--json` prints of a whole run (docs/schemas/run.json).
package struct RunSummary: Encodable {
  let run: String
  /// The store's path.
  let data: String
  let seed: UInt64
  /// Of the trainings' epochs one after the other, those before an interruption too.
  let seconds: Double
  let models: [ScoreSummary]
}

extension RunFolder {
  /// What the trainings of a run came to.
  package func summary(_ records: [TrainingID: RepeatRecord]) -> RunSummary {
    let models = configuration.settings.models
    return RunSummary(
      run: path, data: configuration.store.path, seed: models[0].training.seed,
      seconds: records.values.flatMap(\.epochs).reduce(0) { $0 + $1.seconds },
      models: models.indices.map { ScoreSummary(configuration, model: $0, records) })
  }
}
