import CHDF5

/// A dataset: an array of numbers, or one string, with attributes.
package struct Dataset: Sendable, AttributeHolder {
  let place: Place
  let handle: Handle

  /// Path inside the file, such as `/train/X`.
  package var name: String { place.path }

  /// Its extents; empty for a scalar.
  package var shape: [Int] {
    get throws(HDF5Error) {
      try Library.locked { () throws(HDF5Error) -> [Int] in
        try Space.shape(.space(try place.check(H5Dget_space(handle.id), "has no shape")), place)
      }
    }
  }

  /// What it holds in the file.
  package var elementType: ElementType {
    get throws(HDF5Error) {
      try Library.locked { () throws(HDF5Error) -> ElementType in
        let type = Handle.type(try place.check(H5Dget_type(handle.id), "has no type"))
        return ElementType(typeIdentifier: type.id)
      }
    }
  }

  /// Bytes its elements take in the file, compressed where they are.
  var storedBytes: UInt64 { Library.locked { H5Dget_storage_size(handle.id) } }

  /// All elements in row-major order, converted to `E` where the file holds another precision.
  ///
  /// Throws `wrongType` where they are strings, or where whole numbers are asked for and the file holds others.
  package func read<E: Element>(as type: E.Type = E.self) throws(HDF5Error) -> [E] {
    try Library.locked { () throws(HDF5Error) -> [E] in
      try read(shape: try shape, rows: nil)
    }
  }

  /// The elements of `rows` (a range of the first dimension) in row-major order.
  package func read<E: Element>(rows: Range<Int>, as type: E.Type = E.self) throws(HDF5Error) -> [E] {
    try Library.locked { () throws(HDF5Error) -> [E] in
      var shape = try shape
      try checkRows(rows, shape)
      shape[0] = rows.count
      return try read(shape: shape, rows: rows)
    }
  }

  /// Writes all elements, in row-major order.
  package func write<E: Element>(_ values: [E]) throws(HDF5Error) {
    try Library.locked { () throws(HDF5Error) in
      let extents = try shape
      try checkCount(values.count, extents)
      guard !values.isEmpty else { return }
      let status = H5Dwrite(handle.id, E.identifiers.memory, chdf5_all(), chdf5_all(), chdf5_default(), values)
      try place.check(status, "cannot be written")
    }
  }

  /// Writes `rows` (a range of the first dimension); `values` holds them in row-major order.
  package func write<E: Element>(_ values: [E], rows: Range<Int>) throws(HDF5Error) {
    var failure: HDF5Error?
    values.withUnsafeBufferPointer { buffer in
      do throws(HDF5Error) { try write(buffer, rows: rows) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// Writes `rows` from memory that the caller owns.
  package func write<E: Element>(_ values: UnsafeBufferPointer<E>, rows: Range<Int>) throws(HDF5Error) {
    try Library.locked { () throws(HDF5Error) in
      var extents = try shape
      try checkRows(rows, extents)
      extents[0] = rows.count
      try checkCount(values.count, extents)
      guard !values.isEmpty else { return }
      let (memory, file) = try selection(rows, extents)
      let status = H5Dwrite(
        handle.id, E.identifiers.memory, memory.id, file.id, chdf5_default(), values.baseAddress)
      try place.check(status, "cannot be written")
    }
  }

  /// How many elements there are to make room for.
  ///
  /// Throws `wrongType` where they can't be read as `E`, and `wrongShape` where the file can't hold so many.
  package func count<E: Element>(as type: E.Type) throws(HDF5Error) -> Int {
    try Library.locked { () throws(HDF5Error) -> Int in try count(of: try shape, as: type) }
  }

  /// Reads all elements, in row-major order, into memory that the caller owns and that has room for just as many.
  package func read<E: Element>(into buffer: UnsafeMutableBufferPointer<E>) throws(HDF5Error) {
    try Library.locked { () throws(HDF5Error) in
      let count = try count(as: E.self)
      guard count == buffer.count else {
        throw place.error(.wrongShape, "holds \(count) values, expected \(buffer.count)")
      }
      if count > 0 { try place.check(read(buffer, nil), "cannot be read") }
    }
  }

  private func count<E: Element>(of shape: [Int], as type: E.Type) throws(HDF5Error) -> Int {
    let stored = try elementType
    guard stored.converts(to: E.elementType) else {
      throw place.error(.wrongType, "holds \(stored), expected \(E.elementType)")
    }
    return try Space.count(shape, elementBytes: MemoryLayout<E>.stride, stored: storedBytes, place)
  }

  private func read<E: Element>(shape: [Int], rows: Range<Int>?) throws(HDF5Error) -> [E] {
    let count = try count(of: shape, as: E.self)
    guard count > 0 else { return [] }
    let selected = try rows.map { rows throws(HDF5Error) in try selection(rows, shape) }
    var status: herr_t = 0
    let values = [E](unsafeUninitializedCapacity: count) { buffer, initialized in
      status = read(buffer, selected)
      // Nothing of a failed read is looked at, but the array must know how much of it is initialised.
      initialized = status < 0 ? 0 : count
    }
    try place.check(status, "cannot be read")
    return values
  }

  private func read<E: Element>(_ buffer: UnsafeMutableBufferPointer<E>, _ selected: (memory: Handle, file: Handle)?)
    -> herr_t
  {
    H5Dread(
      handle.id, E.identifiers.memory, selected?.memory.id ?? chdf5_all(), selected?.file.id ?? chdf5_all(),
      chdf5_default(), buffer.baseAddress)
  }

  private func selection(_ rows: Range<Int>, _ shape: [Int]) throws(HDF5Error) -> (memory: Handle, file: Handle) {
    let file = Handle.space(try place.check(H5Dget_space(handle.id), "has no shape"))
    var start = [hsize_t](repeating: 0, count: shape.count)
    start[0] = hsize_t(rows.lowerBound)
    let extents = shape.map { hsize_t($0) }
    try place.check(H5Sselect_hyperslab(file.id, H5S_SELECT_SET, start, nil, extents, nil), "has no rows \(rows)")
    return (try Space.make(shape, place), file)
  }

  private func checkRows(_ rows: Range<Int>, _ shape: [Int]) throws(HDF5Error) {
    guard let count = shape.first, rows.lowerBound >= 0, rows.upperBound <= count else {
      throw place.error(.wrongShape, "has the shape \(shape), so there are no rows \(rows)")
    }
  }

  private func checkCount(_ count: Int, _ shape: [Int]) throws(HDF5Error) {
    guard count == shape.reduce(1, *) else {
      throw place.error(.wrongShape, "\(count) values were given for the shape \(shape)")
    }
  }
}
