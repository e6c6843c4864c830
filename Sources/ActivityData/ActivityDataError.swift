/// Everything that can go wrong between recordings and store.
public enum ActivityDataError: UserFacingError, Equatable {
  /// Something in a text file is wrong.
  case input(InputError)
  /// Files of the dataset are not there.
  case missing(MissingFilesError)
  /// The output cannot be made or written.
  case output(OutputError)
  /// A store cannot be used.
  case store(StoreError)

  private var underlying: any UserFacingError {
    switch self {
    case .input(let error): error
    case .missing(let error): error
    case .output(let error): error
    case .store(let error): error
    }
  }

  /// The status to exit with.
  public var exitStatus: SysExit { underlying.exitStatus }
  /// The error in one line.
  public var message: String { underlying.message }
}

/// What is wrong in a text file, and where.
public struct InputError: UserFacingError, Equatable {
  /// Path of the file.
  public let file: String
  /// Line, counted from 1; nil when the file as a whole is concerned.
  public let line: Int?
  /// Column in bytes, counted from 1.
  public let column: Int?
  /// What is there.
  public let found: String
  /// What should be there.
  public let expected: String
  /// The status to exit with.
  public let exitStatus: SysExit

  /// An error in `file`; `status` is `data` unless the file could not be read.
  public init(
    file: String, line: Int? = nil, column: Int? = nil, found: String, expected: String, status: SysExit = .data
  ) {
    self.file = file
    self.line = line
    self.column = column
    self.found = found
    self.expected = expected
    exitStatus = status
  }

  /// The error in one line.
  public var message: String {
    let place = ([line, column].compactMap { $0 }).map { ":\($0)" }.joined()
    return "\(printable(file))\(place): found \(found), expected \(expected)"
  }
}

/// Files of a dataset that are not there, all of them.
public struct MissingFilesError: UserFacingError, Equatable {
  /// The dataset's folder.
  public let folder: String
  /// Paths of the missing files inside the folder.
  public let files: [String]
  /// What the user may have meant.
  public let hint: String?

  /// The status to exit with.
  public var exitStatus: SysExit { .noInput }

  /// The error in one line.
  public var message: String {
    let hint = hint.map { " (\($0))" } ?? ""
    if files.count == RecordingFolder.requiredFiles.count {
      return """
        \(printable(folder)): is not a dataset: it has none of the \(files.count) files of the UCI layout, expected \
        \(files.joined(separator: ", "))\(hint)
        """
    }
    let count = files.count == 1 ? "1 file is missing" : "\(files.count) files are missing"
    return "\(printable(folder)): \(count): \(files.joined(separator: ", "))\(hint)"
  }
}

/// Why an output cannot be made (`cannotCreate`) or written (`io`).
public struct OutputError: UserFacingError, Equatable {
  /// Path of the output.
  public let path: String
  /// What happened, a phrase without a full stop.
  public let reason: String
  /// The status to exit with.
  public let exitStatus: SysExit

  /// An error about the output at `path`.
  public init(path: String, reason: String, status: SysExit = .cannotCreate) {
    self.path = path
    self.reason = reason
    exitStatus = status
  }

  /// The error in one line.
  public var message: String { "\(printable(path)): \(reason)" }
}

/// Why a store cannot be used.
public struct StoreError: UserFacingError, Equatable {
  /// Path of the store.
  public let path: String
  /// The dataset, group or attribute concerned; nil when it is the file as a whole.
  public let object: String?
  /// What is wrong with it, a phrase without a full stop.
  public let problem: String
  /// The status to exit with.
  public let exitStatus: SysExit

  /// An error about `object` in the store at `path`.
  public init(path: String, object: String? = nil, problem: String, status: SysExit = .data) {
    self.path = path
    self.object = object
    self.problem = problem
    exitStatus = status
  }

  /// The error in one line.
  public var message: String { "\(printable(path)): \(object.map { "\($0): " } ?? "")\(problem)" }
}
