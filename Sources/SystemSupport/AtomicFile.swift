internal import CPlatform
import Synchronization

/// A file or folder that appears complete or not at all: it is made under another name in the same folder, and takes its
/// own name when all of it is on the disk. What was not finished is removed.
package final class AtomicFile: Sendable {
  /// What is to be made; a folder only ever replaces an empty one.
  package enum Kind: Sendable {
    case file, folder
  }

  /// What becomes of a file that is there already.
  package enum Existing: Sendable {
    case refuse
    /// Refused, saying that the command's option `--overwrite` would replace it.
    case refuseWithoutOverwrite
    case replace
  }

  private enum State {
    case pending, done
    /// Removed by a signal that is about to end the process.
    case abandoned
  }

  /// The path it will have.
  package let path: String
  /// The path to write to until then.
  package let temporaryPath: String
  private let target: String
  private let kind: Kind
  private let existing: Existing
  private let state = Mutex(State.pending)
  private let signals = Mutex<SignalWatch?>(nil)

  private static let count = Atomic(0)

  /// Makes the temporary file or folder.
  ///
  /// - Parameter removesOnSignal: whether it is removed too where a signal ends the process.
  /// - Throws: `cannotCreate` where `path` is taken or its folder is missing or not to be written.
  package init(
    _ path: String, kind: Kind = .file, existing: Existing = .refuse, removesOnSignal: Bool = false
  ) throws(OutputError) {
    self.path = path
    self.kind = kind
    self.existing = existing
    target = Self.resolved(path)
    let (folder, name) = FileSystem.split(target)
    let isName = !name.isEmpty && !path.utf8.contains(0) && (kind == .folder || !path.hasSuffix("/"))
    guard isName else { throw OutputError(path: path, reason: "is not a name for a \(kind)") }
    guard FileSystem.isFolder(folder) else {
      throw OutputError(path: path, reason: "cannot be created: there is no folder \(printable(folder))")
    }
    if FileSystem.exists(target), let reason = Self.obstacle(target, kind, existing) {
      throw OutputError(path: path, reason: reason)
    }
    let number = Self.count.add(1, ordering: .relaxed).newValue
    temporaryPath = "\(folder)/.\(name)\(Self.partialMark)\(getpid())-\(number)"
    Self.sweep(folder, name)
    FileSystem.remove(temporaryPath)
    // First the watch: no signal may find the file made and nobody to remove it.
    if removesOnSignal {
      signals.withLock { $0 = SignalWatch(cleanUp: { [weak self] in self?.abandon() }) }
    }
    try withState { _ throws(OutputError) in
      guard Self.make(temporaryPath, kind) else {
        throw OutputError(path: path, reason: "cannot be created: \(FileSystem.lastFailure)")
      }
    }
    // Who may read what is replaced may read what takes its place, and nobody else.
    if let permissions = FileSystem.permissions(target) { _ = chmod(temporaryPath, permissions) }
  }

  deinit { discard() }

  /// Gives the output its name, after all of it is on the disk.
  package func commit() throws(OutputError) {
    try withState { state throws(OutputError) in
      guard state == .pending else {
        throw OutputError(path: path, reason: "is already finished or discarded", status: .software)
      }
      guard FileSystem.synchronise(temporaryPath) else { throw writingError }
      guard takeName() else {
        let reason = errno == EEXIST ? "exists already" : "cannot be created: \(FileSystem.lastFailure)"
        throw OutputError(path: path, reason: reason)
      }
      state = .done
    }
    signals.withLock { $0 = nil }
    // The name is there; a failure here could only be one of a disk that will say so again.
    _ = FileSystem.synchronise(FileSystem.split(target).folder)
  }

  /// Removes what was written. Does nothing after `commit`.
  package func discard() {
    withState { state in
      if state == .pending { FileSystem.remove(temporaryPath) }
      state = .done
    }
  }

  /// Removes what was written, if anything is pending, before a signal ends the process.
  private func abandon() {
    state.withLock { state in
      if state == .pending {
        // Under another name nobody puts a file into the folder while it is being emptied.
        let abandonedPath = temporaryPath + ".abandoned"
        FileSystem.remove(rename(temporaryPath, abandonedPath) == 0 ? abandonedPath : temporaryPath)
      }
      state = .abandoned
    }
  }

  /// Waits for the end where a signal is about to bring it, so that nobody reports that a file is gone.
  private func withState<Failure: Error>(_ body: (inout State) throws(Failure) -> Void) throws(Failure) {
    try state.withLock { state throws(Failure) in
      while state == .abandoned { pause() }
      try body(&state)
    }
  }

  /// False, with errno set, where the name is not to be had.
  private func takeName() -> Bool {
    if kind == .file && existing != .replace {
      // What appeared in the meantime is never replaced.
      if platform_rename_new(temporaryPath, target) == 0 { return true }
      guard errno == EINVAL || errno == ENOSYS || errno == ENOTSUP else { return false }
      // This file system can't do that, but may have links.
      if link(temporaryPath, target) == 0 {
        _ = unlink(temporaryPath)
        return true
      }
      if errno == EEXIST { return false }
    }
    return rename(temporaryPath, target) == 0
  }

  private var writingError: OutputError {
    OutputError(path: path, reason: "cannot be written: \(FileSystem.lastFailure)", status: .io)
  }

  private static let partialMark = ".partial-"

  /// Whether a name is that of something that was never finished.
  package static func isLeftover(_ name: String) -> Bool { name.hasPrefix(".") && name.contains(partialMark) }

  /// Removes what processes that are no more were about to write under a name.
  private static func sweep(_ folder: String, _ name: String) {
    let prefix = ".\(name)\(partialMark)"
    for leftover in FileSystem.names(in: folder) where leftover.hasPrefix(prefix) {
      guard let process = pid_t(leftover.dropFirst(prefix.count).prefix { $0.isNumber }), process > 0,
        kill(process, 0) != 0, errno == ESRCH
      else { continue }
      FileSystem.remove("\(folder)/\(leftover)")
    }
  }

  private static func make(_ path: String, _ kind: Kind) -> Bool {
    guard kind == .file else { return mkdir(path, 0o777) == 0 }
    let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o666)
    return descriptor >= 0 && close(descriptor) == 0
  }

  /// Why what is at `target` must stay.
  private static func obstacle(_ target: String, _ kind: Kind, _ existing: Existing) -> String? {
    switch kind {
    case .folder:
      if !FileSystem.isFolder(target) { return "exists already and is no folder" }
      return FileSystem.names(in: target).isEmpty ? nil : "exists already and is not empty"
    case .file:
      if !FileSystem.isRegularFile(target) { return "exists already and is no regular file" }
      switch existing {
      case .replace: return nil
      case .refuse: return "exists already"
      case .refuseWithoutOverwrite: return "exists already; --overwrite would replace it"
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

extension AtomicFile {
  /// Replaces the file at `path` in one go; what was there stays where that fails.
  package static func replace(_ path: String, with bytes: some Sequence<UInt8>) throws(OutputError) {
    let file = try AtomicFile(path, existing: .replace)
    try file.write(bytes)
    try file.commit()
  }

  /// The same by lines of text, which are made as they are written and never held all at once.
  package static func replace(_ path: String, withLines lines: some Sequence<String>) throws(OutputError) {
    let file = try AtomicFile(path, existing: .replace)
    try file.withDescriptor { descriptor in
      let blockBytes = 32 << 10
      var block: [UInt8] = []
      block.reserveCapacity(blockBytes)
      for line in lines {
        if block.count + line.utf8.count > blockBytes {
          guard writeAll(block, descriptor) else { return false }
          block.removeAll(keepingCapacity: true)
        }
        block += line.utf8
      }
      return writeAll(block, descriptor)
    }
    try file.commit()
  }

  /// Writes all of the file's bytes.
  package func write(_ bytes: some Sequence<UInt8>) throws(OutputError) {
    try withDescriptor { Self.writeAll(Array(bytes), $0) }
  }

  private static func writeAll(_ bytes: [UInt8], _ descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { FileSystem.writeAll($0, to: descriptor) }
  }

  /// Throws where `write` returns false, with errno set.
  private func withDescriptor(_ write: (Int32) -> Bool) throws(OutputError) {
    let descriptor = open(temporaryPath, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw writingError }
    let failure = write(descriptor) ? nil : writingError
    _ = close(descriptor)
    if let failure { throw failure }
  }

  /// Replaces the file at `path` by what `write` puts into the (empty) file whose path it is given; what was there stays
  /// where that throws.
  ///
  /// - Throws: what `write` throws, and `OutputError`.
  package static func replace(_ path: String, write: (_ temporaryPath: String) throws -> Void) throws {
    let file = try AtomicFile(path, existing: .replace)
    try write(file.temporaryPath)
    try file.commit()
  }

  /// Removes what killed processes were about to write. The caller's `FolderLock` must say that nobody else is at it.
  package static func removeLeftovers(in folders: [String]) {
    for folder in folders {
      for name in FileSystem.names(in: folder) where isLeftover(name) { FileSystem.remove("\(folder)/\(name)") }
    }
  }
}
