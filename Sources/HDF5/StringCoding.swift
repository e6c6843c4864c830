import CHDF5

/// Strings in memory and in the file. Everything here is called with the library locked.
enum StringCoding {
  enum Characters {
    case utf8, ascii
    var set: H5T_cset_t { self == .utf8 ? H5T_CSET_UTF8 : H5T_CSET_ASCII }
  }

  /// Strings of any length: h5py's `str` (UTF-8) and, on writing, its `bytes` (ASCII).
  static func variableLengthType(_ characters: Characters, _ place: Place) throws(HDF5Error) -> Handle {
    let type = Handle.type(try place.check(H5Tcopy(chdf5_c_string()), "has no string type"))
    try place.check(H5Tset_size(type.id, chdf5_variable_length()), "has no string type")
    try place.check(H5Tset_cset(type.id, characters.set), "has no string type")
    return type
  }

  /// Strings of `length` bytes padded with zeros: numpy's `S`.
  static func fixedLengthType(_ length: Int, _ characters: Characters, _ place: Place) throws(HDF5Error) -> Handle {
    let type = Handle.type(try place.check(H5Tcopy(chdf5_c_string()), "has no string type"))
    try place.check(H5Tset_size(type.id, length), "has no string type of \(length) bytes")
    try place.check(H5Tset_strpad(type.id, H5T_STR_NULLPAD), "has no string type")
    try place.check(H5Tset_cset(type.id, characters.set), "has no string type")
    return type
  }

  /// Gives `body` an array of pointers to zero-terminated copies of `strings`.
  static func withCStrings(
    _ strings: [String], _ place: Place, _ body: (UnsafeRawPointer) -> herr_t
  ) throws(HDF5Error) {
    guard !strings.contains(where: { $0.utf8.contains(0) }) else {
      throw place.error(.cannotCreate, "a string with a zero byte cannot be stored")
    }
    // One block of memory for all, so that there is one thing to own.
    var bytes: [CChar] = []
    var offsets: [Int] = []
    for string in strings {
      offsets.append(bytes.count)
      bytes.append(contentsOf: string.utf8.map { CChar(bitPattern: $0) })
      bytes.append(0)
    }
    let status = bytes.withUnsafeBufferPointer { bytes in
      var pointers: [UnsafePointer<CChar>?] = []
      if let start = bytes.baseAddress { pointers = offsets.map { start + $0 } }
      return pointers.withUnsafeBytes { $0.baseAddress.map(body) ?? -1 }
    }
    try place.check(status, "cannot be written")
  }

  /// All strings of a dataset or attribute of `type` and `space`, whose elements take `stored` bytes in the file.
  static func read(
    type: Handle, space: Handle, stored: UInt64, _ place: Place,
    _ read: (_ memoryType: hid_t, UnsafeMutableRawPointer) -> herr_t
  ) throws(HDF5Error) -> [String] {
    let shape = try Space.shape(space, place)
    // numpy cannot say of which type an empty list is, so any type will do for none.
    if shape.contains(0) { return [] }
    guard H5Tget_class(type.id) == H5T_STRING else {
      throw place.error(.wrongType, "holds \(ElementType(typeIdentifier: type.id)), expected string")
    }
    let isVariable = H5Tis_variable_str(type.id) > 0
    let characters: Characters = H5Tget_cset(type.id) == H5T_CSET_UTF8 ? .utf8 : .ascii
    return isVariable
      ? try readVariable(shape, characters, space, stored, place, read)
      : try readFixed(shape, type, stored, place, read)
  }

  private static func readVariable(
    _ shape: [Int], _ characters: Characters, _ space: Handle, _ stored: UInt64, _ place: Place,
    _ read: (hid_t, UnsafeMutableRawPointer) -> herr_t
  ) throws(HDF5Error) -> [String] {
    let count = try Space.count(shape, elementBytes: MemoryLayout<Int>.size, stored: stored, place)
    let memory = try variableLengthType(characters, place)
    var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
    let status = pointers.withUnsafeMutableBytes { $0.baseAddress.map { read(memory.id, $0) } ?? -1 }
    try place.check(status, "cannot be read")
    defer {
      _ = pointers.withUnsafeMutableBytes { H5Dvlen_reclaim(memory.id, space.id, chdf5_default(), $0.baseAddress) }
    }
    // h5py writes an empty string as a null pointer.
    return pointers.map { $0.map { String(cString: $0) } ?? "" }
  }

  private static func readFixed(
    _ shape: [Int], _ type: Handle, _ stored: UInt64, _ place: Place,
    _ read: (hid_t, UnsafeMutableRawPointer) -> herr_t
  ) throws(HDF5Error) -> [String] {
    let length = H5Tget_size(type.id)
    let count = try Space.count(shape, elementBytes: length, stored: stored, place)
    var bytes = [UInt8](repeating: 0, count: count * length)
    let status = bytes.withUnsafeMutableBytes { $0.baseAddress.map { read(type.id, $0) } ?? -1 }
    try place.check(status, "cannot be read")
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
