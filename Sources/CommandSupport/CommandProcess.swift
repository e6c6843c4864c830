package import ArgumentParser
internal import SystemSupport

extension ParsableCommand {
  /// A whole process: reads the arguments, runs the command that they name, and ends with its status. What goes wrong becomes one line
  /// on standard error; so does output, help too, that standard output does not take.
  package static func runProcess() -> Never {
    StandardStreams.prepare()
    ProcessMemory.returnLargeBlocks()
    do {
      var command = try parseAsRoot()
      try command.run()
      leave(0)
    } catch let error as any UserFacingError {
      end(error)
    } catch {
      let status = exitCode(for: error)
      let text = fullMessage(for: error)
      if status != .success {
        if !text.isEmpty { StandardError.writeLine(text) }
        leave(status.rawValue)
      }
      do throws(OutputError) { try StandardOutput.writeLine(text) } catch { end(error) }
      leave(0)
    }
  }

  private static func end(_ error: any UserFacingError) -> Never {
    // Whatever a file put into a message, it stays one line that tells a terminal nothing.
    StandardError.writeLine("\(configuration.commandName ?? ""): \(printable(error.message))")
    leave(error.exitStatus.rawValue)
  }
}

/// `exit`, which in a command is the name of its method.
private func leave(_ status: Int32) -> Never { exit(status) }
