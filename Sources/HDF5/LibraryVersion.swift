import CHDF5

/// The version of libhdf5 that is loaded, such as `1.10.8`.
package func hdf5Version() -> String {
  var (major, minor, release): (UInt32, UInt32, UInt32) = (0, 0, 0)
  Library.locked { _ = H5get_libversion(&major, &minor, &release) }
  return "\(major).\(minor).\(release)"
}
