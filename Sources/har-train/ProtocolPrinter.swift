import ActivityData
import Foundation
import Training

/// The tutorial's lines on standard output: a score a repeat in the order of repeats, then the list and the summary.
///
/// `@unchecked Sendable`: called for one event at a time, as `Experiment` delivers them.
final class ProtocolPrinter: @unchecked Sendable {
  private let settings: ExperimentSettings
  private let isSynthetic: Bool
  private var records: [TrainingID: RepeatRecord] = [:]
  private var next = TrainingID(model: 0, repeatIndex: 0)

  init(settings: ExperimentSettings, isSynthetic: Bool) {
    self.settings = settings
    self.isSynthetic = isSynthetic
  }

  /// Takes a repeat's end; prints what can be printed in order.
  func note(_ id: TrainingID, _ record: RepeatRecord) {
    records[id] = record
    while let record = records[next] {
      if next.repeatIndex == 0, settings.models.count > 1 {
        print(settings.models[next.model].configuration.architecture.title)
      }
      let score = record.score.map { $0.decimal(digits: 3) } ?? "diverged"
      print(">#\(next.repeatIndex + 1): \(score)")
      if next.repeatIndex + 1 == settings.repeats {
        summarize(next.model)
        next = TrainingID(model: next.model + 1, repeatIndex: 0)
      } else {
        next = TrainingID(model: next.model, repeatIndex: next.repeatIndex + 1)
      }
    }
    fflush(nil)
  }

  private func summarize(_ model: Int) {
    let scores = Scores(
      (0..<settings.repeats).map { records[TrainingID(model: model, repeatIndex: $0)]?.score })
    print("[" + scores.values.map { $0.map { "\($0)" } ?? "nan" }.joined(separator: ", ") + "]")
    if let mean = scores.mean, let deviation = scores.deviation {
      print("Accuracy: \(mean.decimal(digits: 3))% (+/-\(deviation.decimal(digits: 3)))")
    } else {
      print("Accuracy: none, every repeat diverged")
    }
    if isSynthetic { print("(synthetic recordings: this says nothing about people)") }
  }
}
