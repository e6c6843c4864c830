import Foundation
import SystemSupport
import Testing
import _TestSupport

@Suite("Folder lock")
struct FolderLockTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test func oneAtATime() throws {
    var first: FolderLock? = try FolderLock(folder: directory.path)
    #expect(first != nil)
    for _ in 0..<2 {
      #expect(throws: FolderLock.Failure.inUse) { try FolderLock(folder: directory.path) }
    }
    first = nil
    #expect(throws: Never.self) { try FolderLock(folder: directory.path) }
    #expect(try directory.names() == [".lock"])
  }

  /// Somebody who asks whether a folder is in use has its lock for a moment, which must not keep anybody out.
  @Test func lookingKeepsNobodyOut() throws {
    var attempts = 0
    let held = try FolderLock(folder: directory.path) { descriptor in
      attempts += 1
      return attempts == 1 ? EWOULDBLOCK : flock(descriptor, LOCK_EX | LOCK_NB) == 0 ? 0 : errno
    }
    #expect(attempts == 2)
    #expect(FolderLock.isHeld(folder: directory.path))
    withExtendedLifetime(held) {}
    #expect(!FolderLock.isHeld(folder: directory.path("none")))
  }

  /// As when a process is started while the lock is held: until it runs its own program, it has all descriptors.
  @Test func aCopyOfTheDescriptorHoldsNothing() throws {
    var copy: Int32 = -1
    var first: FolderLock? = try FolderLock(folder: directory.path) { descriptor in
      copy = dup(descriptor)
      return flock(descriptor, LOCK_EX | LOCK_NB) == 0 ? 0 : errno
    }
    defer { _ = close(copy) }
    #expect(copy >= 0 && first != nil)
    #expect(throws: FolderLock.Failure.inUse) { try FolderLock(folder: directory.path) }
    first = nil
    #expect(throws: Never.self) { try FolderLock(folder: directory.path) }
  }

  @Test(arguments: [ENOLCK, ENOTSUP, EOPNOTSUPP, ENOSYS])
  func withoutWhereThereAreNoLocks(_ failure: Int32) {
    #expect(throws: Never.self) { try FolderLock(folder: directory.path) { _ in failure } }
  }

  @Test func otherFailures() {
    let lock = directory.path(".lock")
    #expect(throws: FolderLock.Failure.failed(OutputError(path: lock, reason: "cannot be locked: Input/output error")))
    {
      try FolderLock(folder: directory.path) { _ in EIO }
    }
    let absent = directory.path("absent")
    let reason = "cannot be created: No such file or directory"
    #expect(throws: FolderLock.Failure.failed(OutputError(path: "\(absent)/.lock", reason: reason))) {
      try FolderLock(folder: absent)
    }
  }
}
