import CHDF5
import SystemSupport

extension ElementArray {
  /// Its one string, of variable or fixed length.
  package func string() throws(HDF5Error) -> String { try one(try strings()) }

  /// Its strings in row-major order, of variable or fixed length; none where it is empty, of whatever type.
  package func strings() throws(HDF5Error) -> [String] {
    try Library.locked { () throws(HDF5Error) in
      let shape = try shape
      // numpy cannot say of which type an empty list is, so any type will do for none.
      if shape.contains(0) { return [] }
      let type = try type()
      guard H5Tget_class(type.id) == H5T_STRING else {
        throw place.error(.wrongType, "holds \(ElementType(typeIdentifier: type.id)), expected string")
      }
      return H5Tis_variable_str(type.id) > 0
        ? try variableLengthStrings(shape, type) : try fixedLengthStrings(shape, type)
    }
  }

  private func variableLengthStrings(_ shape: [Int], _ type: Handle) throws(HDF5Error) -> [String] {
    var pointers = [UnsafeMutablePointer<CChar>?](
      repeating: nil, count: try checkRoom(for: shape, elementBytes: MemoryLayout<Int>.size))
    let memory = try place.stringType(H5Tget_cset(type.id))
    let space = try space()
    try place.check(pointers.withUnsafeMutableBytes { readAll(memory.id, $0.baseAddress) }, "cannot be read")
    defer {
      _ = pointers.withUnsafeMutableBytes { H5Dvlen_reclaim(memory.id, space.id, chdf5_default(), $0.baseAddress) }
    }
    // h5py writes an empty string as a null pointer.
    return pointers.map { $0.map { String(cString: $0) } ?? "" }
  }

  private func fixedLengthStrings(_ shape: [Int], _ type: Handle) throws(HDF5Error) -> [String] {
    let length = H5Tget_size(type.id)
    let count = try checkRoom(for: shape, elementBytes: length)
    var bytes = [UInt8](repeating: 0, count: count * length)
    try place.check(bytes.withUnsafeMutableBytes { readAll(type.id, $0.baseAddress) }, "cannot be read")
    let padding = H5Tget_strpad(type.id)
    return (0..<count).map { index in
      var field = bytes[(index * length)..<((index + 1) * length)]
      if padding == H5T_STR_NULLTERM {
        field = field.prefix { $0 != 0 }
      } else {
        let pad: UInt8 = padding == H5T_STR_SPACEPAD ? 0x20 : 0
        while field.last == pad { field.removeLast() }
      }
      return String(decoding: field, as: UTF8.self)
    }
  }
}

/// Called with the library locked.
extension Place {
  /// The type of strings in UTF-8 or ASCII: of `length` bytes padded with zeros (numpy's `S`), else of any length (h5py's
  /// `str` in UTF-8 and, on writing, its `bytes` in ASCII).
  func stringType(_ characters: H5T_cset_t, length: Int? = nil) throws(HDF5Error) -> Handle {
    let failure = "has no string type\(length.map { " of \($0) bytes" } ?? "")"
    let type = try handle(H5Tcopy(chdf5_c_string()), failure)
    try check(H5Tset_size(type.id, length ?? chdf5_variable_length()), failure)
    if length != nil { try check(H5Tset_strpad(type.id, H5T_STR_NULLPAD), failure) }
    try check(H5Tset_cset(type.id, characters), failure)
    return type
  }

  /// Gives `write` an array of pointers to zero-terminated copies of `strings`, of which there is one at least.
  func writeCStrings(_ strings: [String], _ write: (UnsafeRawPointer?) -> herr_t) throws(HDF5Error) {
    guard !strings.contains(where: { $0.utf8.contains(0) }) else {
      throw error(.cannotCreate, "a string with a zero byte cannot be stored")
    }
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    try check(copies.withUnsafeBytes { write($0.baseAddress) }, "cannot be written")
  }
}
