import Foundation

/// What is asked of the file system.
package enum FileSystem {
  /// The words for the last failed call.
  package static var lastFailure: String { String(cString: strerror(errno)) }

  package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  package static func isFolder(_ path: String) -> Bool { kind(path) == S_IFDIR }

  package static func isRegularFile(_ path: String) -> Bool { kind(path) == S_IFREG }

  private static func kind(_ path: String) -> mode_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
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
    guard mkdir(path, 0o777) == 0 || isFolder(path) else {
      throw OutputError(path: path, reason: "cannot be created: \(lastFailure)")
    }
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
    guard exists(path) || (errno != ENOENT && errno != ENOTDIR) else { return nil }
    var data = Data()
    try forEachPart(of: path) { data.append(contentsOf: $0) }
    return data
  }

  /// Gives `body` a file's bytes, part by part.
  static func forEachPart(of path: String, _ body: (UnsafeRawBufferPointer) -> Void) throws(InputError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw InputError(
        file: path, found: "a file that cannot be opened (\(lastFailure))", expected: "a readable file",
        status: .noInput)
    }
    defer { _ = close(descriptor) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
    defer { buffer.deallocate() }
    while true {
      let count = read(descriptor, buffer.baseAddress, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        throw InputError(
          file: path, found: "a file that cannot be read (\(lastFailure))", expected: "a readable file",
          status: errno == EISDIR ? .noInput : .io)
      }
      if count == 0 { return }
      body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
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
