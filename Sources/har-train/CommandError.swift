import ArgumentParser
import SystemSupport

/// An error of the command itself.
struct CommandError: UserFacingError {
  let exitStatus: ExitStatus
  let message: String
}

/// Runs a body; an error meant for the user becomes one line on standard error and its exit status.
func reportingErrors<Result>(_ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let error as any UserFacingError {
    StandardError.writeLine("har-train: \(error.message)")
    throw ExitCode(error.exitStatus.rawValue)
  }
}
