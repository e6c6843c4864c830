internal import Foundation
internal import Synchronization

/// Runs trainings several at once, each on a thread of its own with its share of a number of threads in all.
package final class TrainingPool<Job: Sendable>: Sendable {
  private struct State {
    var queue: ArraySlice<Job>
    var failure: (any Error)?
    var wasStopped = false
  }

  private let threads: Int
  private let budget: ThreadBudget
  private let stop: StopRequest
  private let state: Mutex<State>

  /// A pool about to run `jobs`, in their order as far as there is room.
  package init(_ jobs: [Job], threads: Int, stop: StopRequest) {
    self.threads = threads
    budget = ThreadBudget(total: threads)
    self.stop = stop
    state = Mutex(State(queue: jobs[...]))
  }

  /// Runs all jobs, at most `concurrentJobs` at once and never more than there are threads. What one throws stops the others
  /// and is thrown.
  ///
  /// - Parameters:
  ///   - elsewhere: takes jobs too, one by one, for whoever else works on them, until there are none; returns whether all that it took
  ///     came to their end. nil for nobody.
  ///   - body: trains; it is given a function that tells the threads it may use now, and returns whether it came to its end.
  /// - Returns: whether all jobs came to their end; false where a stop was requested before.
  package func run(
    concurrentJobs: Int, elsewhere: (@Sendable (_ next: () -> Job?) throws -> Bool)? = nil,
    body: @escaping @Sendable (_ job: Job, _ threads: @escaping @Sendable () -> Int) throws -> Bool
  ) throws -> Bool {
    let count = state.withLock { min(concurrentJobs, threads, $0.queue.count) }
    let done = DispatchSemaphore(value: 0)
    for worker in 0..<count {
      // Threads of their own: a training that waited inside `concurrentPerform` would take a worker from the others.
      let thread = Thread { [self] in
        work(worker, body)
        done.signal()
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    if let elsewhere { note { try elsewhere(next) } }
    for _ in 0..<count { done.wait() }
    return try state.withLock { state in
      if let failure = state.failure { throw failure }
      return !state.wasStopped
    }
  }

  private func work(_ worker: Int, _ body: (Job, @escaping @Sendable () -> Int) throws -> Bool) {
    while let job = next() {
      budget.enter(worker)
      defer { budget.leave(worker) }
      note { try body(job) { [budget] in budget.share(of: worker) } }
    }
  }

  /// Keeps how a job ended.
  private func note(_ body: () throws -> Bool) {
    do {
      if try !body() { state.withLock { $0.wasStopped = true } }
    } catch {
      state.withLock { $0.failure = $0.failure ?? error }
      stop.request()
    }
  }

  private func next() -> Job? {
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
