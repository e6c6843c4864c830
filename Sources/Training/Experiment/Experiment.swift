internal import NeuralNetworks

/// The repeated-experiment protocol: every repeat of every network, several at once.
///
/// Each training is a function of windows, settings, seed and repeat alone, so that neither the threads, nor how many run at once,
/// nor the order in which they end can change a bit of it.
package enum Experiment {
  /// Runs what has not yet ended, and tells the context's stream of it; the run's folder observes it.
  ///
  /// Returns the records of all repeats, or nil where a stop was requested before the end. Throws what the folder throws.
  package static func run(
    _ data: ExperimentData, in folder: RunFolder, _ context: RunContext
  ) throws -> [TrainingID: RepeatRecord]? {
    let settings = folder.configuration.settings
    let flops = try settings.models.map { try Sequential($0.network).trainingFlops * $0.training.epochs }
    context.events.add([RunTableWriter(folder)])
    var open: [TrainingID] = []
    for id in settings.trainings {
      if let record = try folder.endedRecord(id) {
        context.events.publish(.ended(id, record))
      } else {
        open.append(id)
      }
    }
    try folder.restoreModels()
    let isComplete = try context.run(open, flops: { flops[$0.model] }) { id in
      RepeatTraining(
        id: id, model: id.model, data: { data }, startingWeights: data.startingWeights[id.model],
        recipe: DataRecipe(.splits, settings, scaling: data.scaling?.jsonText), slot: try folder.slot(id),
        end: { try folder.end(id, $0) })
    }
    return isComplete ? folder.results.withLock { $0 } : nil
  }
}
