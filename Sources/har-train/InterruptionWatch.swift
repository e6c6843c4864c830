import Dispatch
import Foundation
import Synchronization
import Training

/// Turns SIGINT, SIGTERM and SIGHUP into a request to stop between two steps; a second signal, a second later or more, ends the
/// process at once.
final class InterruptionWatch {
  private final class Received: Sendable {
    /// The first signal, and when it came in nanoseconds of uptime; 0 before.
    let number = Atomic<Int32>(0)
    let time = Atomic<UInt64>(0)
  }

  /// Signals closer than this are taken for one: wrappers such as `timeout` pass one on twice.
  private static let patience: UInt64 = 1_000_000_000

  private let received = Received()
  private let sources: [any DispatchSourceSignal]

  init(_ stop: StopRequest) {
    let received = received
    let queue = DispatchQueue(label: "interruption")
    // Under nohup SIGHUP is ignored, and stays so.
    let isHangupIgnored = unsafeBitCast(signal(SIGHUP, SIG_IGN), to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    sources = ([SIGINT, SIGTERM] + (isHangupIgnored ? [] : [SIGHUP])).map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        let now = DispatchTime.now().uptimeNanoseconds
        if received.number.compareExchange(expected: 0, desired: number, ordering: .relaxed).exchanged {
          received.time.store(now, ordering: .relaxed)
          stop.request()
        } else if now - received.time.load(ordering: .relaxed) >= Self.patience {
          _exit(128 + number)
        }
      }
      source.resume()
      return source
    }
  }

  /// The shell's status for a process ended by the first signal.
  var exitCode: Int32 { 128 + received.number.load(ordering: .relaxed) }
}
