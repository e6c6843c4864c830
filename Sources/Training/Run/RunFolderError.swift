package import SystemSupport

/// Why a run's folder, or a file in it, cannot be used.
package struct RunFolderError: UserFacingError, Equatable {
  package enum Problem: Sendable, Equatable {
    case exists
    case inUse
    case notARun
    /// Something else than a run, in a phrase.
    case otherKind(found: String)
    case wrongConfiguration(reason: String)
    case otherFormat(found: Int, known: Int)
    case otherStore(found: String, expected: String)
    case otherArithmetic(found: String, expected: String)
    case foreignCheckpoint
    /// Repeats that have a score and no checkpoint that can be read, from 1.
    case lostCheckpoints(repeats: [Int])
  }

  package let path: String
  package let problem: Problem

  package init(_ path: String, _ problem: Problem) {
    self.path = path
    self.problem = problem
  }

  package var exitStatus: ExitStatus {
    switch problem {
    case .exists: .cannotCreate
    case .inUse: .temporaryFailure
    case .notARun, .otherKind: .noInput
    case .wrongConfiguration, .otherFormat, .otherStore, .otherArithmetic, .foreignCheckpoint, .lostCheckpoints: .data
    }
  }

  package var message: String {
    let reason =
      switch problem {
      case .exists: "exists already and is not empty; har-train resume goes on with a run"
      case .inUse: "another har-train works in this folder; wait for its end or stop it"
      case .notARun: "is no run that could go on: there is no such file"
      case .otherKind(let found): "\(found), expected a run's folder"
      case .wrongConfiguration(let reason): "is not as har-train writes it: \(reason)"
      case .otherFormat(let found, let known):
        "has the format \(found), expected \(known): \(found > known ? "a newer" : "an older") har-train wrote it"
      case .otherStore(let found, let expected):
        "is not the file that the run began with: found SHA-256 \(found), expected \(expected)"
      case .otherArithmetic(let found, let expected):
        "the run began with \(expected) arithmetic, found \(found): HAR_KERNELS must name kernels of the same kind"
      case .lostCheckpoints(let repeats):
        "has scores of the repeats \(repeats.map(String.init).joined(separator: ", ")), whose checkpoints are missing or damaged; without them there is no report"
      case .foreignCheckpoint:
        "is a checkpoint of another run, of other settings or of another store; without it the repeat starts anew"
      }
    return "\(printable(path)): \(printable(reason))"
  }
}

extension RunFolderError {
  /// Throws `otherKind` where a path is no folder, or that of a search or a cross-validation.
  package static func requireRun(_ path: String) throws(RunFolderError) {
    func holds(_ name: String) -> Bool { FileSystem.exists("\(path)/\(name)") }
    guard FileSystem.isFolder(path) else {
      throw RunFolderError(path, .otherKind(found: FileSystem.exists(path) ? "is a file" : "found nothing there"))
    }
    if holds(TuningConfiguration.fileName) {
      throw RunFolderError(path, .otherKind(found: "is a search, whose chosen setting's run is in final/"))
    }
    if holds(CrossValidationConfiguration.fileName) {
      throw RunFolderError(path, .otherKind(found: "is a cross-validation"))
    }
  }
}
