import CHDF5

/// A group: a folder of groups and datasets, with attributes.
package struct Group: AttributeHolder {
  package let place: Place
  package let handle: Handle

  /// Names of the members, in order of their bytes.
  package func memberNames() throws(HDF5Error) -> [String] {
    try Library.locked { () throws(HDF5Error) in
      var info = H5G_info_t()
      try place.check(H5Gget_info(handle.id, &info), "cannot be listed")
      var names: [String] = []
      for index in 0..<info.nlinks {
        let length = H5Lget_name_by_idx(
          handle.id, ".", H5_INDEX_NAME, H5_ITER_INC, index, nil, 0, chdf5_default())
        guard length >= 0 else { throw place.error(.failed, "cannot be listed: \(reasonFromErrorStack())") }
        var bytes = [CChar](repeating: 0, count: length + 1)
        H5Lget_name_by_idx(
          handle.id, ".", H5_INDEX_NAME, H5_ITER_INC, index, &bytes, length + 1, chdf5_default())
        names.append(bytes.withUnsafeBytes { String(decoding: $0.prefix(length), as: UTF8.self) })
      }
      return names
    }
  }

  /// Whether there is a member of this name or path.
  package func contains(_ path: String) -> Bool {
    Library.locked { (try? checkLinks(path)) != nil }
  }

  /// Whether nothing is there under this path, not even a link to another place.
  package func isMissing(_ path: String) -> Bool {
    Library.locked {
      do throws(HDF5Error) { try checkLinks(path) } catch { return error.kind == .notFound }
      return false
    }
  }

  /// Throws where something on the way to `path` is missing, or is a link to another place, which may be another file.
  private func checkLinks(_ path: String) throws(HDF5Error) {
    // libhdf5 answers for the last link only, and fails where one before it is missing.
    var prefix = path.hasPrefix("/") ? "/" : ""
    for component in path.split(separator: "/") {
      prefix += component
      let isHard = chdf5_is_hard_link(handle.id, prefix)
      guard isHard >= 0 else { throw place.appending(path).error(.notFound, "is missing") }
      guard isHard > 0 else {
        throw place.appending(prefix).error(.wrongType, "is a link to another place, which is not followed")
      }
      prefix += "/"
    }
  }

  /// Makes a group, and those on the way to it.
  @discardableResult
  package func createGroup(_ path: String) throws(HDF5Error) -> Group {
    let child = try childPlace(path)
    return try Library.locked { () throws(HDF5Error) in
      try createParents(of: path)
      return Group(place: child, handle: try createOne(path, child))
    }
  }

  /// Makes the groups on the way to `path` that are not there. libhdf5 would do it too, but record the hour in them.
  func createParents(of path: String) throws(HDF5Error) {
    var prefix = path.hasPrefix("/") ? "/" : ""
    for component in path.split(separator: "/").dropLast() {
      prefix += component
      if !contains(prefix) { _ = try createOne(prefix, place.appending(prefix)) }
      prefix += "/"
    }
  }

  private func createOne(_ path: String, _ child: Place) throws(HDF5Error) -> Handle {
    let links = Handle.linkCreation()
    let creation = Handle.creation(chdf5_group_create())
    let id = H5Gcreate2(handle.id, path, links.id, creation.id, chdf5_default())
    return try child.handle(id, "cannot be created", as: .cannotCreate)
  }

  /// Opens a group by name or path. Throws `notFound` or, where it is something else, `wrongType`.
  package func group(_ path: String) throws(HDF5Error) -> Group {
    let (place, handle) = try open(path, as: H5I_GROUP, "a group")
    return Group(place: place, handle: handle)
  }

  /// Opens a dataset by name or path. Throws `notFound` or, where it is something else, `wrongType`.
  package func dataset(_ path: String) throws(HDF5Error) -> Dataset {
    let (place, handle) = try open(path, as: H5I_DATASET, "a dataset")
    let dataset = Dataset(place: place, handle: handle)
    try dataset.checkStorage()
    return dataset
  }

  private func open(_ path: String, as wanted: H5I_type_t, _ word: String) throws(HDF5Error) -> (Place, Handle) {
    let child = try childPlace(path)
    return try Library.locked { () throws(HDF5Error) in
      try checkLinks(path)
      let object = try child.handle(H5Oopen(handle.id, path, chdf5_default()), "cannot be opened")
      guard H5Iget_type(object.id) == wanted else { throw child.error(.wrongType, "is not \(word)") }
      return (child, object)
    }
  }

  func childPlace(_ path: String) throws(HDF5Error) -> Place {
    let child = place.appending(path)
    try child.check(name: path)
    return child
  }
}
