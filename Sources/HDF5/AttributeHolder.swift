import CHDF5

/// What carries attributes: a group or a dataset.
package protocol AttributeHolder: Sendable {
  /// Path inside the file.
  var name: String { get }
}

/// What a holder of attributes is made of; only this module's types are.
private protocol Placed {
  var place: Place { get }
  var handle: Handle { get }
}

extension Group: Placed {}
extension Dataset: Placed {}

extension AttributeHolder {
  private var placed: any Placed {
    guard let placed = self as? any Placed else { preconditionFailure("only groups and datasets hold attributes") }
    return placed
  }

  /// Whether there is an attribute of this name.
  package func hasAttribute(_ name: String) throws(HDF5Error) -> Bool {
    let placed = placed
    return Library.locked { H5Aexists(placed.handle.id, name) > 0 }
  }

  /// Names of all attributes, in order of their bytes.
  package func attributeNames() throws(HDF5Error) -> [String] {
    let placed = placed
    return try Library.locked { () throws(HDF5Error) -> [String] in
      var names: [String] = []
      var index: hsize_t = 0
      withUnsafeMutablePointer(to: &names) { names in
        _ = H5Aiterate2(
          placed.handle.id, H5_INDEX_NAME, H5_ITER_INC, &index,
          { _, name, _, names in
            guard let name, let names else { return -1 }
            names.assumingMemoryBound(to: [String].self).pointee.append(String(cString: name))
            return 0
          }, names)
      }
      return names
    }
  }

  /// Opens an attribute. Throws `notFound` where there is none of this name.
  package func attribute(_ name: String) throws(HDF5Error) -> Attribute {
    let placed = placed
    let place = Place(file: placed.place.file, path: "\(placed.place.path)@\(name)")
    return try Library.locked { () throws(HDF5Error) -> Attribute in
      guard H5Aexists(placed.handle.id, name) > 0 else { throw place.error(.notFound, "is missing") }
      let id = H5Aopen(placed.handle.id, name, chdf5_default())
      return Attribute(place: place, handle: .attribute(try place.check(id, "cannot be opened")))
    }
  }

  /// Writes an attribute, in place of one of the same name.
  package func setAttribute(_ name: String, _ value: AttributeValue) throws(HDF5Error) {
    let placed = placed
    let place = Place(file: placed.place.file, path: "\(placed.place.path)@\(name)")
    guard !name.isEmpty, !name.utf8.contains(0) else {
      throw place.error(.cannotCreate, "is not a name: it is empty or holds a zero byte")
    }
    try Library.locked { () throws(HDF5Error) in
      try write(value, AttributeTarget(place: place, holder: placed.handle, name: name))
    }
  }

  private func write(_ value: AttributeValue, _ target: AttributeTarget) throws(HDF5Error) {
    switch value {
    case .string(let string): try target.write([string], shape: [], .utf8)
    case .bytes(let string): try target.write([string], shape: [], .ascii)
    case .strings(let strings): try target.write(strings, shape: [strings.count], .utf8)
    case .byteStrings(let strings): try target.write(strings, shape: [strings.count], .ascii)
    case .fixedLengthStrings(let strings): try target.writeFixedLength(strings)
    case .integer(let number): try target.write([number], shape: [])
    case .integers(let numbers): try target.write(numbers, shape: [numbers.count])
    case .double(let number): try target.write([number], shape: [])
    case .doubles(let numbers): try target.write(numbers, shape: [numbers.count])
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

  func write(_ strings: [String], shape: [Int], _ characters: StringCoding.Characters) throws(HDF5Error) {
    let type = try StringCoding.variableLengthType(characters, place)
    let attribute = try create(type: type.id, shape: shape)
    guard !strings.isEmpty else { return }
    try StringCoding.withCStrings(strings, place) { H5Awrite(attribute.id, type.id, $0) }
  }

  func writeFixedLength(_ strings: [String]) throws(HDF5Error) {
    let length = max(1, strings.map(\.utf8.count).max() ?? 1)
    let type = try StringCoding.fixedLengthType(length, .ascii, place)
    let attribute = try create(type: type.id, shape: [strings.count])
    guard !strings.isEmpty else { return }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(length * strings.count)
    for string in strings {
      bytes.append(contentsOf: string.utf8)
      bytes.append(contentsOf: repeatElement(0, count: length - string.utf8.count))
    }
    try place.check(H5Awrite(attribute.id, type.id, bytes), "cannot be written")
  }

  private func create(type: hid_t, shape: [Int]) throws(HDF5Error) -> Handle {
    if H5Aexists(holder.id, name) > 0 {
      try place.check(H5Adelete(holder.id, name), "cannot be replaced", as: .cannotCreate)
    }
    let space = try Space.make(shape, place)
    let id = H5Acreate2(holder.id, name, type, space.id, chdf5_default(), chdf5_default())
    return .attribute(try place.check(id, "cannot be created", as: .cannotCreate))
  }
}
