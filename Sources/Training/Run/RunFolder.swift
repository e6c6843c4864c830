package import Foundation
package import ModelFiles
package import SystemSupport

/// The folder of a run: `config.json`, and for each network `metrics.csv`, `scores.json`, `confusion.csv`, `model-NN.h5` in Keras's
/// format, and `checkpoints/` to go on from. Several networks get a subfolder each.
///
/// The tables are made anew from the repeats' records, so that they agree with the checkpoints.
package typealias RunFolder = TrainingFolder<RunConfiguration>

extension RunFolder {
  /// Makes a folder whose name says when it began and what it is for: `runs/2026-01-31-142530-lstm`, with a number where that is
  /// taken, be it in the same moment.
  package static func makeNew(
    named purpose: String, in folder: String = "runs", at date: Date = Date()
  ) throws(OutputError) -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.dateFormat = "yyyy-MM-dd-HHmmss"
    let name = "\(folder)/\(formatter.string(from: date))-\(purpose)"
    let names = [name] + (2...99).lazy.map { "\(name)-\($0)" }
    for name in names where try FileSystem.makeFolder(name) { return name }
    throw OutputError(path: name, reason: "cannot be created: there are too many of this name")
  }

  private var settings: ExperimentSettings { configuration.settings }

  package func modelPath(_ id: TrainingID) -> String {
    "\(path)\(configuration.subfolders[id.model])/model-\(id.repeatNumber).h5"
  }

  /// The model file that every repeat starts from; nil for fresh weights.
  package func startingModel() throws -> KerasModelFile? {
    guard let digest = settings.models.first?.startsFrom else { return nil }
    let found = try SHA256Digest.ofFile(startingModelPath)
    guard found == digest else {
      throw RunFolderError(startingModelPath, .otherStore(found: found, expected: digest))
    }
    return try KerasModelFile.read(path: startingModelPath)
  }

  // MARK: Repeats

  /// The record of a repeat that had ended; nil where it has not.
  package func endedRecord(_ id: TrainingID) throws -> RepeatRecord? {
    let slot = try slot(id)
    guard let checkpoint = try slot.lastGood(withNumbers: false), checkpoint.record.status != .running else {
      return nil
    }
    let record = checkpoint.record
    let epochs = settings.models[id.model].training.epochs
    // More epochs have been asked for since.
    if record.status == .finished, record.isStoppedEarly != true, record.progress.epoch < epochs { return nil }
    if checkpoint.path == slot.path { _ = unlink(slot.previousPath) }
    results.withLock { ended in
      ended[id] = record
      removeModelsNotKept(model: id.model, ended)
    }
    return record
  }

  /// Keeps what a repeat came to: its model first, then that it is finished.
  func end(_ id: TrainingID, _ state: Checkpoint) throws {
    try results.withLock { ended in
      var all = ended
      all[id] = state.record
      if keptModels(model: id.model, all).contains(id) { try writeModel(id, state) }
      let slot = try slot(id)
      try slot.save(state)
      _ = unlink(slot.previousPath)
      ended = all
      removeModelsNotKept(model: id.model, all)
    }
  }

  /// Writes the models that are kept but not there, from their repeats' checkpoints.
  func restoreModels() throws {
    let ended = results.withLock { $0 }
    for id in ended.keys where keptModels(model: id.model, ended).contains(id) && !FileSystem.exists(modelPath(id)) {
      guard let state = try slot(id).lastGood() else { continue }
      try writeModel(id, state)
    }
  }

  private func writeModel(_ id: TrainingID, _ state: Checkpoint) throws {
    let parameters = AlignedBuffer(count: state.parameters.count)
    parameters.write(state.parameters)
    let model = settings.models[id.model]
    var attributes = ["har_seed": "\(model.training.seed)", "har_repeat": "\(id.repeatIndex + 1)"]
    if !state.scaling.isEmpty { attributes[KerasModelFile.scalingAttribute] = state.scaling }
    try KerasModelFile.write(
      path: modelPath(id), description: model.network, parameters: parameters,
      training: KerasTrainingConfig(model.training), attributes: attributes)
  }

  private func removeModelsNotKept(model: Int, _ ended: [TrainingID: RepeatRecord]) {
    let kept = keptModels(model: model, ended)
    for id in ended.keys where id.model == model && !kept.contains(id) { _ = unlink(modelPath(id)) }
  }

  /// The repeats whose models are kept, of those that have ended. The best has the lowest validation loss where people were held
  /// out, else the highest test accuracy.
  private func keptModels(model: Int, _ ended: [TrainingID: RepeatRecord]) -> Set<TrainingID> {
    let finished = ended.filter { $0.key.model == model && $0.value.status == .finished }
    switch settings.keep {
    case .none: return []
    case .all: return Set(finished.keys)
    case .best:
      func merit(_ record: RepeatRecord) -> Double {
        record.finalEpoch?.validationLoss.map { -$0 } ?? record.score ?? 0
      }
      let best = finished.min { (-merit($0.value), $0.key) < (-merit($1.value), $1.key) }
      return best.map { [$0.key] } ?? []
    }
  }
}
