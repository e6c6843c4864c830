internal import Foundation

/// What `scores.json` holds and `--json` prints for a network: its repeats, and the mean and deviation of those that have a score.
package struct ScoreSummary: Sendable, Encodable, Equatable {
  package struct Repeat: Sendable, Encodable, Equatable {
    /// From 1.
    package let number: Int
    package let status: RepeatRecord.Status
    /// Completed epochs.
    package let epochs: Int
    /// Test accuracy in percent.
    package let score: Double?
    /// The mean loss on the test windows.
    package let testLoss: Double?
    /// SHA-256 of the final weights.
    package let weightsSha256: String?
  }

  /// The network's name.
  package let model: String
  /// Whether the recordings are made up.
  package let isSynthetic: Bool
  /// Repeats that were asked for.
  package let repeatsPlanned: Int
  /// Those that have ended, in their order.
  package let repeats: [Repeat]
  /// The mean of the scores in percent; nil for none.
  package let mean: Double?
  /// Their standard deviation, with divisor n.
  package let deviation: Double?
  /// Numbers of the repeats that diverged; they count in no mean.
  package let diverged: [Int]

  /// The summary of what has ended.
  package init(_ configuration: RunConfiguration, model index: Int, _ records: [TrainingID: RepeatRecord]) {
    let ended = records.filter { $0.key.model == index && $0.value.status != .running }.sorted { $0.key < $1.key }
    model = configuration.settings.models[index].name
    isSynthetic = configuration.store.isSynthetic
    repeatsPlanned = configuration.settings.repeats
    repeats = ended.map { id, record in
      Repeat(
        number: id.repeatIndex + 1, status: record.status, epochs: record.progress.epoch, score: record.score,
        testLoss: record.testLoss, weightsSha256: record.weightsDigest)
    }
    let scores = Scores(ended.map(\.value.score))
    mean = scores.mean
    deviation = scores.deviation
    diverged = repeats.filter { $0.status == .diverged }.map(\.number)
  }
}

/// What `--json` prints of a whole run.
package struct RunSummary: Sendable, Encodable {
  /// The folder.
  package let run: String
  package let models: [ScoreSummary]

  package init(_ run: RunFolder, _ records: [TrainingID: RepeatRecord]) {
    self.run = run.path
    models = run.configuration.settings.models.indices.map { ScoreSummary(run.configuration, model: $0, records) }
  }

  /// The summary as JSON, on several lines.
  package func json() throws -> String { String(decoding: try RunJSON.encode(self, isPretty: true), as: UTF8.self) }
}
