internal import CPlatform
internal import Synchronization

/// A 32-bit atomic number on cache lines of its own, for whose change threads spin a little and then sleep.
///
/// `@unchecked Sendable`: the pointers never change, and what they lead to is atomic.
struct WaitableWord: ~Copyable, @unchecked Sendable {
  private let word: UnsafeMutablePointer<Atomic<UInt32>>
  private let sleepers: UnsafeMutablePointer<Atomic<UInt32>>
  private let memory: UnsafeMutableRawPointer

  /// Two cache lines, because processors fetch them in pairs.
  private static let lineBytes = 128
  /// Looks before a thread sleeps: some tens of microseconds, longer than a barrier takes when every worker has a core.
  private static let spins = 4096

  init() {
    memory = .allocate(byteCount: 2 * Self.lineBytes, alignment: Self.lineBytes)
    word = memory.bindMemory(to: Atomic<UInt32>.self, capacity: 1)
    sleepers = (memory + Self.lineBytes).bindMemory(to: Atomic<UInt32>.self, capacity: 1)
    word.initialize(to: Atomic(0))
    sleepers.initialize(to: Atomic(0))
  }

  deinit { memory.deallocate() }

  var value: UInt32 { word.pointee.load(ordering: .sequentiallyConsistent) }

  /// Sets the number while nobody waits for it.
  func reset(to value: UInt32) { word.pointee.store(value, ordering: .relaxed) }

  /// Adds one and returns the new value; `wake()` must follow where somebody may wait for it.
  func increment() -> UInt32 { word.pointee.wrappingAdd(1, ordering: .sequentiallyConsistent).newValue }

  /// Wakes those who sleep. Costs a system call only where somebody does.
  func wake() {
    if sleepers.pointee.load(ordering: .sequentiallyConsistent) > 0 {
      platform_wake_all(UnsafeRawPointer(word).assumingMemoryBound(to: UInt32.self))
    }
  }

  /// Returns once the number fulfils a condition.
  func wait(until isReached: (UInt32) -> Bool) {
    for _ in 0..<Self.spins {
      if isReached(word.pointee.load(ordering: .acquiring)) { return }
      platform_pause()
    }
    // Whoever changes the number looks for sleepers afterwards, and a sleeper looks at the number after it said that it sleeps:
    // one of the two sees the other.
    sleepers.pointee.wrappingAdd(1, ordering: .sequentiallyConsistent)
    defer { sleepers.pointee.wrappingSubtract(1, ordering: .sequentiallyConsistent) }
    while true {
      let found = value
      if isReached(found) { return }
      platform_wait(UnsafeRawPointer(word).assumingMemoryBound(to: UInt32.self), found)
    }
  }
}
