import Dispatch
import Foundation
import Synchronization
import Training

/// Turns SIGINT and SIGTERM into a request to stop between two steps; a second signal ends the process as usual.
final class InterruptionWatch {
  private final class Received: Sendable {
    let number = Atomic<Int32>(SIGINT)
  }

  private let received = Received()
  private let sources: [any DispatchSourceSignal]

  init(_ stop: StopRequest) {
    let received = received
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        received.number.store(number, ordering: .relaxed)
        stop.request()
        signal(number, SIG_DFL)
      }
      source.resume()
      return source
    }
  }

  /// The shell's status for a process ended by the signal.
  var exitCode: Int32 { 128 + received.number.load(ordering: .relaxed) }
}
