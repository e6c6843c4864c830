package import SystemSupport

/// Why a run's folder, or a file in it, cannot be used.
package struct RunFolderError: UserFacingError, Equatable {
  /// What is wrong.
  package enum Problem: Sendable, Equatable {
    /// A new run was to be written where something is already.
    case exists
    /// Another process works in the folder.
    case inUse
    /// There is no run here.
    case notARun(reason: String)
    /// `config.json` says what no run can be.
    case wrongConfiguration(reason: String)
    /// The run was written by a newer or an older package.
    case otherFormat(found: Int, known: Int)
    /// The store's contents are not those that the run began with.
    case otherStore(found: String, expected: String)
    /// The kernels in use round otherwise than those that the run began with.
    case otherArithmetic(found: String, expected: String)
    /// A whole checkpoint, but of another run or repeat.
    case foreignCheckpoint
    /// Something may not be read.
    case cannotRead(reason: String)
    /// Something cannot be made.
    case cannotCreate(reason: String)
    /// Something cannot be written.
    case cannotWrite(reason: String)
  }

  /// The file or folder.
  package let path: String
  package let problem: Problem

  package init(_ path: String, _ problem: Problem) {
    self.path = path
    self.problem = problem
  }

  /// A file that can't be made or written.
  init(_ error: OutputError) {
    self.init(
      error.path,
      error.exitStatus == .cannotCreate ? .cannotCreate(reason: error.reason) : .cannotWrite(reason: error.reason))
  }

  package var exitStatus: ExitStatus {
    switch problem {
    case .exists, .cannotCreate: .cannotCreate
    case .inUse: .temporaryFailure
    case .notARun, .cannotRead: .noInput
    case .wrongConfiguration, .otherFormat, .otherStore, .otherArithmetic, .foreignCheckpoint: .data
    case .cannotWrite: .io
    }
  }

  package var message: String {
    let reason =
      switch problem {
      case .exists: "exists already and is not empty; har-train resume goes on with a run"
      case .inUse: "another har-train works in this folder; wait for its end or stop it"
      case .notARun(let reason): "is no run that could go on: \(reason)"
      case .wrongConfiguration(let reason): "is not as har-train writes it: \(reason)"
      case .otherFormat(let found, let known):
        "has the format \(found), expected \(known): \(found > known ? "a newer" : "an older") har-train wrote it"
      case .otherStore(let found, let expected):
        "is not the store that the run began with: found SHA-256 \(found), expected \(expected)"
      case .otherArithmetic(let found, let expected):
        "the run began with \(expected) arithmetic, found \(found): HAR_KERNELS must name kernels of the same kind"
      case .foreignCheckpoint:
        "is a checkpoint of another run, of other settings or of another store; without it the repeat starts anew"
      case .cannotRead(let reason), .cannotCreate(let reason), .cannotWrite(let reason): reason
      }
    return "\(printable(path)): \(printable(reason))"
  }
}
