import CHDF5

/// What carries attributes: a group or a dataset.
package protocol AttributeHolder: FileObject {}

extension AttributeHolder {
  /// Whether there is an attribute of this name.
  package func hasAttribute(_ name: String) throws(HDF5Error) -> Bool {
    try Library.locked { () throws(HDF5Error) in
      let found = H5Aexists(handle.id, name)
      try place.check(found, "cannot be searched for \(name)")
      return found > 0
    }
  }

  /// Names of all attributes, in order of their bytes.
  package func attributeNames() throws(HDF5Error) -> [String] {
    try Library.locked { () throws(HDF5Error) in
      var names: [String] = []
      var index: hsize_t = 0
      let status = withUnsafeMutablePointer(to: &names) { names in
        H5Aiterate2(
          handle.id, H5_INDEX_NAME, H5_ITER_INC, &index,
          { _, name, _, names in
            guard let name, let names else { return -1 }
            names.assumingMemoryBound(to: [String].self).pointee.append(String(cString: name))
            return 0
          }, names)
      }
      try place.check(status, "cannot be listed")
      return names
    }
  }

  /// Opens an attribute. Throws `notFound` where there is none of this name.
  package func attribute(_ name: String) throws(HDF5Error) -> Attribute {
    let place = place.attribute(name)
    return try Library.locked { () throws(HDF5Error) in
      guard try hasAttribute(name) else { throw place.error(.notFound, "is missing") }
      return Attribute(
        place: place, handle: try place.handle(H5Aopen(handle.id, name, chdf5_default()), "cannot be opened"))
    }
  }

  /// Writes an attribute, in place of one of the same name.
  package func setAttribute(_ name: String, _ value: AttributeValue) throws(HDF5Error) {
    let target = AttributeTarget(place: place.attribute(name), holder: handle, name: name)
    try target.place.check(name: name)
    try Library.locked { () throws(HDF5Error) in
      switch value {
      case .string(let string): try target.write([string], shape: [], H5T_CSET_UTF8)
      case .bytes(let string): try target.write([string], shape: [], H5T_CSET_ASCII)
      case .strings(let strings): try target.write(strings, shape: [strings.count], H5T_CSET_UTF8)
      case .byteStrings(let strings): try target.write(strings, shape: [strings.count], H5T_CSET_ASCII)
      case .fixedLengthString(let string): try target.writeFixedLength([string], shape: [], H5T_CSET_UTF8)
      case .fixedLengthStrings(let strings):
        try target.writeFixedLength(strings, shape: [strings.count], H5T_CSET_ASCII)
      case .integer(let number): try target.write([number], shape: [])
      case .integers(let numbers): try target.write(numbers, shape: [numbers.count])
      case .double(let number): try target.write([number], shape: [])
      case .doubles(let numbers): try target.write(numbers, shape: [numbers.count])
      }
    }
  }
}

extension Dataset {
  /// Names the dimensions, as h5py's `dims[i].label` reads them.
  package func setDimensionLabels(_ labels: [String]) throws(HDF5Error) {
    let rank = try shape.count
    guard labels.count == rank else {
      throw place.error(.wrongShape, "\(labels.count) labels were given for \(rank) dimensions")
    }
    try setAttribute("DIMENSION_LABELS", .strings(labels))
  }
}

/// An attribute about to be written. Everything here is called with the library locked.
private struct AttributeTarget {
  let place: Place
  let holder: Handle
  let name: String

  func write<E: Element>(_ values: [E], shape: [Int]) throws(HDF5Error) {
    let attribute = try create(type: E.identifiers.file, shape: shape)
    guard !values.isEmpty else { return }
    try place.check(H5Awrite(attribute.id, E.identifiers.memory, values), "cannot be written")
  }

  func write(_ strings: [String], shape: [Int], _ characters: H5T_cset_t) throws(HDF5Error) {
    let type = try place.stringType(characters)
    let attribute = try create(type: type.id, shape: shape)
    guard !strings.isEmpty else { return }
    try place.writeCStrings(strings) { H5Awrite(attribute.id, type.id, $0) }
  }

  func writeFixedLength(_ strings: [String], shape: [Int], _ characters: H5T_cset_t) throws(HDF5Error) {
    let length = max(1, strings.map(\.utf8.count).max() ?? 1)
    let type = try place.stringType(characters, length: length)
    let attribute = try create(type: type.id, shape: shape)
    guard !strings.isEmpty else { return }
    let bytes = strings.flatMap { Array($0.utf8) + repeatElement(0, count: length - $0.utf8.count) }
    try place.check(H5Awrite(attribute.id, type.id, bytes), "cannot be written")
  }

  private func create(type: hid_t, shape: [Int]) throws(HDF5Error) -> Handle {
    if H5Aexists(holder.id, name) > 0 {
      try place.check(H5Adelete(holder.id, name), "cannot be replaced", as: .cannotCreate)
    }
    let space = try place.space(shape)
    let id = H5Acreate2(holder.id, name, type, space.id, chdf5_default(), chdf5_default())
    return try place.handle(id, "cannot be created", as: .cannotCreate)
  }
}
