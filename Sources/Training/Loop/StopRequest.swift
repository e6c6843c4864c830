internal import Synchronization

/// A request to stop, set once from anywhere and looked at between steps.
package final class StopRequest: Sendable {
  private let flag = Atomic<Bool>(false)
  private let steps = Atomic<Int>(0)
  private let mostSteps: Int

  /// Not yet requested; it requests itself after `mostSteps` steps of all trainings that look at it.
  package init(afterSteps mostSteps: Int = .max) { self.mostSteps = mostSteps }

  package func request() { flag.store(true, ordering: .relaxed) }
  package var isRequested: Bool { flag.load(ordering: .relaxed) }

  /// Steps of all trainings so far.
  package var stepCount: Int { steps.load(ordering: .relaxed) }

  /// Counts a step.
  func noteStep() {
    if steps.wrappingAdd(1, ordering: .relaxed).newValue >= mostSteps { request() }
  }
}
