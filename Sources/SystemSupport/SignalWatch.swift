import Foundation
import Synchronization

/// While it lives, SIGINT, SIGTERM and SIGHUP do what it says instead of ending the process at once. A signal that the
/// process was started to ignore, as SIGHUP under nohup, stays ignored.
package final class SignalWatch: Sendable {
  fileprivate let endsProcess: Bool
  private let respond: @Sendable () -> Void
  private let first = Mutex<(number: Int32, time: ContinuousClock.Instant)?>(nil)

  /// Signals closer than this are taken for one: wrappers such as `timeout` pass one on twice.
  private static let patience = Duration.seconds(1)

  /// Asks the process to stop in its own time; a second signal, a second later or more, ends it.
  package convenience init(requestStop: @escaping @Sendable () -> Void) {
    self.init(endsProcess: false, respond: requestStop)
  }

  /// Cleans up, lets the other watches do so, and ends the process as the signal would have done.
  package convenience init(cleanUp: @escaping @Sendable () -> Void) { self.init(endsProcess: true, respond: cleanUp) }

  private init(endsProcess: Bool, respond: @escaping @Sendable () -> Void) {
    self.endsProcess = endsProcess
    self.respond = respond
    SignalDispositions.shared.add(self)
  }

  deinit { SignalDispositions.shared.remove(ObjectIdentifier(self)) }

  /// The shell's status for a process ended by the first signal.
  package var exitCode: Int32 { 128 + (first.withLock { $0?.number } ?? 0) }

  fileprivate func receive(_ number: Int32) {
    let now = ContinuousClock.now
    let firstTime = first.withLock { first in
      defer { first = first ?? (number, now) }
      return first?.time
    }
    guard let firstTime else { return respond() }
    if !endsProcess, now - firstTime >= Self.patience { _exit(128 + number) }
  }
}

/// What the process does about the signals: taken over when the first watch comes, given back when the last one goes.
///
/// A handler may do next to nothing, so it writes the signal's number to a pipe. The thread that reads the pipe stays as
/// long as the process, and receives the signals where all other threads block them.
private final class SignalDispositions: Sendable {
  static let shared = SignalDispositions()
  private static let numbers = [SIGINT, SIGTERM, SIGHUP]

  private struct State {
    var watches: [ObjectIdentifier: WeakReference] = [:]
    var previous: [Int32: sigaction] = [:]
  }

  private struct WeakReference { weak var watch: SignalWatch? }

  private let state = Mutex(State())

  private init() {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return }
    let (readEnd, writeEnd) = (ends[0], ends[1])
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(writeEnd, F_SETFL, O_NONBLOCK)
    pipeEntry.store(writeEnd, ordering: .relaxed)
    Thread.detachNewThread { [self] in
      unblockSignals()
      var number: UInt8 = 0
      while true {
        let count = read(readEnd, &number, 1)
        if count == 1 { receive(Int32(number)) } else if errno != EINTR { return }
      }
    }
  }

  /// Lets this thread receive the signals, which the threads of Dispatch block, and so do the processes that they start.
  private func unblockSignals() {
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in Self.numbers { sigaddset(&signals, number) }
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  func add(_ watch: SignalWatch) {
    state.withLock { state in
      state.watches[ObjectIdentifier(watch)] = WeakReference(watch: watch)
      // Without a pipe nobody could be told, so that signals go on ending the process.
      guard state.watches.count == 1, pipeEntry.load(ordering: .relaxed) >= 0 else { return }
      for number in Self.numbers {
        var action = sigaction()
        sigaction(number, nil, &action)
        if isIgnore(signal(number, SIG_IGN)) { continue }
        _ = signal(number) { writeToPipe($0) }
        state.previous[number] = action
      }
    }
  }

  func remove(_ id: ObjectIdentifier) {
    state.withLock { state in
      state.watches[id] = nil
      guard state.watches.isEmpty else { return }
      for (number, var action) in state.previous { sigaction(number, &action, nil) }
      state.previous = [:]
    }
  }

  private func receive(_ number: Int32) {
    let watches = state.withLock { $0.watches.values.compactMap(\.watch) }
    for watch in watches { watch.receive(number) }
    guard watches.contains(where: \.endsProcess) else { return }
    _ = signal(number, SIG_DFL)
    _ = raise(number)
    // Not reached, unless somebody gave the signal another meaning.
    _exit(128 + number)
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
