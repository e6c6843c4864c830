internal import Foundation
internal import SystemSupport

/// Keeps `metrics.csv`, `confusion.csv` and `scores.json` of a run as its repeats go.
///
/// The table of epochs is written whole each time, which takes longer the longer it is. Where epochs are short it waits: else events
/// would pile up, and a training of many epochs would be long over before its last table is written.
package final class RunTableWriter: TrainingObserver {
  private let folder: RunFolder
  private let clock: () -> ContinuousClock.Instant
  private var records: [TrainingID: RepeatRecord] = [:]
  /// The networks whose epochs are not all in their table, each with a repeat that has some of them.
  private var waiting: [Int: TrainingID] = [:]
  private var nextTable: ContinuousClock.Instant?

  /// So many times as long as tables took to write, none is written.
  private static let pause = 20

  /// - Parameter clock: what time it is.
  package init(_ folder: RunFolder, clock: @escaping () -> ContinuousClock.Instant = { .now }) {
    self.folder = folder
    self.clock = clock
  }

  package func receive(_ event: TrainingEvent) throws {
    switch event {
    case .started(let id, let record): records[id] = record
    case .epochEnded(let id, let report):
      records[id, default: RepeatRecord()].epochs.append(report)
      waiting[id.model] = id
      if nextTable.map({ clock() >= $0 }) ?? true { try finish() }
    case .ended(let id, let record):
      records[id] = record
      waiting[id.model] = nil
      try writeMetrics(id)
      try AtomicFile.replace(path("confusion.csv", id), with: confusion(id.model).text.utf8)
      try RunJSON.write(ScoreSummary(folder.configuration, model: id.model, records), path("scores.json", id))
    case .progress, .warning: break
    }
  }

  /// Writes the tables that wait.
  package func finish() throws {
    let begin = clock()
    for (model, id) in waiting.sorted(by: { $0.key < $1.key }) {
      try writeMetrics(id)
      waiting[model] = nil
    }
    let end = clock()
    nextTable = end + (end - begin) * Self.pause
  }

  private func path(_ name: String, _ id: TrainingID) -> String {
    "\(folder.path)\(folder.configuration.subfolders[id.model])/\(name)"
  }

  /// Line by line: a long training's table needs no more memory than a short one's.
  private func writeMetrics(_ id: TrainingID) throws {
    let rows = records.repeats(of: id.model).lazy.flatMap { id, record in
      record.epochs.lazy.map { epoch in
        ["\(id.repeatIndex + 1)", "\(epoch.epoch + 1)"] + epoch.numbers.map { $0.map { "\($0)" } }
      }
    }
    let lines = CSVTable.lines(columns: ["repeat", "epoch"] + EpochReport.numberNames, rows: rows)
    try AtomicFile.replace(path("metrics.csv", id), withLines: lines)
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
