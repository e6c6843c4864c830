import CHDF5

/// A dataset: an array of numbers, or one string, with attributes.
package struct Dataset: ElementArray, AttributeHolder {
  package let place: Place
  package let handle: Handle

  package func openType() -> hid_t { H5Dget_type(handle.id) }
  package func openSpace() -> hid_t { H5Dget_space(handle.id) }
  package func storageSize() -> hsize_t { H5Dget_storage_size(handle.id) }
  package func readAll(_ memoryType: hid_t, _ target: UnsafeMutableRawPointer?) -> herr_t {
    H5Dread(handle.id, memoryType, chdf5_all(), chdf5_all(), chdf5_default(), target)
  }

  package var isFiltered: Bool {
    let properties = Handle(H5Dget_create_plist(handle.id))
    return H5Pget_nfilters(properties.id) > 0
  }

  /// Throws where the elements lie in other files, went through filters that are none of ours, or come in chunks that no file of this
  /// size holds. Asks nothing for which libhdf5 would open those other files.
  func checkStorage() throws(HDF5Error) {
    try Library.locked { () throws(HDF5Error) in
      let properties = try place.handle(H5Dget_create_plist(handle.id), "cannot be opened")
      let layout = H5Pget_layout(properties.id)
      guard [H5D_COMPACT, H5D_CONTIGUOUS, H5D_CHUNKED].contains(layout), H5Pget_external_count(properties.id) == 0
      else {
        throw place.error(.wrongType, "holds elements of other files, which are not read")
      }
      let known = [H5Z_FILTER_DEFLATE, H5Z_FILTER_SHUFFLE, H5Z_FILTER_FLETCHER32]
      for index in 0..<UInt32(max(0, H5Pget_nfilters(properties.id))) {
        let filter = H5Pget_filter2(properties.id, index, nil, nil, nil, 0, nil, nil)
        guard known.contains(filter) else {
          throw place.error(.wrongType, "went through the filter \(filter), expected gzip, shuffle or fletcher32")
        }
      }
      guard let chunk = try chunkShape else { return }
      try checkRoom(for: chunk, elementBytes: H5Tget_size(try type().id), "chunks of")
    }
  }

  /// The elements of `rows` (a range of the first dimension) in row-major order.
  package func read<E: Element>(rows: Range<Int>, as type: E.Type = E.self) throws(HDF5Error) -> [E] {
    try Library.locked { () throws(HDF5Error) in
      let (shape, memory, file) = try selection(rows)
      return try read(shape: shape) {
        H5Dread(handle.id, E.identifiers.memory, memory.id, file.id, chdf5_default(), $0)
      }
    }
  }

  /// The same, into memory that the caller owns and that has room for just as many.
  ///
  /// The caller has asked for `count(as:)` before. Throws where the file was changed since it was opened, too.
  package func read<E: Element>(
    rows: Range<Int>, into buffer: UnsafeMutableBufferPointer<E>
  ) throws(HDF5Error) {
    try Library.locked { () throws(HDF5Error) in
      let (shape, memory, file) = try selection(rows)
      // What it takes for `count(as:)` to look at the whole file's chunks was done by the caller, once.
      guard shape.reduce(1, *) == buffer.count else {
        throw place.error(.wrongShape, "has rows of the shape \(shape[1...]), expected \(buffer.count) values")
      }
      guard !buffer.isEmpty else { return }
      let status = H5Dread(
        handle.id, E.identifiers.memory, memory.id, file.id, chdf5_default(), buffer.baseAddress)
      try place.check(status, "cannot be read")
      try place.file.checkUnchanged()
    }
  }

  /// Extents of a chunk, the parts that elements are stored in; nil where they lie in one piece.
  package var chunkShape: [Int]? {
    get throws(HDF5Error) {
      try Library.locked { () throws(HDF5Error) in
        let properties = try place.handle(H5Dget_create_plist(handle.id), "cannot be opened")
        guard H5Pget_layout(properties.id) == H5D_CHUNKED else { return nil }
        var chunk = [hsize_t](repeating: 1, count: Int(H5S_MAX_RANK))
        let rank = H5Pget_chunk(properties.id, H5S_MAX_RANK, &chunk)
        try place.check(rank, "has no chunks")
        return chunk.prefix(Int(rank)).map { Int(clamping: $0) }
      }
    }
  }

  /// Writes all elements, or `rows` (a range of the first dimension), in row-major order.
  package func write<E: Element>(_ values: [E], rows: Range<Int>? = nil) throws(HDF5Error) {
    try values.withUnsafeBufferPointer { values throws(HDF5Error) in try write(values, rows: rows) }
  }

  /// The same from memory that the caller owns.
  package func write<E: Element>(_ values: UnsafeBufferPointer<E>, rows: Range<Int>? = nil) throws(HDF5Error) {
    try Library.locked { () throws(HDF5Error) in
      let (shape, memory, file) = try selection(rows)
      guard values.count == shape.reduce(1, *) else {
        throw place.error(.wrongShape, "\(values.count) values were given for the shape \(shape)")
      }
      guard !values.isEmpty else { return }
      let status = H5Dwrite(
        handle.id, E.identifiers.memory, memory.id, file.id, chdf5_default(), values.baseAddress)
      try place.check(status, "cannot be written")
      try place.file.checkWritten()
    }
  }

  /// The shape of `rows`, or of all, and their dataspaces in memory and in the file.
  private func selection(_ rows: Range<Int>?) throws(HDF5Error) -> (shape: [Int], memory: Handle, file: Handle) {
    var shape = try shape
    let file = try space()
    if let rows {
      guard let count = shape.first, rows.lowerBound >= 0, rows.upperBound <= count else {
        throw place.error(.wrongShape, "has the shape \(shape), so there are no rows \(rows)")
      }
      shape[0] = rows.count
      let start = [hsize_t(rows.lowerBound)] + Array(repeating: 0, count: shape.count - 1)
      let extents = shape.map { hsize_t($0) }
      try place.check(H5Sselect_hyperslab(file.id, H5S_SELECT_SET, start, nil, extents, nil), "has no rows \(rows)")
    }
    return (shape, try place.space(shape), file)
  }
}
