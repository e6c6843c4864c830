import Foundation
import ModelFiles
import SystemSupport
import Training
import Windows

/// What the models of a run are worth, each by itself and all together.
struct EnsembleEvaluation {
  let folder: String
  let input: ModelOnStore

  func run() throws {
    let configuration = try RunConfiguration.read("\(folder)/\(RunConfiguration.fileName)")
    let store = try WindowStore.read(path: input.data ?? configuration.store.path)
    let models = configuration.settings.models
    for (model, subfolder) in zip(models, configuration.subfolders) {
      if models.count > 1 { try StandardOutput.writeLine(model.title) }
      try evaluate(modelFiles(folder + subfolder), store)
    }
    if store.isSynthetic { try StandardOutput.writeLine(syntheticNote) }
  }

  /// The models of a folder by name.
  private func modelFiles(_ folder: String) throws -> [String] {
    let names = FileSystem.names(in: folder)
    let files = names.filter { $0.hasPrefix("model-") && $0.hasSuffix(".h5") }
    guard !files.isEmpty else {
      throw CommandError(
        exitStatus: .noInput, message: "\(folder): holds no model-NN.h5 (the run kept none, or has not ended a repeat)")
    }
    // Numbers have two digits at least, so that longer names are later ones.
    return files.sorted { ($0.count, $0) < ($1.count, $1) }.map { "\(folder)/\($0)" }
  }

  private func evaluate(_ files: [String], _ store: WindowStore) throws {
    var ensemble = Predictions(store: store, labels: [], probabilities: [])
    var sums: [Double] = []
    var scores: [Double] = []
    // Reading comes before there are threads (see Rehearsal).
    let models = try files.map { try KerasModelFile.read(path: $0) }
    for (file, model) in zip(files, models) {
      let predictions = try input.predict(model, file, store)
      if sums.isEmpty {
        ensemble = predictions
        sums = Array(repeating: 0, count: predictions.probabilities.count)
      }
      for (index, probability) in predictions.probabilities.enumerated() { sums[index] += Double(probability) }
      let evaluation = predictions.evaluation
      scores.append(evaluation.accuracy * 100)
      let name = FileSystem.split(file).name
      try StandardOutput.writeLine(
        "\(name): \((evaluation.accuracy * 100).decimal(digits: 3))%  loss \(evaluation.loss.decimal(digits: 6))")
    }
    let summary = Scores(scores)
    try StandardOutput.writeLine(
      "Mean: \((summary.mean ?? 0).decimal(digits: 3))% (+/-\((summary.deviation ?? 0).decimal(digits: 3)))")
    ensemble.probabilities = sums.map { Float($0 / Double(files.count)) }
    try StandardOutput.writeLine("\nEnsemble of \(files.count), their probabilities averaged:\n\(ensemble.report)")
  }
}
