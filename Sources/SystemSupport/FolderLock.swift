/// Keeps two processes from working in one folder: held until it is dropped, or the process ends in whichever way.
package final class FolderLock: Sendable {
  /// The file in the folder that is locked.
  package static let fileName = ".lock"

  package enum Failure: Error, Equatable {
    /// Another process holds the lock.
    case inUse
    case failed(OutputError)
  }

  /// How often a lock that is held is tried again.
  private static let attempts = 4

  private let descriptor: Int32

  package convenience init(folder: String) throws(Failure) {
    try self.init(folder: folder) { flock($0, LOCK_EX | LOCK_NB) == 0 ? 0 : errno }
  }

  /// - Parameter lock: locks a file without waiting, and returns 0 or why not as an errno.
  package init(folder: String, lock: (_ descriptor: Int32) -> Int32) throws(Failure) {
    let path = "\(folder)/\(Self.fileName)"
    descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw .failed(OutputError(path: path, reason: "cannot be created: \(FileSystem.lastFailure)"))
    }
    var failure = lock(descriptor)
    // Somebody may only be looking whether it is held.
    for _ in 0..<Self.attempts where failure == EWOULDBLOCK {
      usleep(5_000)
      failure = lock(descriptor)
    }
    switch failure {
    case 0: return
    // File systems without locks have none to offer; they are used without.
    case ENOLCK, ENOTSUP, EOPNOTSUPP, ENOSYS: return
    case EWOULDBLOCK: throw .inUse
    default:
      throw .failed(OutputError(path: path, reason: "cannot be locked: \(String(cString: strerror(failure)))"))
    }
  }

  /// Whether a process works in a folder. For looking only: the next moment it may be otherwise.
  package static func isHeld(folder: String) -> Bool {
    let descriptor = open("\(folder)/\(fileName)", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { _ = close(descriptor) }
    if flock(descriptor, LOCK_SH | LOCK_NB) == 0 {
      _ = flock(descriptor, LOCK_UN)
      return false
    }
    return errno == EWOULDBLOCK
  }

  // Runs after a failed initializer too: by then the only property is set. Closing alone would not let go of the lock while a
  // process that is just being started has a copy of the descriptor.
  deinit {
    guard descriptor >= 0 else { return }
    _ = flock(descriptor, LOCK_UN)
    _ = close(descriptor)
  }
}
