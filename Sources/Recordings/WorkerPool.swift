import Dispatch
import Synchronization

/// Spreads tasks over a bounded number of threads, each with a buffer for the text that it reads.
struct WorkerPool: Sendable {
  /// How many tasks run at once, at least 1.
  let threads: Int

  /// The results of `task(buffer, index)` for every index below `count`, each called once, in order as far as threads are
  /// free.
  ///
  /// When tasks fail, the error of the lowest failing index is thrown, whatever the number of threads.
  @discardableResult
  func map<Value: Sendable, Failure: Error>(
    _ count: Int, _ task: @Sendable (_ buffer: TextBuffer, _ index: Int) throws(Failure) -> Value
  ) throws(Failure) -> [Value] {
    let next = Atomic(0)
    let results = Mutex([Result<Value, Failure>?](repeating: nil, count: count))
    DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
      let buffer = TextBuffer()
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < count else { return }
        let result = Result { () throws(Failure) in try task(buffer, index) }
        results.withLock { $0[index] = result }
      }
    }
    return try results.withLock { $0 }.compactMap { $0 }.map { result throws(Failure) in try result.get() }
  }
}
