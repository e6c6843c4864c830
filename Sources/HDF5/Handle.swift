import CHDF5

/// Owns one libhdf5 identifier and closes it when the last reference goes.
///
/// Bind a handle to a name before passing its `id` on: a name keeps it alive over the calls in its scope, whereas a
/// temporary is closed as soon as its `id` was read.
package final class Handle: Sendable {
  let id: hid_t

  /// Takes over `id`, which must be valid.
  init(_ id: hid_t) { self.id = id }

  deinit {
    // Fails harmlessly where the file was closed before, which closes everything in it.
    Library.locked { _ = H5Idec_ref(id) }
  }

  /// Properties to make an object with. Bytes must depend on the contents alone, so it won't record the hour.
  static func creation(_ propertyClass: hid_t) -> Handle {
    let properties = Handle(H5Pcreate(propertyClass))
    H5Pset_obj_track_times(properties.id, false)
    return properties
  }

  /// Properties to make a link with, whose name is UTF-8.
  static func linkCreation() -> Handle {
    let properties = Handle(H5Pcreate(chdf5_link_create()))
    H5Pset_char_encoding(properties.id, H5T_CSET_UTF8)
    return properties
  }
}
