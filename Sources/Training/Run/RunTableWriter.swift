internal import Foundation
internal import SystemSupport

/// Keeps `metrics.csv`, `confusion.csv` and `scores.json` of a run as its repeats go.
final class RunTableWriter: TrainingObserver {
  private let folder: RunFolder
  private var records: [TrainingID: RepeatRecord] = [:]

  init(_ folder: RunFolder) { self.folder = folder }

  func receive(_ event: TrainingEvent) throws {
    switch event {
    case .started(let id, let record): records[id] = record
    case .epochEnded(let id, let report):
      records[id, default: RepeatRecord()].epochs.append(report)
      try write(metrics(id.model), path("metrics.csv", id))
    case .ended(let id, let record):
      records[id] = record
      try write(metrics(id.model), path("metrics.csv", id))
      try write(confusion(id.model), path("confusion.csv", id))
      try RunJSON.write(ScoreSummary(folder.configuration, model: id.model, records), path("scores.json", id))
    case .progress, .warning: break
    }
  }

  private func path(_ name: String, _ id: TrainingID) -> String {
    "\(folder.path)\(folder.configuration.subfolders[id.model])/\(name)"
  }

  private func write(_ table: CSVTable, _ path: String) throws { try AtomicFile.replace(path, with: table.text.utf8) }

  private func metrics(_ model: Int) -> CSVTable {
    var table = CSVTable(columns: [
      "repeat", "epoch", "loss", "accuracy", "validation_loss", "validation_accuracy", "learning_rate", "seconds",
      "samples_per_second",
    ])
    for (id, record) in records.repeats(of: model) {
      for epoch in record.epochs {
        let numbers = [
          epoch.loss, epoch.accuracy, epoch.validationLoss, epoch.validationAccuracy, epoch.learningRate,
          epoch.seconds, epoch.samplesPerSecond,
        ]
        table.append(["\(id.repeatIndex + 1)", "\(epoch.epoch + 1)"] + numbers.map { $0.map { "\($0)" } })
      }
    }
    return table
  }

  /// Test windows by activity (row) and prediction (column), a block per repeat.
  private func confusion(_ model: Int) -> CSVTable {
    let activityNames = folder.configuration.store.activityNames
    var table = CSVTable(columns: ["repeat", "activity"] + activityNames)
    for (id, record) in records.repeats(of: model) {
      for (name, counts) in zip(activityNames, record.confusion ?? []) {
        table.append(["\(id.repeatIndex + 1)", name] + counts.map { "\($0)" })
      }
    }
    return table
  }
}

extension [TrainingID: RepeatRecord] {
  /// A network's repeats in their order.
  func repeats(of model: Int) -> [Element] { filter { $0.key.model == model }.sorted { $0.key < $1.key } }
}
