import Foundation
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

  private struct State {
    var queue: [TrainingID]
    var records: [TrainingID: RepeatRecord] = [:]
    var failure: (any Error)?
    var wasStopped = false
  }

  private let state: Mutex<State>

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
    state = Mutex(State(queue: Self.longestFirst(settings)))
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
    try skipEnded()
    let budget = ThreadBudget(total: threads)
    let count = state.withLock { min(concurrentModels, $0.queue.count) }
    let done = DispatchSemaphore(value: 0)
    for _ in 0..<count {
      // Threads of their own: a training that waited inside `concurrentPerform` would take a worker from the others.
      let thread = Thread { [self] in
        work(budget)
        done.signal()
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    for _ in 0..<count { done.wait() }
    return try state.withLock { state in
      if let failure = state.failure { throw failure }
      return state.wasStopped ? nil : state.records
    }
  }

  private func skipEnded() throws {
    guard let storage else { return }
    for id in state.withLock({ $0.queue }) {
      guard let record = try storage.endedRecord(id) else { continue }
      state.withLock { state in
        state.queue.removeAll { $0 == id }
        state.records[id] = record
      }
      notify(.ended(id, record))
    }
  }

  private func work(_ budget: ThreadBudget) {
    while let id = next() {
      budget.enter(id.number)
      defer { budget.leave(id.number) }
      do {
        let record = try RepeatTraining(
          id: id, settings: settings, kernels: kernels, data: data, budget: budget, stop: stop, storage: storage,
          notify: notify
        ).run()
        state.withLock { state in
          if let record { state.records[id] = record } else { state.wasStopped = true }
        }
      } catch {
        state.withLock { $0.failure = $0.failure ?? error }
        stop.request()
      }
    }
  }

  private func next() -> TrainingID? {
    state.withLock { state in
      guard !state.queue.isEmpty else { return nil }
      if stop.isRequested {
        state.wasStopped = true
        return nil
      }
      return state.queue.removeFirst()
    }
  }
}
