import CHDF5

/// Shapes and dataspaces. Everything here is called with the library locked.
enum Space {
  /// A dataspace of `shape`; an empty shape is a scalar.
  static func make(_ shape: [Int], _ place: Place) throws(HDF5Error) -> Handle {
    let extents = shape.map { hsize_t($0) }
    let id = shape.isEmpty ? H5Screate(H5S_SCALAR) : H5Screate_simple(Int32(shape.count), extents, nil)
    return .space(try place.check(id, "shape \(shape) is not possible"))
  }

  /// The shape of a dataspace: empty for a scalar, [0] for a null space (h5py's Empty).
  static func shape(_ space: Handle, _ place: Place) throws(HDF5Error) -> [Int] {
    if H5Sget_simple_extent_type(space.id) == H5S_NULL { return [0] }
    let rank = Int(H5Sget_simple_extent_ndims(space.id))
    guard rank >= 0 else { throw place.error(.failed, "has no shape: \(reasonFromErrorStack())") }
    var extents = [hsize_t](repeating: 0, count: rank)
    H5Sget_simple_extent_dims(space.id, &extents, nil)
    var shape: [Int] = []
    for extent in extents {
      guard let extent = Int(exactly: extent) else {
        throw place.error(.wrongShape, "has an impossible extent of \(extent)")
      }
      shape.append(extent)
    }
    return shape
  }

  /// The elements of `shape`, refused where they are more than `stored` bytes in the file can stand for: a damaged file
  /// must not make us ask for more memory than there is.
  static func count(_ shape: [Int], elementBytes: Int, stored: UInt64, _ place: Place) throws(HDF5Error) -> Int {
    // deflate reaches at most 1032 to 1; what was never written takes no room in the file.
    let (scaled, scaleOverflow) = stored.multipliedReportingOverflow(by: 1032)
    let limit = scaleOverflow ? UInt64.max / 2 : min(scaled, UInt64.max / 2) + 16 << 20
    var count = 1
    for extent in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow else { throw place.error(.wrongShape, "has an impossible shape \(shape)") }
      count = product
    }
    let (bytes, overflow) = count.multipliedReportingOverflow(by: max(1, elementBytes))
    guard !overflow, UInt64(bytes) <= limit else {
      throw place.error(.wrongShape, "claims the shape \(shape) but holds only \(stored) bytes")
    }
    return count
  }
}
