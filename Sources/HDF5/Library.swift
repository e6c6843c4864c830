import CHDF5
import SystemSupport

/// The one door to libhdf5, which is not thread-safe: every call goes through `Library.locked`.
enum Library {
  /// The only global state of this module.
  private static let lock = RecursiveLock()

  /// Runs `body` with libhdf5 to itself. Calls may nest: closing a handle may happen inside another call.
  static func locked<Result: ~Copyable, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    lock.lock()
    defer { lock.unlock() }
    // The error stack and its printing belong to a thread, and any thread may be the one that comes here.
    chdf5_silence()
    return try body()
  }
}

/// A mutex that its owner may take again.
///
/// `@unchecked Sendable`: the only state is the pthread mutex, made once and never moved, and all that is done with it
/// is what it is for, locking from any thread.
private final class RecursiveLock: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>

  init() {
    // libhdf5 closes what is open when the process exits; a file that could not be written would make it try for ever.
    H5dont_atexit()
    mutex = .allocate(capacity: 1)
    var attributes = pthread_mutexattr_t()
    pthread_mutexattr_init(&attributes)
    pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_RECURSIVE))
    pthread_mutex_init(mutex, &attributes)
    pthread_mutexattr_destroy(&attributes)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  func lock() { pthread_mutex_lock(mutex) }
  func unlock() { pthread_mutex_unlock(mutex) }
}
