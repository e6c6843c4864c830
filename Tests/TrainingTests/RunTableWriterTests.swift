import Foundation
import Synchronization
import Testing
import Training
import _TestSupport

/// The table of epochs keeps up with trainings whose epochs are shorter than it takes to write.
struct RunTableWriterTests {
  /// Goes on by so much whenever it is asked.
  private final class Clock: Sendable {
    private let steps = Mutex(0)
    let step: Duration
    private let begin = ContinuousClock.now

    init(step: Duration) { self.step = step }

    func now() -> ContinuousClock.Instant {
      steps.withLock {
        $0 += 1
        return begin + step * $0
      }
    }
  }

  let toy: ToyRun
  var path: String { toy.path() + "/metrics.csv" }

  init() throws { toy = try ToyRun([.lstm]) }

  private func epoch(_ number: Int) -> EpochReport {
    EpochReport(epoch: number, loss: 1, accuracy: 0.5, learningRate: 0.001, seconds: 1, samplesPerSecond: 10)
  }

  private func inode() throws -> Int {
    try #require(try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int)
  }

  /// Every line of the table after its heading: the epoch.
  private func epochs() throws -> [String] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").dropFirst().map {
      String($0.split(separator: ",")[1])
    }
  }

  @Test func tablesTakeASmallPartOfTheTime() throws {
    let folder = try RunFolder.create(toy.path(), configuration: try toy.configuration(), warn: { _ in })
    defer { folder.close() }
    let clock = Clock(step: .milliseconds(10))
    let writer = RunTableWriter(folder, clock: clock.now)
    let id = TrainingID(model: 0, repeatIndex: 1)
    try writer.receive(.started(id, RepeatRecord()))
    try writer.receive(.epochEnded(id, epoch(0)))
    // The first is there at once, and no second one before its time.
    #expect(try epochs() == ["1"])
    var last = try inode()
    var tables = 1
    for number in 1..<1000 {
      try writer.receive(.epochEnded(id, epoch(number)))
      // A new file is there before the old one goes, so their numbers differ.
      if try inode() != last { tables += 1 }
      last = try inode()
    }
    // Each takes one step of the clock, and twenty pass until the next.
    #expect((40...60).contains(tables))
    try writer.finish()
    #expect(try epochs() == (1...1000).map { "\($0)" })
    last = try inode()
    try writer.finish()
    #expect(try inode() == last)
  }

  @Test func endOfARepeatBringsItsTable() throws {
    let folder = try RunFolder.create(toy.path(), configuration: try toy.configuration(), warn: { _ in })
    defer { folder.close() }
    let writer = RunTableWriter(folder, clock: Clock(step: .seconds(1)).now)
    let id = TrainingID(model: 0, repeatIndex: 0)
    var record = RepeatRecord()
    try writer.receive(.started(id, record))
    for number in 0..<5 {
      try writer.receive(.epochEnded(id, epoch(number)))
      record.epochs.append(epoch(number))
    }
    #expect(try epochs() == ["1"])
    record.status = .diverged
    try writer.receive(.ended(id, record))
    #expect(try epochs() == ["1", "2", "3", "4", "5"])
  }

  /// What can't be written at the end is an error of the stream as well.
  @Test func failureAtTheEndIsTold() throws {
    let folder = try RunFolder.create(toy.path(), configuration: try toy.configuration(), warn: { _ in })
    defer { folder.close() }
    let events = EventStream()
    // Nothing in it is shared.
    nonisolated(unsafe) let writer = RunTableWriter(folder, clock: Clock(step: .seconds(1)).now)
    events.add([writer])
    let id = TrainingID(model: 0, repeatIndex: 0)
    events.publish(.started(id, RepeatRecord()))
    events.publish(.epochEnded(id, epoch(0)))
    events.publish(.epochEnded(id, epoch(1)))
    try events.drain()
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    #expect(throws: (any Error).self) { try events.finish() }
  }
}
