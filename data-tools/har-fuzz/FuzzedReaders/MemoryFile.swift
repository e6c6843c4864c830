import Foundation

/// A file that no folder shows: what readers that open paths are given.
final class MemoryFile: Sendable {
  private let descriptor: Int32

  init() {
    let folder = FileManager.default.fileExists(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
    var name = Array("\(folder)/har-fuzz-XXXXXX".utf8CString)
    descriptor = mkstemp(&name)
    precondition(descriptor >= 0, "no temporary file in \(folder)")
    unlink(name)
  }

  var path: String { "/proc/self/fd/\(descriptor)" }

  /// Makes `bytes` all that it holds.
  func write(_ bytes: UnsafeRawBufferPointer) {
    precondition(ftruncate(descriptor, 0) == 0 && pwrite(descriptor, bytes.baseAddress, bytes.count, 0) == bytes.count)
  }
}
