import Foundation
import NeuralNetworks

/// What `scores.json` holds and `--json` prints for a network: its repeats, and the mean and deviation of those that have a score.
public struct ScoreSummary: Sendable, Encodable, Equatable {
  /// A repeat.
  public struct Repeat: Sendable, Encodable, Equatable {
    /// From 1.
    public let number: Int
    /// How it stands.
    public let status: RepeatRecord.Status
    /// Completed epochs.
    public let epochs: Int
    /// Test accuracy in percent, and mean test loss.
    public let score: Double?
    /// The mean loss on the test windows.
    public let testLoss: Double?
    /// SHA-256 of the final weights.
    public let weightsSha256: String?
  }

  /// The network.
  public let model: Architecture
  /// Whether the recordings are made up.
  public let isSynthetic: Bool
  /// Repeats that were asked for.
  public let repeatsPlanned: Int
  /// Those that have ended, in their order.
  public let repeats: [Repeat]
  /// The mean of the scores in percent; nil for none.
  public let mean: Double?
  /// Their standard deviation, with divisor n.
  public let deviation: Double?
  /// Numbers of the repeats that diverged; they count in no mean.
  public let diverged: [Int]

  /// The summary of what has ended.
  public init(_ configuration: RunConfiguration, model index: Int, _ records: [TrainingID: RepeatRecord]) {
    let ended = records.filter { $0.key.model == index && $0.value.status != .running }.sorted { $0.key < $1.key }
    model = configuration.settings.models[index].configuration.architecture
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
public struct RunSummary: Sendable, Encodable {
  /// The folder.
  public let run: String
  /// A summary a network.
  public let models: [ScoreSummary]

  /// The summary of a run's records.
  public init(_ run: RunFolder, _ records: [TrainingID: RepeatRecord]) {
    self.run = run.path
    models = run.configuration.settings.models.indices.map { ScoreSummary(run.configuration, model: $0, records) }
  }

  /// The summary as JSON, on several lines.
  public func json() throws -> String { String(decoding: try RunJSON.encode(self, isPretty: true), as: UTF8.self) }
}
