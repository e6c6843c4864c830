internal import Foundation

/// Keeps `metrics.csv`, `confusion.csv` and `scores.json` of a run as its repeats go.
final class RunTableWriter: TrainingObserver {
  private let configuration: RunConfiguration
  /// A folder per network.
  private let folders: [String]
  private var records: [TrainingID: RepeatRecord] = [:]

  init(_ configuration: RunConfiguration, folders: [String]) {
    self.configuration = configuration
    self.folders = folders
  }

  func receive(_ event: TrainingEvent) throws {
    switch event {
    case .started(let id, let record): records[id] = record
    case .epochEnded(let id, let report):
      records[id, default: RepeatRecord()].epochs.append(report)
      try write("metrics.csv", tables(id).metrics, id)
    case .ended(let id, let record):
      records[id] = record
      try write("metrics.csv", tables(id).metrics, id)
      try write("confusion.csv", tables(id).confusion, id)
      try RunJSON.write(
        ScoreSummary(configuration, model: id.model, records), "\(folders[id.model])/scores.json")
    case .progress, .warning: break
    }
  }

  private func tables(_ id: TrainingID) -> RunTables { RunTables(configuration, model: id.model, records) }

  private func write(_ name: String, _ text: String, _ id: TrainingID) throws(RunFolderError) {
    try RunFiles.replace("\(folders[id.model])/\(name)", with: Data(text.utf8))
  }
}
