/// Exit statuses of the executables, from sysexits.
public enum ExitStatus: Int32, Sendable {
  /// The command was used wrongly.
  case usage = 64
  /// The input is wrong.
  case data = 65
  /// The input is not there or may not be read.
  case noInput = 66
  /// A fault of the program itself.
  case software = 70
  /// The system has no memory left.
  case system = 71
  /// The output cannot be made.
  case cannotCreate = 73
  /// Reading or writing failed on the way.
  case io = 74
  /// Something is in use; later it may work.
  case temporaryFailure = 75
}

/// An error that knows how to end an executable: with which status, after which line on standard error.
public protocol UserFacingError: Error, Sendable {
  /// The status to exit with.
  var exitStatus: ExitStatus { get }
  /// One line that says where, what was found and what was expected.
  var message: String { get }
}

/// What is wrong in a file that is read, and where.
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
  /// `data` unless the file could not be read.
  public let exitStatus: ExitStatus

  package init(
    file: String, line: Int? = nil, column: Int? = nil, found: String, expected: String, status: ExitStatus = .data
  ) {
    self.file = file
    self.line = line
    self.column = column
    self.found = found
    self.expected = expected
    exitStatus = status
  }

  /// `file:line:column: found …, expected …`.
  public var message: String {
    let place = ([line, column].compactMap { $0 }).map { ":\($0)" }.joined()
    return "\(printable(file))\(place): found \(found), expected \(expected)"
  }
}

/// Why an output cannot be made (`cannotCreate`) or written (`io`).
public struct OutputError: UserFacingError, Equatable {
  /// Path of the output.
  public let path: String
  /// What happened, a phrase without a full stop.
  public let reason: String
  /// `cannotCreate` or `io`; `software` where the program asks for what can't be.
  public let exitStatus: ExitStatus

  package init(path: String, reason: String, status: ExitStatus = .cannotCreate) {
    self.path = path
    self.reason = reason
    exitStatus = status
  }

  /// `path: reason`.
  public var message: String { "\(printable(path)): \(reason)" }
}
