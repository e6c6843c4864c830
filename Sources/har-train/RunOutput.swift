import ActivityData
import Foundation
import NeuralNetworks
import Synchronization
import Training

/// The folder that a run leaves behind: a model file a repeat in Keras's format, and the course of every epoch.
///
/// Several networks get a subfolder each. Files appear whole or not at all.
final class RunOutput: TrainingStorage {
  private let folders: [String]
  private let settings: ExperimentSettings
  private let records = Mutex<[TrainingID: RepeatRecord]>([:])

  /// Makes the folder, which must not hold anything yet.
  init(path: String, settings: ExperimentSettings) throws {
    self.settings = settings
    folders = settings.models.map { model in
      settings.models.count == 1 ? path : "\(path)/\(model.configuration.architecture.rawValue)"
    }
    let held = try? FileManager.default.contentsOfDirectory(atPath: path)
    if let held, !held.isEmpty {
      throw CommandError(exitStatus: .cannotCreate, message: "\(path): exists already and is not empty")
    }
    for folder in folders {
      do {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      } catch {
        throw CommandError(
          exitStatus: .cannotCreate, message: "\(folder): cannot be created (\(error.localizedDescription))")
      }
    }
  }

  func load(_ id: TrainingID, into trainer: Trainer) -> RepeatRecord? { nil }
  func endedRecord(_ id: TrainingID) -> RepeatRecord? { nil }
  func save(_ id: TrainingID, _ record: RepeatRecord, _ trainer: Trainer) {}

  func noteEpoch(_ id: TrainingID, _ record: RepeatRecord) throws {
    try records.withLock { records in
      records[id] = record
      let rows = records.filter { $0.key.model == id.model }.sorted { $0.key < $1.key }
      try write(Self.metrics(rows.map { ($0.key, $0.value) }), to: "\(folders[id.model])/metrics.csv")
    }
  }

  func noteEnd(_ id: TrainingID, _ record: RepeatRecord, _ trainer: Trainer) throws {
    guard settings.keep == .all, record.status == .finished else { return }
    let number = id.repeatIndex + 1
    try KerasModelFile.write(
      path: "\(folders[id.model])/model-\(number < 10 ? "0" : "")\(number).h5",
      configuration: settings.models[id.model].configuration, parameters: trainer.parameters,
      attributes: ["har_seed": "\(trainer.settings.seed)", "har_repeat": "\(number)"])
  }

  private static func metrics(_ rows: [(TrainingID, RepeatRecord)]) -> String {
    var text =
      "repeat,epoch,loss,accuracy,validation_loss,validation_accuracy,seconds,samples_per_second\n"
    for (id, record) in rows {
      for epoch in record.epochs {
        let result = epoch.result
        let validation = [epoch.validationLoss, epoch.validationAccuracy].map { $0.map { "\($0)" } ?? "" }
        text += "\(id.repeatIndex + 1),\(result.epoch + 1),\(result.loss),\(result.accuracy),"
        text += validation.joined(separator: ",") + ",\(result.seconds),\(result.windowsPerSecond)\n"
      }
    }
    return text
  }

  private func write(_ text: String, to path: String) throws {
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw CommandError(exitStatus: .io, message: "\(path): cannot be written (\(error.localizedDescription))")
    }
  }
}
