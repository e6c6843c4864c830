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

  init(_ cleanUp: @escaping @Sendable () -> Void) {
    // A signal that is ignored, as under nohup, stays ignored.
    signals = [SIGINT, SIGTERM, SIGHUP].filter { number in
      let previous = signal(number, SIG_IGN)
      return !isIgnore(previous)
    }
    let queue = DispatchQueue(label: "interruption")
    sources = signals.map { number in
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        cleanUp()
        _ = signal(number, SIG_DFL)
        _ = kill(getpid(), number)
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
