import CHDF5

/// What an attribute is given.
package enum AttributeValue: Sendable, Equatable {
  /// A scalar string of variable length in UTF-8, as h5py writes a `str`.
  case string(String)
  /// Strings of variable length in UTF-8, 1-D.
  case strings([String])
  /// A scalar string of variable length marked ASCII, as h5py writes `bytes` (Keras writes its configurations so).
  case bytes(String)
  /// Strings of variable length marked ASCII, 1-D, as h5py writes a list of `bytes` (Keras writes its lists of names so).
  case byteStrings([String])
  /// Strings of one fixed length, 1-D, as h5py writes a numpy array of `S`.
  case fixedLengthStrings([String])
  /// A scalar int64.
  case integer(Int64)
  /// int64, 1-D.
  case integers([Int64])
  /// A scalar float64.
  case double(Double)
  /// float64, 1-D.
  case doubles([Double])
}

/// An attribute, opened for reading.
package struct Attribute: Sendable {
  let place: Place
  let handle: Handle

  /// Its holder's path and its own name, such as `/train/X@DIMENSION_LABELS`.
  package var name: String { place.path }

  /// Its extents; empty for a scalar.
  package var shape: [Int] {
    get throws(HDF5Error) {
      try Library.locked { () throws(HDF5Error) -> [Int] in try Space.shape(try space(), place) }
    }
  }

  /// What it holds.
  package var elementType: ElementType {
    get throws(HDF5Error) {
      try Library.locked { () throws(HDF5Error) -> ElementType in
        let type = try type()
        return ElementType(typeIdentifier: type.id)
      }
    }
  }

  /// Its one string, of variable or fixed length.
  package func string() throws(HDF5Error) -> String { try one(try strings()) }

  /// Its strings, of variable or fixed length; none where it is empty, of whatever type.
  package func strings() throws(HDF5Error) -> [String] {
    try Library.locked { () throws(HDF5Error) -> [String] in
      let type = try type()
      return try StringCoding.read(type: type, space: try space(), stored: storedBytes, place) { memory, pointer in
        H5Aread(handle.id, memory, pointer)
      }
    }
  }

  /// Its one whole number.
  package func integer() throws(HDF5Error) -> Int64 { try one(try integers()) }

  /// Its whole numbers.
  package func integers() throws(HDF5Error) -> [Int64] { try numbers() }

  /// Its one number, whole or not.
  package func double() throws(HDF5Error) -> Double { try one(try doubles()) }

  /// Its numbers, whole or not.
  package func doubles() throws(HDF5Error) -> [Double] { try numbers() }

  private var storedBytes: UInt64 { H5Aget_storage_size(handle.id) }
  private func type() throws(HDF5Error) -> Handle { .type(try place.check(H5Aget_type(handle.id), "has no type")) }
  private func space() throws(HDF5Error) -> Handle { .space(try place.check(H5Aget_space(handle.id), "has no shape")) }

  private func one<Value>(_ values: [Value]) throws(HDF5Error) -> Value {
    guard values.count == 1 else { throw place.error(.wrongShape, "holds \(values.count) values, expected one") }
    return values[0]
  }

  private func numbers<E: Element>() throws(HDF5Error) -> [E] {
    try Library.locked { () throws(HDF5Error) -> [E] in
      let stored = try elementType
      guard stored.converts(to: E.elementType) else {
        throw place.error(.wrongType, "holds \(stored), expected \(E.elementType)")
      }
      let count = try Space.count(try shape, elementBytes: MemoryLayout<E>.stride, stored: storedBytes, place)
      guard count > 0 else { return [] }
      var status: herr_t = -1
      let values = [E](unsafeUninitializedCapacity: count) { buffer, initialized in
        status = buffer.baseAddress.map { H5Aread(handle.id, E.identifiers.memory, $0) } ?? -1
        initialized = status < 0 ? 0 : count
      }
      try place.check(status, "cannot be read")
      return values
    }
  }
}
