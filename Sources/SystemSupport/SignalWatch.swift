import Dispatch
import Synchronization

/// While it lives, SIGINT, SIGTERM and SIGHUP do what it says instead of ending the process at once. A signal that the
/// process was started to ignore, as SIGHUP under nohup, stays ignored.
package final class SignalWatch: Sendable {
  /// The first signal, and when it came in nanoseconds of uptime; 0 before.
  private let number = Atomic<Int32>(0)
  private let time = Atomic<UInt64>(0)
  private let respond: Response

  /// What a signal leads to; `next` is what it leads to in the other watches.
  private typealias Response = @Sendable (_ number: Int32, _ isSecond: Bool, _ next: () -> Void) -> Void

  /// Signals closer than this are taken for one: wrappers such as `timeout` pass one on twice.
  private static let patience: UInt64 = 1_000_000_000

  /// Asks the process to stop in its own time; a second signal, a second later or more, ends it.
  package convenience init(requestStop: @escaping @Sendable () -> Void) {
    self.init { number, isSecond, next in
      if isSecond { _exit(128 + number) }
      requestStop()
      next()
    }
  }

  /// Cleans up, lets the other watches do so, and ends the process as the signal would have done.
  ///
  /// - Parameter cleanUp: called with what ends the process, to call when all is clean. While it holds a lock that the
  ///   rest of the process needs to report an error, nothing but the signal can end the process.
  package convenience init(cleanUp: @escaping @Sendable (_ end: () -> Never) -> Void) {
    self.init { number, isSecond, next in
      if isSecond { return next() }
      cleanUp {
        next()
        endProcess(by: number)
      }
    }
  }

  private init(respond: @escaping Response) {
    self.respond = respond
    SignalDispositions.shared.add(self)
  }

  deinit { SignalDispositions.shared.remove(ObjectIdentifier(self)) }

  /// The shell's status for a process ended by the first signal.
  package var exitCode: Int32 { 128 + number.load(ordering: .relaxed) }

  fileprivate func receive(_ number: Int32, next: () -> Void) {
    let now = DispatchTime.now().uptimeNanoseconds
    if self.number.compareExchange(expected: 0, desired: number, ordering: .relaxed).exchanged {
      time.store(now, ordering: .relaxed)
      respond(number, false, next)
    } else if now - time.load(ordering: .relaxed) >= Self.patience {
      respond(number, true, next)
    } else {
      next()
    }
  }
}

private func endProcess(by number: Int32) -> Never {
  _ = signal(number, SIG_DFL)
  unblock(number)
  _ = raise(number)
  // Not reached, unless somebody gave the signal another meaning.
  _exit(128 + number)
}

/// Lets this thread receive a signal, which the threads of Dispatch block, and so do the processes that they start.
private func unblock(_ number: Int32) {
  var signals = sigset_t()
  sigemptyset(&signals)
  sigaddset(&signals, number)
  pthread_sigmask(SIG_UNBLOCK, &signals, nil)
}

/// What the process does about the signals: taken over when the first watch comes, given back when the last one goes.
///
/// A handler may do next to nothing, so it writes the signal's number to a pipe that a queue reads.
private final class SignalDispositions: Sendable {
  static let shared = SignalDispositions()

  private struct State {
    var watches: [(id: ObjectIdentifier, watch: WeakReference)] = []
    var previous: [(number: Int32, action: sigaction)] = []
    var source: (any DispatchSourceRead)?
  }

  private struct WeakReference { weak var watch: SignalWatch? }

  private let state = Mutex(State())

  func add(_ watch: SignalWatch) {
    state.withLock { state in
      state.watches.append((ObjectIdentifier(watch), WeakReference(watch: watch)))
      guard state.watches.count == 1 else { return }
      if state.source == nil { state.source = makeSource() }
      for number in [SIGINT, SIGTERM, SIGHUP] {
        var action = sigaction()
        sigaction(number, nil, &action)
        if isIgnore(signal(number, SIG_IGN)) { continue }
        _ = signal(number) { writeToPipe($0) }
        state.previous.append((number, action))
        unblock(number)
      }
    }
  }

  func remove(_ id: ObjectIdentifier) {
    state.withLock { state in
      state.watches.removeAll { $0.id == id }
      guard state.watches.isEmpty else { return }
      for (number, action) in state.previous {
        var action = action
        sigaction(number, &action, nil)
      }
      state.previous = []
    }
  }

  private func receive(_ number: Int32) {
    deliver(number, to: state.withLock { $0.watches.compactMap(\.watch.watch) }[...])
  }

  private func deliver(_ number: Int32, to watches: ArraySlice<SignalWatch>) {
    watches.first?.receive(number) { deliver(number, to: watches.dropFirst()) }
  }

  /// Reads the pipe, which stays open as long as the process.
  private func makeSource() -> (any DispatchSourceRead)? {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    pipeEntry.store(ends[1], ordering: .relaxed)
    let exit = ends[0]
    let source = DispatchSource.makeReadSource(fileDescriptor: exit, queue: DispatchQueue(label: "signals"))
    source.setEventHandler { [unowned self] in
      var number: UInt8 = 0
      while read(exit, &number, 1) == 1 { receive(Int32(number)) }
    }
    source.resume()
    return source
  }
}

private let pipeEntry = Atomic<Int32>(-1)

private func writeToPipe(_ number: Int32) {
  let failure = errno
  var byte = UInt8(truncatingIfNeeded: number)
  _ = write(pipeEntry.load(ordering: .relaxed), &byte, 1)
  errno = failure
}

private func isIgnore(_ handler: sig_t?) -> Bool {
  unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
}
