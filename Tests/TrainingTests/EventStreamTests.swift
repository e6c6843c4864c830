import Foundation
import Synchronization
import Testing
import Training

/// Events come one at a time and in order, and nobody waits for observers.
@Suite struct EventStreamTests {
  private static let id = TrainingID(model: 0, repeatIndex: 0)

  @Test func everyObserverGetsAllEventsInOrder() throws {
    let stream = EventStream()
    let recorders = (0..<3).map { _ in EventRecorder() }
    stream.add(recorders.map(\.observer))
    for number in 0..<500 { stream.warn("\(number)") }
    try stream.finish()
    for recorder in recorders { #expect(recorder.warnings == (0..<500).map { "\($0)" }) }
    stream.warn("nobody is there any more")
    try stream.drain()
    #expect(recorders[0].warnings.count == 500)
  }

  /// Many trainings leave events at once: an observer that counts without a lock loses none, and each training's stay in order.
  @Test func observersNeedNoLock() throws {
    final class Counter: TrainingObserver {
      var count = 0
      var isBusy = false
      let result: SharedSlots<Int>
      init(_ result: SharedSlots<Int>) { self.result = result }
      func receive(_ event: TrainingEvent) {
        result[1] = result[1] | (isBusy ? 1 : 0)
        isBusy = true
        count += 1
        isBusy = false
      }
      func finish() { result[0] = count }
    }
    let stream = EventStream()
    let result = SharedSlots(repeating: 0, count: 2)
    stream.add([Counter(result)])
    DispatchQueue.concurrentPerform(iterations: 8) { thread in
      for number in 0..<200 { stream.warn("\(thread) \(number)") }
    }
    try stream.finish()
    #expect(result[0] == 1600 && result[1] == 0)
  }

  private struct Failure: Error, Equatable {}

  @Test func whatAnObserverThrowsRequestsAStopAndIsThrownOnce() throws {
    final class Thrower: TrainingObserver {
      func receive(_ event: TrainingEvent) throws { throw Failure() }
    }
    let stop = StopRequest()
    let stream = EventStream(stop: stop)
    let recorder = EventRecorder()
    stream.add([Thrower(), recorder.observer])
    stream.warn("one")
    #expect(throws: Failure.self) { try stream.drain() }
    #expect(stop.isRequested)
    // The others go on being told.
    stream.warn("two")
    #expect(throws: Failure.self) { try stream.finish() }
    #expect(recorder.warnings == ["one", "two"])
  }

  /// A warning about a damaged checkpoint comes before the repeat that it concerns begins, not into the middle of something.
  @Test func warningsStandInOrderWithTheRest() throws {
    let toy = try ToyRun([.lstm])
    let folder = try toy.run(threads: 1, concurrentModels: 1, stopAfter: 9).folder
    try Data("damaged".utf8).write(to: URL(fileURLWithPath: folder.checkpointPath(Self.id)))
    let events = try toy.run(resumes: true, threads: 1, concurrentModels: 1).events
    let warned = try #require(events.lastIndex { if case .warning = $0 { true } else { false } })
    let started = try #require(
      events.firstIndex { if case .started(Self.id, _) = $0 { true } else { false } })
    #expect(warned < started)
  }
}
