import CHDF5

/// A dataset or an attribute: numbers or strings in a shape.
///
/// The requirements are libhdf5's functions for either; they are called with the library locked.
package protocol ElementArray: FileObject {
  /// New identifiers of its type and of its dataspace.
  func openType() -> hid_t
  func openSpace() -> hid_t
  /// Bytes that its elements take in the file, compressed where they are.
  func storageSize() -> hsize_t
  /// Whether they may be compressed.
  var isFiltered: Bool { get }
  /// Reads all elements, converted to a type in memory.
  func readAll(_ memoryType: hid_t, _ target: UnsafeMutableRawPointer?) -> herr_t
}

extension ElementArray {
  /// Its extents: empty for a scalar, [0] for a null space (h5py's Empty).
  package var shape: [Int] {
    get throws(HDF5Error) {
      try Library.locked { () throws(HDF5Error) in
        let space = try space()
        if H5Sget_simple_extent_type(space.id) == H5S_NULL { return [0] }
        let rank = H5Sget_simple_extent_ndims(space.id)
        try place.check(rank, "has no shape")
        var extents = [hsize_t](repeating: 0, count: Int(rank))
        H5Sget_simple_extent_dims(space.id, &extents, nil)
        if let extent = extents.first(where: { $0 > hsize_t(Int.max) }) {
          throw place.error(.wrongShape, "has an impossible extent of \(extent)")
        }
        return extents.map { Int($0) }
      }
    }
  }

  /// What it holds in the file.
  package var elementType: ElementType {
    get throws(HDF5Error) {
      try Library.locked { () throws(HDF5Error) in
        let type = try type()
        return ElementType(typeIdentifier: type.id)
      }
    }
  }

  /// How many elements there are to make room for.
  ///
  /// Throws `wrongType` where they can't be read as `E`, and `wrongShape` where the file can't hold so many.
  package func count<E: Element>(as type: E.Type) throws(HDF5Error) -> Int {
    try Library.locked { () throws(HDF5Error) in try count(of: try shape, as: type) }
  }

  /// All elements in row-major order, converted to `E` where the file holds another precision.
  ///
  /// Throws `wrongType` where they are strings, or where whole numbers are asked for and the file holds others.
  package func read<E: Element>(as type: E.Type = E.self) throws(HDF5Error) -> [E] {
    try Library.locked { () throws(HDF5Error) in
      try read(shape: try shape) { readAll(E.identifiers.memory, $0) }
    }
  }

  /// Reads all elements, in row-major order, into memory that the caller owns and that has room for just as many.
  package func read<E: Element>(into buffer: UnsafeMutableBufferPointer<E>) throws(HDF5Error) {
    try Library.locked { () throws(HDF5Error) in
      let count = try count(as: E.self)
      guard count == buffer.count else {
        throw place.error(.wrongShape, "holds \(count) values, expected \(buffer.count)")
      }
      if count > 0 { try place.check(readAll(E.identifiers.memory, buffer.baseAddress), "cannot be read") }
    }
  }
}

/// Called with the library locked.
extension ElementArray {
  func type() throws(HDF5Error) -> Handle { try place.handle(openType(), "has no type") }
  func space() throws(HDF5Error) -> Handle { try place.handle(openSpace(), "has no shape") }

  /// The one of `values`.
  func one<Value>(_ values: [Value]) throws(HDF5Error) -> Value {
    guard values.count == 1 else { throw place.error(.wrongShape, "holds \(values.count) values, expected one") }
    return values[0]
  }

  /// As many elements as `shape` has, which `read` puts where it is told.
  func read<E: Element>(
    shape: [Int], _ read: (UnsafeMutablePointer<E>?) -> herr_t
  ) throws(HDF5Error) -> [E] {
    let count = try count(of: shape, as: E.self)
    guard count > 0 else { return [] }
    var status: herr_t = 0
    let values = [E](unsafeUninitializedCapacity: count) { buffer, initialized in
      status = read(buffer.baseAddress)
      // Nothing of a failed read is looked at, but the array must know how much of it is initialised.
      initialized = status < 0 ? 0 : count
    }
    try place.check(status, "cannot be read")
    return values
  }

  func count<E: Element>(of shape: [Int], as type: E.Type) throws(HDF5Error) -> Int {
    let type = try self.type()
    let stored = ElementType(typeIdentifier: type.id)
    guard stored.converts(to: E.elementType) else {
      throw place.error(.wrongType, "holds \(stored), expected \(E.elementType)")
    }
    return try checkRoom(for: shape, elementBytes: H5Tget_size(type.id))
  }

  /// The elements of `shape`, refused where they are more than the bytes in the file can stand for: a damaged file must
  /// not make us ask for more memory than there is.
  @discardableResult
  func checkRoom(for shape: [Int], elementBytes: Int, _ claim: String = "the shape") throws(HDF5Error) -> Int {
    let stored = min(Int(clamping: storageSize()), place.file.byteCount)
    // deflate reaches 1032 to 1, but not on recordings or weights.
    let room = isFiltered ? 16 << 20 + 100 * min(stored, .max / 200) : stored
    var (count, isOverflow) = (1, false)
    var bytes = max(1, elementBytes)
    for extent in shape.contains(0) ? [0] : shape where !isOverflow {
      count = count.multipliedReportingOverflow(by: extent).partialValue
      (bytes, isOverflow) = bytes.multipliedReportingOverflow(by: extent)
    }
    guard !isOverflow, bytes <= room, stored > 0 || count == 0 else {
      let claim = "\(claim) \(shape.reversed().drop { $0 == 1 }.reversed() as [Int])"
      throw place.error(
        .wrongShape,
        stored == 0 ? "has \(claim) but was never written" : "claims \(claim) but holds only \(stored) bytes")
    }
    return count
  }
}
