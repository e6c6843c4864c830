import CHDF5

/// Owns one libhdf5 identifier and closes it when the last reference goes.
///
/// Bind a handle to a name before passing its `id` on: a name keeps it alive over the calls in its scope, whereas a
/// temporary is closed as soon as its `id` was read.
final class Handle: Sendable {
  typealias Closer = @Sendable (hid_t) -> herr_t

  let id: hid_t
  private let closer: Closer

  /// Takes over `id`, which must be valid.
  init(_ id: hid_t, closer: @escaping Closer) {
    self.id = id
    self.closer = closer
  }

  deinit {
    // Fails harmlessly where the file was closed before, which closes everything in it.
    Library.locked { _ = closer(id) }
  }

  static func object(_ id: hid_t) -> Handle { Handle(id) { H5Oclose($0) } }
  static func attribute(_ id: hid_t) -> Handle { Handle(id) { H5Aclose($0) } }
  static func type(_ id: hid_t) -> Handle { Handle(id) { H5Tclose($0) } }
  static func space(_ id: hid_t) -> Handle { Handle(id) { H5Sclose($0) } }
  static func properties(_ id: hid_t) -> Handle { Handle(id) { H5Pclose($0) } }
}

/// Where an object is, for the errors about it, and the file that must stay open for it.
struct Place: Sendable {
  let file: File
  /// Path inside the file; "/" is the root group.
  let path: String

  func appending(_ name: String) -> Place {
    if name.hasPrefix("/") { return Place(file: file, path: name) }
    return Place(file: file, path: path == "/" ? "/\(name)" : "\(path)/\(name)")
  }

  func error(_ kind: HDF5Error.Kind, _ reason: String) -> HDF5Error {
    HDF5Error(kind, file: file.path, object: path, reason: reason)
  }

  /// The identifier, or an error with libhdf5's reason where it is none.
  func check(_ id: hid_t, _ doing: String, as kind: HDF5Error.Kind = .failed) throws(HDF5Error) -> hid_t {
    guard id >= 0 else { throw error(kind, "\(doing): \(reasonFromErrorStack())") }
    return id
  }

  /// Throws where `status` says that a call failed.
  func check(_ status: herr_t, _ doing: String, as kind: HDF5Error.Kind = .failed) throws(HDF5Error) {
    guard status >= 0 else { throw error(kind, "\(doing): \(reasonFromErrorStack())") }
  }
}
