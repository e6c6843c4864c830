import Foundation
import SystemSupport
import Training

/// The tutorial's lines on standard output: a score per repeat in the order of repeats, then the list and the summary.
final class ProtocolPrinter: TrainingObserver {
  private let settings: ExperimentSettings
  private let isSynthetic: Bool
  private let view: ProgressView
  private var records: [TrainingID: RepeatRecord] = [:]
  private var waiting: ArraySlice<TrainingID>

  /// A printer for which `view` makes room.
  init(settings: ExperimentSettings, isSynthetic: Bool, view: ProgressView) {
    self.settings = settings
    waiting = settings.trainings[...]
    self.isSynthetic = isSynthetic
    self.view = view
  }

  func receive(_ event: TrainingEvent) throws {
    guard case .ended(let id, let record) = event else { return }
    records[id] = record
    try view.aside { try printWhatIsInOrder() }
  }

  private func printWhatIsInOrder() throws {
    while let id = waiting.first, let record = records[id] {
      waiting.removeFirst()
      if id.repeatIndex == 0, settings.models.count > 1 {
        try StandardOutput.writeLine(settings.models[id.model].title)
      }
      try StandardOutput.writeLine(">#\(id.repeatIndex + 1): \(record.score?.decimal(digits: 3) ?? "diverged")")
      if id.repeatIndex + 1 == settings.repeats { try summarize(id.model) }
    }
  }

  private func summarize(_ model: Int) throws {
    let scores = Scores(
      (0..<settings.repeats).map { records[TrainingID(model: model, repeatIndex: $0)]?.score })
    try StandardOutput.writeLine("[" + scores.values.map { $0.map { "\($0)" } ?? "nan" }.joined(separator: ", ") + "]")
    if let mean = scores.mean, let deviation = scores.deviation {
      try StandardOutput.writeLine("Accuracy: \(mean.decimal(digits: 3))% (+/-\(deviation.decimal(digits: 3)))")
    } else {
      try StandardOutput.writeLine("Accuracy: none, every repeat diverged")
    }
    if isSynthetic { try StandardOutput.writeLine(syntheticNote) }
  }
}
