public import Kernels
import NeuralNetworks
import Synchronization

/// The repeated-experiment protocol: every repeat of every network, several at once.
///
/// Each training is a function of data, settings, seed and repeat alone, so that neither the threads, nor how many run at once,
/// nor the order in which they end can change a bit of it.
public final class Experiment: Sendable {
  private let settings: ExperimentSettings
  private let data: ExperimentData
  private let kernels: KernelSet
  private let stop: StopRequest
  private let storage: (any TrainingStorage)?
  private let notify: @Sendable (ExperimentEvent) -> Void

  /// An experiment about to run. Events are delivered one at a time, from any thread.
  public init(
    settings: ExperimentSettings, data: ExperimentData, kernels: KernelSet, stop: StopRequest,
    storage: (any TrainingStorage)?, notify: @escaping @Sendable (ExperimentEvent) -> Void
  ) {
    self.settings = settings
    self.data = data
    self.kernels = kernels
    self.stop = stop
    self.storage = storage
    let turn = Mutex(())
    self.notify = { event in turn.withLock { _ in notify(event) } }
  }

  /// All trainings, those with the most arithmetic first, so that none of them is left alone at the end.
  private static func longestFirst(_ settings: ExperimentSettings) -> [TrainingID] {
    let work = settings.models.map { $0.configuration.makeModel().trainingWork * $0.training.epochs }
    return settings.models.indices.sorted { (work[$0], $1) > (work[$1], $0) }.flatMap { model in
      (0..<settings.repeats).map { TrainingID(model: model, repeatIndex: $0) }
    }
  }

  /// Runs what has not yet ended, at most `concurrentModels` trainings at once on `threads` threads in all.
  ///
  /// Returns the records of all repeats, or nil where a stop was requested before the end. Throws what storage throws.
  public func run(threads: Int, concurrentModels: Int) throws -> [TrainingID: RepeatRecord]? {
    let records = Mutex<[TrainingID: RepeatRecord]>([:])
    var queue: [TrainingID] = []
    for id in Self.longestFirst(settings) {
      if let record = try storage?.endedRecord(id) {
        records.withLock { $0[id] = record }
        notify(.ended(id, record))
      } else {
        queue.append(id)
      }
    }
    let pool = TrainingPool(queue, threads: threads, stop: stop)
    let isComplete = try pool.run(concurrentJobs: concurrentModels) { [self] id, threads in
      let record = try RepeatTraining(
        id: id, settings: settings, kernels: kernels, data: data, threads: threads, stop: stop, storage: storage,
        notify: notify
      ).run()
      records.withLock { $0[id] = record }
      return record != nil
    }
    return isComplete ? records.withLock { $0 } : nil
  }
}
