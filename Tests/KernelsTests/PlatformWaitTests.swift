import CPlatform
import Dispatch
import Synchronization
import Testing

/// Waiting for a word to change.
@Suite struct PlatformWaitTests {
  @Test(.timeLimit(.minutes(1)))
  func aWordThatHasChangedHoldsNobodyUp() {
    var word: UInt32 = 7
    platform_wait(&word, 6)
    platform_wake_all(&word)
    #expect(word == 7)
  }

  /// All waiters go on once the word is changed and they are woken, whether they sleep already or not.
  @Test(.timeLimit(.minutes(1)))
  func waitersAreWoken() {
    let word = Word()
    let finished = DispatchGroup()
    for _ in 0..<4 {
      DispatchQueue.global().async(group: finished) {
        while word.value == 0 { platform_wait(word.address, 0) }
      }
    }
    word.value = 1
    platform_wake_all(word.address)
    finished.wait()
    #expect(word.value == 1)
  }

  /// An atomic word with an address.
  private final class Word: Sendable {
    private let memory = UInt(bitPattern: UnsafeMutablePointer<Atomic<UInt32>>.allocate(capacity: 1))
    private var pointer: UnsafeMutablePointer<Atomic<UInt32>> { UnsafeMutablePointer(bitPattern: memory)! }
    var value: UInt32 {
      get { pointer.pointee.load(ordering: .acquiring) }
      set { pointer.pointee.store(newValue, ordering: .releasing) }
    }
    var address: UnsafePointer<UInt32> { UnsafeRawPointer(pointer).assumingMemoryBound(to: UInt32.self) }

    init() { pointer.initialize(to: Atomic(0)) }
    deinit { pointer.deallocate() }
  }
}
