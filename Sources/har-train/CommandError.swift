import SystemSupport

/// An error of the command itself.
struct CommandError: UserFacingError {
  let exitStatus: ExitStatus
  let message: String
}
