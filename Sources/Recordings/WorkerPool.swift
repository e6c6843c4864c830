import Dispatch
import Synchronization

/// Spreads tasks over a bounded number of threads.
struct WorkerPool: Sendable {
  /// How many tasks run at once, at least 1.
  let threads: Int

  /// Runs `task(worker, index)` for every index below `count`, each once; a worker runs one task at a time, taking them
  /// in order.
  ///
  /// When tasks fail, the error of the lowest failing index is thrown, whatever the number of threads.
  func run<Failure: Error>(
    _ count: Int, _ task: @Sendable (_ worker: Int, _ index: Int) throws(Failure) -> Void
  ) throws(Failure) {
    let next = Atomic(0)
    let failure = Mutex<(index: Int, error: Failure)?>(nil)
    DispatchQueue.concurrentPerform(iterations: min(threads, count)) { worker in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < count else { return }
        do throws(Failure) {
          try task(worker, index)
        } catch {
          failure.withLock { first in
            if first.map({ index < $0.index }) ?? true { first = (index, error) }
          }
        }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure.error }
  }
}
