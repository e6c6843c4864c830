/// Exit statuses of the executables, from sysexits.
public enum SysExit: Int32, Sendable {
  /// The command was used wrongly.
  case usage = 64
  /// The input is wrong.
  case data = 65
  /// The input is not there or may not be read.
  case noInput = 66
  /// A fault of the program itself.
  case software = 70
  /// The output cannot be made.
  case cannotCreate = 73
  /// Reading or writing failed on the way.
  case io = 74
  /// Something is in use; later it may work.
  case temporaryFailure = 75
}

/// An error that knows how to end an executable: with which status, after which line on standard error.
public protocol UserFacingError: Error {
  /// The status to exit with.
  var exitStatus: SysExit { get }
  /// One line that says where, what was found and what was expected.
  var message: String { get }
}
