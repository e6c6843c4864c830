import Dispatch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// While it lives, SIGINT, SIGTERM and SIGHUP first clean up and then end the process as they would have done.
///
/// `@unchecked Sendable`: dispatch sources may be used from any thread, though Dispatch does not say so in its types.
final class Interruption: @unchecked Sendable {
  private let sources: [any DispatchSourceSignal]
  private let signals: [Int32]

  /// - Parameter cleanUp: called with what ends the process, to call when all is clean. While it holds a lock that the
  ///   rest of the process needs to report an error, nothing but the signal can end the process.
  init(_ cleanUp: @escaping @Sendable (_ end: () -> Never) -> Void) {
    // A signal that is ignored, as under nohup, stays ignored.
    signals = [SIGINT, SIGTERM, SIGHUP].filter { number in
      let previous = signal(number, SIG_IGN)
      return !isIgnore(previous)
    }
    let queue = DispatchQueue(label: "interruption")
    sources = signals.map { number in
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        cleanUp {
          _ = signal(number, SIG_DFL)
          // Dispatch blocks the signals it watches, in this thread and in whichever one received them.
          var signals = sigset_t()
          sigemptyset(&signals)
          sigaddset(&signals, number)
          pthread_sigmask(SIG_UNBLOCK, &signals, nil)
          _ = raise(number)
          // Not reached, unless somebody gave the signal another meaning.
          _exit(128 + number)
        }
      }
      source.resume()
      return source
    }
  }

  deinit {
    for source in sources { source.cancel() }
    for number in signals { _ = signal(number, SIG_DFL) }
  }
}

private func isIgnore(_ handler: sig_t?) -> Bool {
  unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
}
