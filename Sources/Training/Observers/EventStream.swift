internal import Dispatch
internal import Synchronization

/// Delivers the events of all trainings to all observers, in order, on one serial queue.
///
/// Trainings only leave an event and go on: no observer ever holds them up.
package final class EventStream: Sendable {
  private let queue = DispatchQueue(label: "training events")
  /// Touched on the queue alone.
  nonisolated(unsafe) private var observers: [any TrainingObserver] = []
  nonisolated(unsafe) private var followed: [TrainingID: LiveProgress] = [:]
  nonisolated(unsafe) private var timer: (any DispatchSourceTimer)?
  private let failure = Mutex<(any Error)?>(nil)
  private let stop: StopRequest

  /// Seconds between two looks at the trainings' progress; nil for none.
  let interval: Double?

  /// A stream whose observers' errors request a stop.
  ///
  /// - Parameter interval: ``interval``.
  package init(stop: StopRequest = StopRequest(), interval: Double? = nil) {
    self.stop = stop
    self.interval = interval
  }

  /// Called on the queue.
  private func startTimer() {
    guard let interval, timer == nil else { return }
    let timer = DispatchSource.makeTimerSource(queue: queue)
    timer.schedule(deadline: .now() + interval, repeating: interval)
    timer.setEventHandler { [weak self] in
      guard let self else { return }
      for (id, live) in followed { deliver(.progress(id, live.snapshot, windowCount: live.windowCount)) }
    }
    timer.resume()
    self.timer = timer
  }

  deinit { timer?.cancel() }

  package func add(_ observers: sending [any TrainingObserver]) {
    // The queue is the only one to use them.
    nonisolated(unsafe) let observers = observers
    queue.async {
      self.observers += observers
      self.startTimer()
    }
  }

  package func publish(_ event: TrainingEvent) {
    queue.async { self.deliver(event) }
  }

  package func warn(_ line: String) { publish(.warning(line)) }

  /// Looks at a training's progress from now on; nil for no longer.
  func follow(_ id: TrainingID, _ live: LiveProgress?) {
    queue.async { self.followed[id] = live }
  }

  /// Waits until all events left so far are delivered; throws the first error of an observer.
  package func drain() throws {
    queue.sync {}
    if let error = failure.withLock({ $0 }) { throw error }
  }

  /// Ends all observers once they had all events, and lets go of them; others may be added for what comes next.
  package func finish() throws {
    queue.sync {
      for observer in observers { attempt { try observer.finish() } }
      observers = []
    }
    try drain()
  }

  private func deliver(_ event: TrainingEvent) {
    for observer in observers { attempt { try observer.receive(event) } }
  }

  /// Keeps the first error, which stops the trainings.
  private func attempt(_ body: () throws -> Void) {
    do {
      try body()
    } catch {
      failure.withLock { $0 = $0 ?? error }
      stop.request()
    }
  }
}
