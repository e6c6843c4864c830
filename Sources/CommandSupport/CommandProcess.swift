package import ArgumentParser
internal import SystemSupport

extension ParsableCommand {
  /// A whole process: reads the arguments, runs the command that they name, and ends with its status. What goes wrong becomes one line
  /// on standard error; so does output, help too, that standard output does not take.
  ///
  /// - Parameter withoutArguments: what a call without any argument is answered with; nil to take it like any other.
  package static func runProcess(withoutArguments hint: String? = nil) -> Never {
    StandardStreams.prepare()
    ProcessMemory.returnLargeBlocks()
    let arguments = Array(CommandLine.arguments.dropFirst())
    if let hint, arguments.isEmpty { end(hint, .usage) }
    do {
      var command = try parseAsRoot(arguments)
      try command.run()
      leave(0)
    } catch let error as any UserFacingError {
      end(error)
    } catch {
      let status = exitCode(for: error)
      guard status == .success else {
        guard let line = UsageHint(Self.self, arguments: arguments).line(for: error) else { leave(status.rawValue) }
        write(line)
        leave(status.rawValue)
      }
      do throws(OutputError) { try StandardOutput.writeLine(fullMessage(for: error)) } catch { end(error) }
      leave(0)
    }
  }

  private static func end(_ error: any UserFacingError) -> Never { end(error.message, error.exitStatus) }

  private static func end(_ message: String, _ status: ExitStatus) -> Never {
    write(message)
    leave(status.rawValue)
  }

  private static func write(_ message: String) {
    // Whatever a file put into a message, it stays one line that tells a terminal nothing.
    StandardError.writeLine("\(configuration.commandName ?? ""): \(printable(message))")
  }
}

/// `exit`, which in a command is the name of its method.
private func leave(_ status: Int32) -> Never { exit(status) }
