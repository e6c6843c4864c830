internal import Synchronization

/// Atomic counters, one per unit of something, that begin at zero.
///
/// `@unchecked Sendable`: the address never changes, and what it leads to is atomic.
final class SharedCounters: @unchecked Sendable {
  private let counters: UnsafeMutableBufferPointer<Atomic<Int>>

  init(count: Int) {
    counters = .allocate(capacity: count)
    for index in 0..<count { counters.initializeElement(at: index, to: Atomic(0)) }
  }

  deinit { counters.deallocate() }

  /// What was written before an increment is seen by whoever sees the increment.
  subscript(index: Int) -> Int { counters[index].load(ordering: .acquiring) }

  func increment(_ index: Int) { counters[index].wrappingAdd(1, ordering: .acquiringAndReleasing) }

  /// Sets all to zero, while nobody else looks.
  func reset() {
    for index in counters.indices { counters[index].store(0, ordering: .relaxed) }
  }
}
