internal import NeuralNetworks
internal import Synchronization

/// The repeated-experiment protocol: every repeat of every network, several at once.
///
/// Each training is a function of windows, settings, seed and repeat alone, so that neither the threads, nor how many run at once,
/// nor the order in which they end can change a bit of it.
package struct Experiment: Sendable {
  private let data: ExperimentData
  private let folder: RunFolder

  package init(data: ExperimentData, folder: RunFolder) {
    self.data = data
    self.folder = folder
  }

  /// Runs what has not yet ended, and tells the context's stream of it; the run's folder observes it.
  ///
  /// Returns the records of all repeats, or nil where a stop was requested before the end. Throws what the folder throws.
  package func run(_ context: RunContext) throws -> [TrainingID: RepeatRecord]? {
    let settings = folder.configuration.settings
    let flops = try settings.models.map { try Sequential($0.network).trainingFlops * $0.training.epochs }
    context.events.add([folder.tableWriter])
    let records = Mutex<[TrainingID: RepeatRecord]>([:])
    var open: [TrainingID] = []
    for model in settings.models.indices {
      for repeatIndex in 0..<settings.repeats {
        let id = TrainingID(model: model, repeatIndex: repeatIndex)
        if let record = try folder.endedRecord(id) {
          records.withLock { $0[id] = record }
          context.events.publish(.ended(id, record))
        } else {
          open.append(id)
        }
      }
    }
    let isComplete = try context.run(
      open, flops: { flops[$0.model] },
      training: { RepeatTraining(id: $0, settings: settings, data: data, storage: folder, model: $0.model) },
      ended: { id, record in records.withLock { $0[id] = record } })
    return isComplete ? records.withLock { $0 } : nil
  }
}
