/// Standard input, output and error together.
package enum StandardStreams {
  /// Makes what can't be written an error that is returned, in place of a signal; and sees to it that no file that is opened later
  /// takes the place of a stream that the process was started without.
  package static func prepare() {
    for number in [SIGPIPE, SIGXFSZ] { _ = signal(number, SIG_IGN) }
    // With the mode that the stream is not used in, so that using it fails.
    for stream in STDIN_FILENO...STDERR_FILENO where fcntl(stream, F_GETFD) < 0 {
      _ = open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }
}

/// Standard output as the tools use it: results.
package enum StandardOutput {
  /// Writes text as it is, at once.
  package static func write(_ text: String) throws(OutputError) {
    var text = text
    guard text.withUTF8({ FileSystem.writeAll(UnsafeRawBufferPointer($0), to: STDOUT_FILENO) }) else {
      throw OutputError(path: "standard output", reason: "cannot be written: \(FileSystem.lastFailure)", status: .io)
    }
  }

  package static func writeLine(_ line: String) throws(OutputError) { try write(line + "\n") }

  /// Whether it is a terminal on which colours are welcome.
  package static var hasColour: Bool { Terminal.hasColour(STDOUT_FILENO) }
}

/// What the environment says of terminals.
private enum Terminal {
  /// Whether a stream goes to one that does more than print.
  static func isCapable(_ stream: Int32) -> Bool {
    isatty(stream) == 1 && getenv("TERM").map { String(cString: $0) } != "dumb"
  }

  /// Whether colours are welcome there (no-color.org).
  static func hasColour(_ stream: Int32) -> Bool {
    isCapable(stream) && (getenv("NO_COLOR").map { String(cString: $0).isEmpty } ?? true)
  }
}

/// Standard error as the tools use it: messages, and progress where somebody watches.
package enum StandardError {
  /// Whether it is a terminal that can redraw a line.
  package static var isTerminal: Bool { Terminal.isCapable(STDERR_FILENO) }

  /// Whether colours are welcome (no-color.org).
  package static var hasColour: Bool { Terminal.hasColour(STDERR_FILENO) }

  /// The terminal's width in characters; 100 where nobody knows.
  package static var columns: Int {
    var size = winsize()
    return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 100
  }

  /// Writes text as it is, at once.
  package static func write(_ text: String) {
    var text = text
    // Nobody could be told that standard error is gone.
    _ = text.withUTF8 { FileSystem.writeAll(UnsafeRawBufferPointer($0), to: STDERR_FILENO) }
  }

  package static func writeLine(_ line: String) { write(line + "\n") }
}

/// A bar of progress on the terminal's last line, redrawn in place; it shows nothing where standard error is no terminal.
package struct ProgressBar {
  private let isLive = StandardError.isTerminal
  private let hasColour = StandardError.hasColour
  private var lastShown: String?

  package init() {}

  /// Draws the bar at `fraction`, 0 to 1, with `text` after it.
  package mutating func show(_ fraction: Double, _ text: String) {
    guard isLive else { return }
    let width = 30
    let full = Int(max(0, min(1, fraction)) * Double(width))
    let bar = String(repeating: "█", count: full) + String(repeating: "░", count: width - full)
    let line = "\(hasColour ? "\u{1B}[32m\(bar)\u{1B}[0m" : bar) \(Int(fraction * 100)) %  \(text)"
    guard line != lastShown else { return }
    lastShown = line
    StandardError.write("\r\u{1B}[K\(line)")
  }

  /// Removes the bar from the terminal.
  package mutating func clear() {
    if lastShown != nil { StandardError.write("\r\u{1B}[K") }
    lastShown = nil
  }
}
