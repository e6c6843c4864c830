import HDF5
import SystemSupport

/// Why a store cannot be used.
public struct StoreError: UserFacingError, Equatable {
  /// Path of the store.
  public let path: String
  /// The dataset, group or attribute concerned; nil when it is the file as a whole.
  public let object: String?
  /// What is wrong with it, a phrase without a full stop.
  public let problem: String
  /// `noInput` where there is no store to be read, else `data`.
  public let exitStatus: ExitStatus

  init(_ error: HDF5Error) {
    path = error.file
    object = error.object
    problem = error.reason
    // A missing store is no input; a store that lacks something is wrong data.
    let isUnavailable = error.object == nil && (error.kind == .notFound || error.kind == .unreadable)
    exitStatus = isUnavailable ? .noInput : .data
  }

  /// `path: object: problem`.
  public var message: String { "\(printable(path)): \(object.map { "\($0): " } ?? "")\(problem)" }
}
