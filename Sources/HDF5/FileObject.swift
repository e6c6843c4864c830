import CHDF5

/// What a file holds: a group, a dataset or an attribute.
package protocol FileObject: Sendable {
  var place: Place { get }
  var handle: Handle { get }
}

extension FileObject {
  /// Path inside the file, such as `/train/X`, or `/train/X@DIMENSION_LABELS` for an attribute.
  package var name: String { place.path }

  /// An error about it.
  package func error(_ kind: HDF5Error.Kind, _ reason: String) -> HDF5Error { place.error(kind, reason) }
}

/// Where an object is, for the errors about it, and the file that must stay open for it.
package struct Place: Sendable {
  let file: File
  /// Path inside the file; "/" is the root group.
  let path: String

  func appending(_ name: String) -> Place {
    if name.hasPrefix("/") { return Place(file: file, path: name) }
    return Place(file: file, path: path == "/" ? "/\(name)" : "\(path)/\(name)")
  }

  func attribute(_ name: String) -> Place { Place(file: file, path: "\(path)@\(name)") }

  func error(_ kind: HDF5Error.Kind, _ reason: String) -> HDF5Error {
    HDF5Error(kind, file: file.path, object: path, reason: reason)
  }

  /// Takes over an identifier; throws libhdf5's reason where it is none.
  func handle(_ id: hid_t, _ doing: String, as kind: HDF5Error.Kind = .failed) throws(HDF5Error) -> Handle {
    guard id >= 0 else { throw error(kind, "\(doing): \(reasonFromErrorStack())") }
    return Handle(id)
  }

  /// Throws where `status` says that a call failed.
  func check(_ status: herr_t, _ doing: String, as kind: HDF5Error.Kind = .failed) throws(HDF5Error) {
    guard status >= 0 else { throw error(kind, "\(doing): \(reasonFromErrorStack())") }
  }

  /// C ends a string at its first zero byte, so a name that holds one would become another name.
  func check(name: String) throws(HDF5Error) {
    guard !name.isEmpty, !name.utf8.contains(0) else {
      throw error(.cannotCreate, "is not a name: it is empty or holds a zero byte")
    }
  }

  /// A dataspace of `shape`; an empty shape is a scalar.
  func space(_ shape: [Int]) throws(HDF5Error) -> Handle {
    let extents = shape.map { hsize_t($0) }
    let id = shape.isEmpty ? H5Screate(H5S_SCALAR) : H5Screate_simple(Int32(shape.count), extents, nil)
    return try handle(id, "shape \(shape) is not possible")
  }
}
