#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Keeps two processes from working in one folder: held until it is dropped, or the process ends in whichever way.
final class RunLock: Sendable {
  private let descriptor: Int32

  /// Takes the folder's lock, or throws `inUse`.
  init(folder: String) throws(RunFolderError) {
    let path = "\(folder)/.lock"
    descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw RunFolderError(path, .cannotCreate(reason: "cannot be created: \(String(cString: strerror(errno)))"))
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) != 0 else { return }
    let failure = errno
    close(descriptor)
    // File systems without locks have none to offer; they are used without.
    guard failure == EWOULDBLOCK else { throw RunFolderError(path, .cannotCreate(reason: "cannot be locked")) }
    throw RunFolderError(folder, .inUse)
  }

  deinit { close(descriptor) }
}
