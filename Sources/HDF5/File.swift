import CHDF5
import CHDF5Driver
import SystemSupport

/// An open HDF5 file. It stays open as long as it or anything opened through it is in use, or until `close()`.
package final class File: Sendable {
  /// The path it was opened with.
  package let path: String
  /// Bytes that it had when it was opened for reading, which bound what it can hold.
  let byteCount: Int
  private let handle: Handle
  /// Its number with the operating system; -1 where libhdf5 doesn't tell.
  private let descriptor: Int32
  /// What it was like when it was opened.
  private let opened: stat

  private init(path: String, id: hid_t, byteCount: Int = .max) {
    self.path = path
    self.byteCount = byteCount
    handle = Handle(id)
    // A process that is started meanwhile must not keep the file open, and with it libhdf5's lock on it.
    var descriptor: UnsafeMutableRawPointer?
    if H5Fget_vfd_handle(id, chdf5_default(), &descriptor) >= 0, let descriptor {
      self.descriptor = descriptor.load(as: Int32.self)
      _ = fcntl(self.descriptor, F_SETFD, FD_CLOEXEC)
    } else {
      self.descriptor = -1
    }
    var opened = stat()
    _ = fstat(self.descriptor, &opened)
    self.opened = opened
  }

  /// Makes a new file, replacing what is at `path`.
  ///
  /// It isn't locked: nobody else knows it before it is whole and has its name, and a process that is just being started would hold
  /// the lock for longer than we do. Throws `cannotCreate` where the folder is missing or may not be written.
  package static func create(_ path: String) throws(HDF5Error) -> File {
    try Library.locked { () throws(HDF5Error) in
      let creation = Handle.creation(chdf5_file_create())
      let access = try accessProperties(path, locks: false)
      guard H5Pset_driver(access.id, latching_driver(), nil) >= 0 else {
        throw HDF5Error(.failed, file: path, reason: reasonFromErrorStack())
      }
      let id = H5Fcreate(path, chdf5_open_truncate(), creation.id, access.id)
      guard id >= 0 else {
        throw HDF5Error(.cannotCreate, file: path, reason: "cannot be created: \(reasonFromErrorStack())")
      }
      return File(path: path, id: id)
    }
  }

  /// Opens a file for reading only.
  ///
  /// Throws `notFound`, `unreadable`, `notHDF5` or `truncated`, whichever it is.
  package static func open(_ path: String) throws(HDF5Error) -> File {
    let byteCount = try readableBytes(path)
    return try Library.locked { () throws(HDF5Error) in
      let access = try accessProperties(path, locks: true)
      guard H5Fis_hdf5(path) > 0 else {
        // What Keras 3 saves unless the name ends in .h5 is a zip archive.
        let isArchive = (try? FileSystem.bytes(of: path, at: 0, count: 4)) == Array("PK\u{3}\u{4}".utf8)
        throw HDF5Error(
          .notHDF5, file: path,
          reason: isArchive
            ? "is a zip archive, not an HDF5 file; a .keras file can be saved again in Keras as .h5"
            : "is not an HDF5 file")
      }
      let id = H5Fopen(path, chdf5_open_read_only(), access.id)
      guard id >= 0 else {
        let reason = reasonFromErrorStack()
        if reason.contains("truncated") {
          throw HDF5Error(.truncated, file: path, reason: "is truncated (\(reason))")
        }
        // What libhdf5's lock on the file says.
        if reason == String(cString: strerror(EAGAIN)) {
          throw HDF5Error(.unreadable, file: path, reason: "is open for writing in another process")
        }
        throw HDF5Error(.failed, file: path, reason: "is damaged: \(reason)")
      }
      return File(path: path, id: id, byteCount: byteCount)
    }
  }

  /// Opens a file that may have come to harm, or that others made, and reads it.
  ///
  /// A sealed file's bytes are held against its seal. Of others nobody knows, and libhdf5, which damaged ones make crash, hang or
  /// take all memory, has to get through them in a copy of this process first, where there is one thread only.
  ///
  /// - Parameters:
  ///   - wrap: the caller's error for what is wrong with the file.
  ///   - body: what is to be read.
  package static func read<Value, Failure: Error>(
    _ path: String, wrap: (HDF5Error) -> Failure, _ body: (Group) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    func wrapping<Result>(_ body: () throws(HDF5Error) -> Result) throws(Failure) -> Result {
      do throws(HDF5Error) { return try body() } catch { throw wrap(error) }
    }
    func opened() throws(Failure) -> Value {
      try body(try wrapping { () throws(HDF5Error) in try open(path).root })
    }
    let bytes = try wrapping { () throws(HDF5Error) in try readableBytes(path) }
    if try wrapping({ () throws(HDF5Error) in try hasSeal(path) }) { return try opened() }
    let rehearsal = Rehearsal(seconds: UInt32(5 + min(bytes >> 24, 3600)), memory: (256 << 20) + 128 * UInt64(bytes))
    return try rehearsal(failure: { wrap(HDF5Error(.failed, file: path, reason: $0)) }, opened)
  }

  /// Whether a file is sealed; throws where its bytes are others than those that were.
  private static func hasSeal(_ path: String) throws(HDF5Error) -> Bool {
    do throws(InputError) {
      let state = try FileSeal.state(of: path)
      guard state == .broken else { return state == .intact }
    } catch {
      throw HDF5Error(.unreadable, file: path, reason: "cannot be read: found \(error.found)")
    }
    throw HDF5Error(.failed, file: path, reason: "is damaged: it has another checksum than it should")
  }

  /// The root group.
  package var root: Group {
    get throws(HDF5Error) {
      let place = Place(file: self, path: "/")
      return try Library.locked { () throws(HDF5Error) in
        Group(place: place, handle: try place.handle(H5Oopen(handle.id, "/", chdf5_default()), "cannot be opened"))
      }
    }
  }

  /// Flushes and closes the file and everything opened through it; later use of any of them throws.
  ///
  /// A file that is only dropped is closed too, but then nobody hears of a full disk.
  package func close() throws(HDF5Error) {
    try Library.locked { () throws(HDF5Error) in
      guard H5Fflush(handle.id, H5F_SCOPE_GLOBAL) >= 0 else {
        throw HDF5Error(.failed, file: path, reason: "cannot be written: \(reasonFromErrorStack())")
      }
      guard H5Fclose(handle.id) >= 0 else {
        throw HDF5Error(.failed, file: path, reason: "cannot be closed: \(reasonFromErrorStack())")
      }
      try checkWritten()
    }
  }

  /// Throws where something that was written to a new file has not reached it. Called with the library locked.
  func checkWritten() throws(HDF5Error) {
    let failure = latching_driver_failure(descriptor)
    guard failure == 0 else {
      throw HDF5Error(.failed, file: path, reason: "cannot be written: \(String(cString: strerror(failure)))")
    }
  }

  /// Throws where a file that is read is no longer what it was when it was opened: libhdf5 takes what lies behind a file's end for zeros.
  ///
  /// Called with the library locked.
  func checkUnchanged() throws(HDF5Error) {
    var now = stat()
    guard descriptor >= 0, fstat(descriptor, &now) == 0 else { return }
    guard now.st_size == opened.st_size, now.modified == opened.modified else {
      throw HDF5Error(.failed, file: path, reason: "was changed by somebody while it was read")
    }
  }

  private static func accessProperties(_ path: String, locks: Bool) throws(HDF5Error) -> Handle {
    let properties = Handle(H5Pcreate(chdf5_file_access()))
    guard H5Pset_fclose_degree(properties.id, H5F_CLOSE_STRONG) >= 0, chdf5_modern_format(properties.id) >= 0 else {
      throw HDF5Error(.failed, file: path, reason: reasonFromErrorStack())
    }
    chdf5_set_locking(properties.id, locks)
    return properties
  }

  /// libhdf5 calls whatever it cannot open "not HDF5"; the operating system knows better.
  private static func readableBytes(_ path: String) throws(HDF5Error) -> Int {
    var status = stat()
    guard access(path, R_OK) == 0, stat(path, &status) == 0 else {
      let kind: HDF5Error.Kind = errno == ENOENT ? .notFound : .unreadable
      throw HDF5Error(kind, file: path, reason: "cannot be opened: \(FileSystem.lastFailure)")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw HDF5Error(.notHDF5, file: path, reason: "is not a file")
    }
    guard status.st_size > 0 else {
      throw HDF5Error(.notHDF5, file: path, reason: "is empty, not an HDF5 file")
    }
    return Int(status.st_size)
  }
}

extension stat {
  /// When the contents last changed, in seconds and nanoseconds.
  fileprivate var modified: [Int] {
    #if os(Linux)
      [st_mtim.tv_sec, st_mtim.tv_nsec]
    #else
      [st_mtimespec.tv_sec, st_mtimespec.tv_nsec]
    #endif
  }
}
