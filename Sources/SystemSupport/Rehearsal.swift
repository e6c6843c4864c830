internal import CPlatform
import Foundation

/// Does something first in a copy of this process, because a library that it calls may crash, hang or take all memory over
/// damaged bytes. What the copy survived is done here, from the same state of memory and under the same limit.
///
/// Only a process of one thread can be copied; in others nothing is rehearsed.
package struct Rehearsal: Sendable {
  /// How long it may take.
  package let seconds: UInt32
  /// Bytes of address space that it may take beyond those in use (Linux only).
  package let memory: UInt64

  package init(seconds: UInt32, memory: UInt64) {
    self.seconds = seconds
    self.memory = memory
  }

  /// The result of `body`, which must do nothing but read; where its copy came to grief, throws `failure` of a phrase that says how.
  package func callAsFunction<Value, Failure: Error>(
    failure: (String) -> Failure, _ body: () throws(Failure) -> Value
  ) throws(Failure) -> Value {
    guard Self.isOnlyThread else { return try body() }
    let limit = platform_limit_memory(memory)
    defer { platform_restore_memory_limit(limit) }
    let copy = platform_fork()
    if copy == 0 {
      platform_become_expendable(seconds)
      _ = try? body()
      _exit(0)
    }
    switch Self.end(of: copy) {
    case 0: return try body()
    case SIGALRM: throw failure("is damaged: it cannot be read within \(seconds) s")
    case let signal: throw failure("is damaged: what it holds ends its reader (signal \(signal))")
    }
  }

  /// The signal that ended a process; 0 where none did.
  private static func end(of process: pid_t) -> Int32 {
    var status: Int32 = 0
    guard process > 0 else { return 0 }
    while waitpid(process, &status, 0) < 0 { if errno != EINTR { return 0 } }
    return status & 0x7F
  }

  private static var isOnlyThread: Bool {
    #if os(Linux)
      FileSystem.names(in: "/proc/self/task").count == 1
    #else
      pthread_is_threaded_np() == 0
    #endif
  }
}
