internal import Synchronization

/// How far a training has come, for whoever wants to look: the trainer writes it after every step, and waits for nobody.
package final class LiveProgress: Sendable {
  /// Windows of an epoch.
  let windowCount: Int
  private let latest = Mutex(TrainingProgress())

  init(windowCount: Int) { self.windowCount = windowCount }

  package var snapshot: TrainingProgress { latest.withLock { $0 } }

  func note(_ progress: TrainingProgress) { latest.withLock { $0 = progress } }
}
