internal import Synchronization

/// Divides threads among the trainings that run at once. Each asks before every epoch, so that threads that fall free go to those
/// that are left.
package final class ThreadBudget: Sendable {
  private let total: Int
  /// The trainings that run, in the order in which they started.
  private let running = Mutex<[Int]>([])

  package init(total: Int) { self.total = total }

  package func enter(_ training: Int) { running.withLock { $0.append(training) } }
  package func leave(_ training: Int) { running.withLock { $0.removeAll { $0 == training } } }

  /// The threads that a training may use now: an equal share, one more for the first where it doesn't divide.
  package func share(of training: Int) -> Int {
    running.withLock { running in
      guard let place = running.firstIndex(of: training) else { return 1 }
      return max(1, total / running.count + (place < total % running.count ? 1 : 0))
    }
  }
}
