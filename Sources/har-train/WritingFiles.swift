import Synchronization
import SystemSupport

/// What a command ends with, when there is nothing left to save but pages and tables to write: a signal ends the process, as it would
/// without anybody watching, but between two of them, so that no part of one is left.
final class WritingFiles: Sendable {
  private final class Gate: Sendable {
    /// Whether a signal is about to end the process.
    let isEnding = Mutex(false)
    /// Nil once it is told.
    let message: Mutex<String?>

    init(_ message: String?) { self.message = Mutex(message) }

    func tell() {
      message.withLock { message in
        if let message { StandardError.writeLine(message) }
        message = nil
      }
    }
  }

  private let gate: Gate
  private let watch: SignalWatch

  /// - Parameter message: a line on standard error where a signal comes; nil for none.
  init(message: String? = nil) {
    let gate = Gate(message)
    self.gate = gate
    watch = SignalWatch(cleanUp: {
      gate.isEnding.withLock { $0 = true }
      gate.tell()
    })
  }

  /// Says the message, unless it is said, of a signal that came before.
  func tell() { gate.tell() }

  /// Writes files; a signal waits for their end.
  @discardableResult
  func write<Result>(_ body: () throws -> Result) rethrows -> Result {
    try gate.isEnding.withLock { isEnding in
      while isEnding { pause() }
      return try body()
    }
  }
}
