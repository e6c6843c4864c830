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
  /// A scalar string of its own length in UTF-8, as h5py writes a `numpy.bytes_`.
  ///
  /// For what a process writes into one file after the other. Of each file in which it writes or reads strings of variable
  /// length libhdf5 1.10 keeps 1 KB until the process ends: `H5T_path_find` takes the file for a part of their type.
  case fixedLengthString(String)
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
package struct Attribute: ElementArray {
  package let place: Place
  package let handle: Handle

  /// Its one whole number.
  package func integer() throws(HDF5Error) -> Int64 { try one(try read()) }

  /// Its one number, whole or not.
  package func double() throws(HDF5Error) -> Double { try one(try read()) }

  package func openType() -> hid_t { H5Aget_type(handle.id) }
  package func openSpace() -> hid_t { H5Aget_space(handle.id) }
  package func storageSize() -> hsize_t { H5Aget_storage_size(handle.id) }
  package var isFiltered: Bool { false }
  package func readAll(_ memoryType: hid_t, _ target: UnsafeMutableRawPointer?) -> herr_t {
    H5Aread(handle.id, memoryType, target)
  }
}
