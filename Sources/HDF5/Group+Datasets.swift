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
    let child = try childPlace(path)
    guard shape.allSatisfy({ $0 >= 0 }) else { throw child.error(.wrongShape, "a shape of \(shape) is not possible") }
    return try Library.locked { () throws(HDF5Error) -> Dataset in
      try createParents(of: path)
      let creation = Handle.properties(H5Pcreate(chdf5_dataset_create()))
      H5Pset_obj_track_times(creation.id, false)
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
      let space = try Space.make(shape, child)
      let links = Self.linkCreation()
      let id = H5Dcreate2(handle.id, path, E.identifiers.file, space.id, links.id, creation.id, chdf5_default())
      return Dataset(place: child, handle: .object(try child.check(id, "cannot be created", as: .cannotCreate)))
    }
  }

  /// Makes a dataset of `shape` and writes `values` to it, in row-major order.
  @discardableResult
  package func writeDataset<E: Element>(
    _ path: String, _ values: [E], shape: [Int], chunk: [Int]? = nil, compression: Compression = .none
  ) throws(HDF5Error) -> Dataset {
    let dataset = try createDataset(path, of: E.self, shape: shape, chunk: chunk, compression: compression)
    try dataset.write(values)
    return dataset
  }

  /// Makes a scalar dataset that holds one string of variable length in UTF-8, as h5py writes a `str`.
  @discardableResult
  package func writeStringDataset(_ path: String, _ value: String) throws(HDF5Error) -> Dataset {
    let child = try childPlace(path)
    return try Library.locked { () throws(HDF5Error) -> Dataset in
      try createParents(of: path)
      let creation = Handle.properties(H5Pcreate(chdf5_dataset_create()))
      H5Pset_obj_track_times(creation.id, false)
      let type = try StringCoding.variableLengthType(.utf8, child)
      let space = try Space.make([], child)
      let links = Self.linkCreation()
      let id = H5Dcreate2(handle.id, path, type.id, space.id, links.id, creation.id, chdf5_default())
      let dataset = Dataset(place: child, handle: .object(try child.check(id, "cannot be created", as: .cannotCreate)))
      try StringCoding.withCStrings([value], child) { pointer in
        H5Dwrite(dataset.handle.id, type.id, chdf5_all(), chdf5_all(), chdf5_default(), pointer)
      }
      return dataset
    }
  }
}

extension Dataset {
  /// The string of a scalar string dataset, of variable or fixed length.
  package func readString() throws(HDF5Error) -> String {
    try Library.locked { () throws(HDF5Error) -> String in
      let strings = try readStrings()
      guard strings.count == 1 else { throw place.error(.wrongShape, "holds \(strings.count) strings, expected one") }
      return strings[0]
    }
  }

  /// All strings of a string dataset, in row-major order.
  package func readStrings() throws(HDF5Error) -> [String] {
    try Library.locked { () throws(HDF5Error) -> [String] in
      let type = Handle.type(try place.check(H5Dget_type(handle.id), "has no type"))
      let space = Handle.space(try place.check(H5Dget_space(handle.id), "has no shape"))
      return try StringCoding.read(type: type, space: space, stored: storedBytes, place) { memory, pointer in
        H5Dread(handle.id, memory, chdf5_all(), chdf5_all(), chdf5_default(), pointer)
      }
    }
  }
}
