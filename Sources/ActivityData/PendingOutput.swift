import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file or folder that appears complete or not at all: it is made under another name in the same folder, and takes its
/// own name when it is done. What was not finished is removed, also when the process is interrupted.
public final class PendingOutput: Sendable {
  /// What is to be made.
  public enum Kind: Sendable {
    /// One file.
    case file
    /// A folder; only an empty one is ever replaced.
    case folder
  }

  /// The path it will have.
  public let path: String
  /// The path to write to until then.
  public let temporaryPath: String
  private let target: String
  private let kind: Kind
  private let overwrite: Bool
  private let isPending = Mutex(true)
  private let interruption = Mutex<Interruption?>(nil)

  /// Makes the temporary file or folder.
  ///
  /// - Parameter overwrite: whether a file that exists may be replaced.
  /// - Throws: `output` with `cannotCreate` where `path` is taken or its folder is missing or not to be written.
  public init(path: String, kind: Kind, overwrite: Bool = false) throws(ActivityDataError) {
    self.path = path
    self.kind = kind
    self.overwrite = overwrite
    target = Self.resolved(path)
    let (folder, name) = FileSystem.split(target)
    guard !name.isEmpty else { throw .output(OutputError(path: path, reason: "is not a name for a file")) }
    guard FileSystem.isFolder(folder) else {
      throw .output(OutputError(path: path, reason: "cannot be created: there is no folder \(printable(folder))"))
    }
    if FileSystem.exists(target) { try Self.checkTaken(path, target, kind, overwrite) }
    temporaryPath = "\(folder)/.\(name).partial-\(getpid())"

    FileSystem.remove(temporaryPath)
    guard Self.make(temporaryPath, kind) else {
      throw .output(OutputError(path: path, reason: "cannot be created: \(FileSystem.lastFailure)"))
    }
    interruption.withLock {
      $0 = Interruption { [weak self] end in
        self?.discard(andThen: end)
        end()
      }
    }
  }

  deinit { discard() }

  /// Gives the output its name, after all of it is on the disk.
  public func commit() throws(ActivityDataError) {
    let reason: (String, SysExit)? = isPending.withLock { pending in
      guard pending else { return ("is already finished or discarded", .software) }
      guard FileSystem.synchronise(temporaryPath) else {
        return ("cannot be written: \(FileSystem.lastFailure)", .io)
      }
      if let failure = takeName() { return failure }
      pending = false
      return nil
    }
    if let (reason, status) = reason { throw .output(OutputError(path: path, reason: reason, status: status)) }
    interruption.withLock { $0 = nil }
    // The name is there; a failure here could only be one of a disk that will say so again.
    _ = FileSystem.synchronise(FileSystem.split(target).folder)
  }

  /// Removes what was written. Does nothing after `commit`.
  public func discard() {
    isPending.withLock { pending in
      if pending { FileSystem.remove(temporaryPath) }
      pending = false
    }
  }

  /// Removes what was written, if anything is pending, and ends the process before anybody notices.
  private func discard(andThen end: () -> Never) {
    isPending.withLock { pending in
      if pending {
        // Under another name nobody puts a file into the folder while it is being emptied.
        let abandonedPath = temporaryPath + ".abandoned"
        FileSystem.remove(rename(temporaryPath, abandonedPath) == 0 ? abandonedPath : temporaryPath)
      }
      end()
    }
  }

  private func takeName() -> (String, SysExit)? {
    if kind == .file && !overwrite {
      // Unlike a renaming, a link never replaces what appeared in the meantime.
      if link(temporaryPath, target) == 0 {
        _ = unlink(temporaryPath)
        return nil
      }
      if errno == EEXIST { return ("exists already", .cannotCreate) }
      // This file system has no links.
    }
    return rename(temporaryPath, target) == 0 ? nil : ("cannot be created: \(FileSystem.lastFailure)", .cannotCreate)
  }

  private static func make(_ path: String, _ kind: Kind) -> Bool {
    guard kind == .file else { return mkdir(path, 0o777) == 0 }
    let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o666)
    return descriptor >= 0 && close(descriptor) == 0
  }

  private static func checkTaken(
    _ path: String, _ target: String, _ kind: Kind, _ overwrite: Bool
  ) throws(ActivityDataError) {
    switch kind {
    case .folder:
      guard FileSystem.isFolder(target) else {
        throw .output(OutputError(path: path, reason: "exists already and is no folder"))
      }
      guard FileSystem.names(in: target).isEmpty else {
        throw .output(OutputError(path: path, reason: "exists already and is not empty"))
      }
    case .file:
      guard FileSystem.isRegularFile(target) else {
        throw .output(OutputError(path: path, reason: "exists already and is no regular file"))
      }
      guard overwrite else {
        throw .output(OutputError(path: path, reason: "exists already; --overwrite would replace it"))
      }
    }
  }

  /// Where `path` is a link to something, what it leads to: that is what is to be replaced.
  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }
}
