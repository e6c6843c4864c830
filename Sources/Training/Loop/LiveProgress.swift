internal import Synchronization

/// How far a training is within its epoch, for whoever wants to look: the trainer writes it after every step, and waits for nobody.
package final class LiveProgress: Sendable {
  package struct Snapshot: Sendable, Equatable {
    /// The epoch, from 0.
    package var epoch = 0
    /// Windows of the epoch that are done, of `total`.
    package var windows = 0
    package var total = 0
    /// Means over the windows that are done.
    package var loss = 0.0
    package var accuracy = 0.0
  }

  private let latest = Mutex(Snapshot())

  package init() {}

  package var snapshot: Snapshot { latest.withLock { $0 } }

  func note(_ snapshot: Snapshot) { latest.withLock { $0 = snapshot } }
}
