import CHDF5
import Foundation

/// The one door to libhdf5, which is not thread-safe: every call goes through `Library.locked`.
enum Library {
  /// The only global state of this module.
  private static let lock: NSRecursiveLock = {
    // libhdf5 closes what is open when the process exits; a file that could not be written would make it try for ever.
    H5dont_atexit()
    // Its free lists keep blocks of every size that an attribute ever had, and grow with each checkpoint's epochs.
    H5set_free_list_limits(0, 0, 0, 0, 0, 0)
    return NSRecursiveLock()
  }()

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
