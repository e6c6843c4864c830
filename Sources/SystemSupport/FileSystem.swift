import Foundation

/// What is asked of the file system.
package enum FileSystem {
  /// The words for the last failed call.
  package static var lastFailure: String { String(cString: strerror(errno)) }

  package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Whether there is certainly nothing.
  package static func isMissing(_ path: String) -> Bool { !exists(path) && (errno == ENOENT || errno == ENOTDIR) }

  package static func isFolder(_ path: String) -> Bool { kind(path) == S_IFDIR }

  package static func isRegularFile(_ path: String) -> Bool { kind(path) == S_IFREG }

  private static func kind(_ path: String) -> mode_t? { status(path).map { $0.st_mode & S_IFMT } }

  /// Bytes of a file; 0 where there is none.
  package static func size(_ path: String) -> Int { Int(status(path)?.st_size ?? 0) }

  /// What who may do with a file; nil where there is none.
  static func permissions(_ path: String) -> mode_t? { status(path).map { $0.st_mode & 0o777 } }

  private static func status(_ path: String) -> stat? {
    var status = stat()
    return stat(path, &status) == 0 ? status : nil
  }

  /// Names in a folder, in no order; none where it cannot be listed.
  package static func names(in folder: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
  }

  /// The folder a path is in, and its last component.
  package static func split(_ path: String) -> (folder: String, name: String) {
    var path = Substring(path)
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    guard let slash = path.lastIndex(of: "/") else { return (".", String(path)) }
    let folder = path[..<slash]
    return (folder.isEmpty ? "/" : String(folder), String(path[path.index(after: slash)...]))
  }

  /// Makes a folder and those on the way to it, where they are not there yet.
  package static func makeFolders(_ path: String) throws(OutputError) {
    if isFolder(path) { return }
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw OutputError(path: path, reason: "is not a name for a folder")
    }
    let parent = split(path).folder
    if !exists(parent) { try makeFolders(parent) }
    if mkdir(path, 0o777) == 0 { return }
    // Before anything else is asked of the system.
    let reason = lastFailure
    guard isFolder(path) else { throw OutputError(path: path, reason: "cannot be created: \(reason)") }
  }

  /// Makes a folder, and those on the way to it where they are not there yet. False where it is there already.
  package static func makeFolder(_ path: String) throws(OutputError) -> Bool {
    try makeFolders(split(path).folder)
    if mkdir(path, 0o777) == 0 { return true }
    guard errno == EEXIST else { throw OutputError(path: path, reason: "cannot be created: \(lastFailure)") }
    return false
  }

  /// Removes a file, or a folder with everything in it.
  package static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

  /// Waits until a file or a folder is on the disk. False, with errno set, where that fails.
  package static func synchronise(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { _ = close(descriptor) }
    return fsync(descriptor) == 0
  }
}

extension FileSystem {
  /// The bytes of a file; nil where there is none.
  package static func contents(_ path: String) throws(InputError) -> Data? {
    if isMissing(path) { return nil }
    var data = Data()
    try forEachPart(of: path) { data.append(contentsOf: $0) }
    return data
  }

  /// Up to `count` bytes of a file from `offset` on.
  package static func bytes(of path: String, at offset: Int, count: Int) throws(InputError) -> [UInt8] {
    let descriptor = try openForReading(path).descriptor
    defer { _ = close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: count)
    guard let found = bytes.withUnsafeMutableBytes({ readAll(into: $0, from: descriptor, at: offset) }) else {
      throw unreadable(path)
    }
    return Array(bytes[..<found])
  }

  /// Gives `body` a file's bytes, part by part.
  static func forEachPart(of path: String, _ body: (UnsafeRawBufferPointer) -> Void) throws(InputError) {
    let descriptor = try openForReading(path).descriptor
    defer { _ = close(descriptor) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
    defer { buffer.deallocate() }
    while true {
      let count = read(descriptor, buffer.baseAddress, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw unreadable(path) }
      if count == 0 { return }
      body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }

  private static func unreadable(_ path: String) -> InputError {
    InputError(
      file: path, found: "a file that cannot be read (\(lastFailure))", expected: "a readable file",
      status: .io)
  }

  /// Opens a file, and gives its size in bytes. Throws where it can't be opened or is no regular file; `kind` says what it should be.
  package static func openForReading(
    _ path: String, as kind: String = "file"
  ) throws(InputError) -> (descriptor: Int32, size: Int) {
    // Does not wait for a writer where the path is a pipe.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    var status = stat()
    guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
      let reason = lastFailure
      if descriptor >= 0 { _ = close(descriptor) }
      throw InputError(
        file: path, found: "a file that cannot be opened (\(reason))", expected: "a readable \(kind)", status: .noInput)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      _ = close(descriptor)
      throw InputError(file: path, found: "something that is no file", expected: "a \(kind)", status: .noInput)
    }
    return (descriptor, Int(status.st_size))
  }

  /// Fills a buffer with a file's bytes from `offset` on, in as many reads as it takes. How many there were before the file's end; nil, with
  /// errno set, where they can't be read.
  package static func readAll(
    into buffer: UnsafeMutableRawBufferPointer, from descriptor: Int32, at offset: Int
  ) -> Int? {
    var done = 0
    while done < buffer.count {
      let count = pread(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done, off_t(offset + done))
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { return nil }
      if count == 0 { break }
      done += count
    }
    return done
  }

  /// Writes all bytes. False, with errno set, where that fails.
  package static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
    var done = 0
    while done < bytes.count {
      let count = write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      done += count
    }
    return true
  }
}
