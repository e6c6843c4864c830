import CHDF5

/// Whether and how a dataset's chunks are compressed.
package enum Compression: Sendable, Equatable {
  /// Stored as they are.
  case none
  /// gzip's deflate of level 1 (fast) to 9 (small), after the bytes of equal weight were put together.
  case gzip(level: Int)
}

extension Group {
  /// Makes a dataset whose elements are still to be written.
  ///
  /// - Parameters:
  ///   - path: name or path; groups on the way are made.
  ///   - type: `Float.self` and so on.
  ///   - shape: extents; empty for a scalar.
  ///   - chunk: extents of a chunk; nil for one contiguous block. Compression needs chunks.
  ///   - compression: of the chunks.
  package func createDataset<E: Element>(
    _ path: String, of type: E.Type, shape: [Int], chunk: [Int]? = nil, compression: Compression = .none
  ) throws(HDF5Error) -> Dataset {
    try Library.locked { () throws(HDF5Error) in
      try createDataset(path, type: E.identifiers.file, shape: shape, chunk: chunk, compression: compression)
    }
  }

  /// Makes a dataset of `shape` and writes `values` to it, in row-major order.
  @discardableResult
  package func writeDataset<E: Element>(_ path: String, _ values: [E], shape: [Int]) throws(HDF5Error) -> Dataset {
    let dataset = try createDataset(path, of: E.self, shape: shape)
    try dataset.write(values)
    return dataset
  }

  /// Makes a scalar dataset that holds one string of variable length in UTF-8, as h5py writes a `str`.
  package func writeStringDataset(_ path: String, _ value: String) throws(HDF5Error) {
    try Library.locked { () throws(HDF5Error) in
      let type = try place.appending(path).stringType(H5T_CSET_UTF8)
      let dataset = try createDataset(path, type: type.id, shape: [])
      try dataset.place.writeCStrings([value]) {
        H5Dwrite(dataset.handle.id, type.id, chdf5_all(), chdf5_all(), chdf5_default(), $0)
      }
    }
  }

  private func createDataset(
    _ path: String, type: hid_t, shape: [Int], chunk: [Int]? = nil, compression: Compression = .none
  ) throws(HDF5Error) -> Dataset {
    let child = try childPlace(path)
    guard shape.allSatisfy({ $0 >= 0 }) else { throw child.error(.wrongShape, "a shape of \(shape) is not possible") }
    try createParents(of: path)
    let creation = Handle.creation(chdf5_dataset_create())
    // Every element is written by its owner, so filling first would only write twice.
    H5Pset_fill_time(creation.id, H5D_FILL_TIME_IFSET)
    if let chunk {
      guard chunk.count == shape.count, chunk.allSatisfy({ $0 > 0 }) else {
        throw child.error(.wrongShape, "chunks of \(chunk) do not fit the shape \(shape)")
      }
      try child.check(H5Pset_chunk(creation.id, Int32(chunk.count), chunk.map { hsize_t($0) }), "has bad chunks")
    }
    if case .gzip(let level) = compression {
      guard chunk != nil, (0...9).contains(level) else {
        throw child.error(.cannotCreate, "gzip needs chunks and a level from 0 to 9")
      }
      try child.check(H5Pset_shuffle(creation.id), "cannot be compressed")
      try child.check(H5Pset_deflate(creation.id, UInt32(level)), "cannot be compressed")
    }
    let space = try child.space(shape)
    let links = Handle.linkCreation()
    let id = H5Dcreate2(handle.id, path, type, space.id, links.id, creation.id, chdf5_default())
    return Dataset(place: child, handle: try child.handle(id, "cannot be created", as: .cannotCreate))
  }
}
