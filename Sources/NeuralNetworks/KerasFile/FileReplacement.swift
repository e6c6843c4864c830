import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes a file so that its name always leads to a complete one: under another name in the same folder, which becomes the file's own
/// when all of it is on the disk.
package enum FileReplacement {
  private static let count = Atomic<Int>(0)

  /// Replaces the file at `path` by what `write` puts into the (empty) file whose path it is given; leaves everything as it was
  /// where that throws.
  package static func replace(
    _ path: String, write: (_ temporaryPath: String) throws(KerasFileError.Problem) -> Void
  ) throws(KerasFileError.Problem) {
    let target = try resolved(path)
    let (folder, name) = split(target)
    let number = count.add(1, ordering: .relaxed).newValue
    let temporaryPath = "\(folder)/.\(name).partial-\(getpid())-\(number)"
    try makeEmpty(temporaryPath)
    do throws(KerasFileError.Problem) {
      try write(temporaryPath)
      try synchronise(temporaryPath)
      guard rename(temporaryPath, target) == 0 else {
        throw .cannotCreate(reason: "cannot be created: \(lastFailure)")
      }
    } catch {
      _ = unlink(temporaryPath)
      throw error
    }
    // The name is there; a failure here could only be one of a disk that will say so again.
    try? synchronise(folder)
  }

  /// Where `path` is a link to a file, that is what is to be replaced; what is no file must stay.
  private static func resolved(_ path: String) throws(KerasFileError.Problem) -> String {
    guard !path.isEmpty, !path.utf8.contains(0), path.utf8.last != UInt8(ascii: "/") else {
      throw .cannotCreate(reason: "is not a name for a file")
    }
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    let target = String(cString: real)
    var status = stat()
    guard stat(target, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw .cannotCreate(reason: "exists already and is no regular file")
    }
    return target
  }

  private static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    return (slash == path.startIndex ? "/" : String(path[..<slash]), String(path[path.index(after: slash)...]))
  }

  private static func makeEmpty(_ path: String) throws(KerasFileError.Problem) {
    _ = unlink(path)
    let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .cannotCreate(reason: "cannot be created: \(lastFailure)") }
    close(descriptor)
  }

  private static func synchronise(_ path: String) throws(KerasFileError.Problem) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .cannotWrite(reason: "cannot be written: \(lastFailure)") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .cannotWrite(reason: "cannot be written: \(lastFailure)") }
  }

  private static var lastFailure: String { String(cString: strerror(errno)) }
}
