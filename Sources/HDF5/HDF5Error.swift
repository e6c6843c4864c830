import CHDF5

/// What went wrong with an HDF5 file: where, and why in libhdf5's own words where it has any.
package struct HDF5Error: Error, Sendable, Equatable, CustomStringConvertible {
  /// The sort of failure, for those who act on it.
  package enum Kind: Sendable, Equatable {
    /// The file, or the named object inside it, is not there.
    case notFound
    case unreadable
    case notHDF5
    /// The file is shorter than it says itself.
    case truncated
    /// An object holds elements of another type than was asked for.
    case wrongType
    /// An object has another shape than was asked for.
    case wrongShape
    /// An object holds a value that its reader refuses.
    case wrongValue
    case cannotCreate
    /// Reading or writing failed, or the file is damaged.
    case failed
  }

  package let kind: Kind
  package let file: String
  /// The group, dataset or attribute concerned, as a path inside the file; nil when it is the file as a whole.
  package let object: String?
  /// What happened, a phrase without a full stop.
  package let reason: String

  package init(_ kind: Kind, file: String, object: String? = nil, reason: String) {
    self.kind = kind
    self.file = file
    self.object = object
    self.reason = reason
  }

  /// One line: file, object, reason.
  package var description: String {
    if let object { "\(file): \(object): \(reason)" } else { "\(file): \(reason)" }
  }
}

/// The reason at the bottom of this thread's error stack, where the failure began. Call it with the library locked.
func reasonFromErrorStack() -> String {
  var reasons: [String] = []
  withUnsafeMutablePointer(to: &reasons) { reasons in
    _ = H5Ewalk2(
      chdf5_error_stack(), H5E_WALK_UPWARD,
      { _, entry, reasons in
        guard let reasons, let description = entry?.pointee.desc else { return 0 }
        reasons.assumingMemoryBound(to: [String].self).pointee.append(String(cString: description))
        return 0
      }, reasons)
  }
  // libhdf5 may append details over several lines.
  let reason = reasons.first { !$0.isEmpty } ?? "libhdf5 gave no reason"
  // Where a system call failed, libhdf5 lists all its arguments; its error says enough.
  let marker = "error message = '"
  if let start = reason.firstRange(of: marker) {
    return String(reason[start.upperBound...].prefix { $0 != "'" })
  }
  return reason.split(whereSeparator: \.isNewline).joined(separator: " ")
}
