import Foundation
import Inspection
import Testing
import Windows
import _TestSupport

/// Each finding on a store that has that one thing about it.
@Suite("What is suspicious about a store")
struct InspectionFindingTests {
  private func findings(_ store: HandMadeStore) throws -> [InspectionFinding] {
    StoreInspection(try store.read()).findings
  }

  /// Of a store after a change; only findings of that kind may be there.
  private func finding(
    _ kind: InspectionFinding.Kind, _ change: (inout HandMadeStore) -> Void
  ) throws -> InspectionFinding {
    var store = HandMadeStore()
    change(&store)
    let all = try findings(store)
    #expect(all.map(\.kind) == [kind], "\(all.map(\.message))")
    return try #require(all.first)
  }

  @Test func nothing() throws { #expect(try findings(HandMadeStore()) == []) }

  @Test func constantSignal() throws {
    let found = try finding(.constantSignal) { store in
      store.train.windows = store.train.windows.map { store.changed($0, 1) { _ in 0.1 } }
    }
    #expect((found.split, found.signals, found.windows) == ("train", ["b"], 48))
    #expect(found.message == "In train, b never changes.")
  }

  @Test func constantInWindows() throws {
    let found = try finding(.constantInWindows) { store in
      for row in [4, 9] { store.test.windows[row] = store.changed(store.test.windows[row], 0) { _ in 0.25 } }
      store.test.windows[9] = store.changed(store.test.windows[9], 1) { _ in -0.25 }
    }
    #expect((found.split, found.signals, found.windows) == ("test", ["a", "b"], 2))
    #expect(
      found.message
        == "In 2 windows of test, a signal stays the same throughout, as where a sensor stops: a (2 windows) and b (1 window)."
    )
  }

  @Test func clipping() throws {
    var highest = 0
    let found = try finding(.clipping) { store in
      highest = store.train.windows.joined().enumerated().count { $0.offset % 2 == 0 && $0.element >= 0.4 }
      store.train.windows = store.train.windows.map { store.changed($0, 0) { min($0, 0.4) } }
    }
    #expect((found.severity, found.split, found.signals) == (.note, "train", ["a"]))
    let share = String(format: "%.1f", Double(highest) / Double(48 * 6) * 100)
    #expect(
      found.message
        == "In train, many readings are exactly the minimum or maximum, as where a sensor clips: a (\(share)% at its maximum)."
    )
  }

  /// A value that is there a few times clips nothing, whatever its share of few readings; nor do nine of 288.
  @Test func fewReadingsAtAnExtreme() throws {
    var store = HandMadeStore()
    for row in 0..<9 { store.train.windows[row][2] = 0.75 }
    #expect(try findings(store) == [])
    store.train.windows[9][2] = 0.75
    #expect(try findings(store).map(\.kind) == [.clipping])
  }

  @Test func duplicates() throws {
    let found = try finding(.duplicates) { store in
      for (row, other) in [(10, 2), (13, 2), (30, 29)] { store.train.windows[row] = store.train.windows[other] }
    }
    #expect((found.split, found.windows) == ("train", 3))
    #expect(
      found.message == "In train, 3 windows of 48 repeat an earlier one reading by reading (rows, from 0: 10 as 2, "
        + "13 as 2, 30 as 29), 2 of them with another activity.")
  }

  @Test func duplicatesBetweenSplits() throws {
    let found = try finding(.duplicatesBetweenSplits) { store in
      for row in 0..<7 { store.test.windows[row * 2] = store.train.windows[row * 4 + 2] }
    }
    #expect((found.split, found.windows) == (nil, 7))
    #expect(
      found.message
        == "7 windows of test are in train too, reading by reading (rows, from 0: 0 as 2, 2 as 6, 4 as 10, 6 as 14, 8 as 18, …)."
    )
  }

  /// A window that differs in its last reading alone is another one.
  @Test func almostDuplicates() throws {
    var store = HandMadeStore()
    store.train.windows[9] = store.train.windows[2]
    store.train.windows[9][11] = store.train.windows[9][11].nextUp
    #expect(try findings(store) == [])
  }

  /// Windows that each begin in the middle of the one before, of two people: no pair is made across them.
  @Test(arguments: [6, 7]) func overlap(_ timeSteps: Int) throws {
    let half = timeSteps / 2
    let found = try finding(.overlap) { store in
      store.timeSteps = timeSteps
      store.train.windows = (0..<48).map { _ in store.window() }
      store.test.windows = (0..<48).map { _ in store.window() }
      for row in 1..<48 {
        store.train.windows[row].replaceSubrange(0..<half * 2, with: store.train.windows[row - 1].suffix(half * 2))
      }
    }
    #expect((found.severity, found.split, found.windows) == (.note, "train", 46))
    #expect(found.message.hasPrefix("In train, consecutive windows overlap by half (46 of 46 pairs of a person):"))
  }

  @Test func missingActivity() throws {
    let found = try finding(.missingActivity) { store in
      store.activities = ["x", "y", "z"]
      for row in 0..<48 { store.train.labels[row] = UInt8(row % 3) }
    }
    #expect((found.split, found.activities) == ("test", ["z"]))
    #expect(found.message == "In test, no window is of z.")
  }

  @Test func fewWindows() throws {
    let found = try finding(.fewWindows) { store in
      for row in 0..<39 { store.test.labels[row] = row == 4 ? 0 : 1 }
      for row in 39..<48 { store.test.labels[row] = row < 47 ? 0 : 1 }
    }
    #expect((found.split, found.activities, found.windows) == ("test", ["x"], 9))
    #expect(found.message == "In test, fewer than 10 windows are of x (9).")
  }

  @Test func singleActivity() throws {
    let found = try finding(.singleActivity) { store in
      for row in 0..<24 { store.train.labels[row] = 1 }
    }
    #expect((found.severity, found.split, found.people, found.windows) == (.note, "train", [1], 24))
    #expect(found.message.hasPrefix("In train, person 1 has windows of one activity only:"))
  }

  @Test func sharedPeople() throws {
    let found = try finding(.sharedPeople) { store in store.test.subjects = store.test.subjects.map { $0 - 1 } }
    #expect((found.split, found.people) == (nil, [2]))
    #expect(found.message.hasPrefix("Person 2 is in both splits:"))
  }

  @Test(arguments: [(900, false), (1200, true)] as [(Float, Bool)])
  func scales(_ factor: Float, _ isFound: Bool) throws {
    var store = HandMadeStore()
    // Both signals have about the same size before.
    let figures = StoreInspection(try store.read()).train.signals
    let ratio = (figures[0].deviation / figures[1].deviation)
    store.changeReadings(1) { $0 * factor * Float(ratio) }
    let found = try findings(store)
    #expect(found.map(\.kind) == (isFound ? [.scales] : []))
    #expect(found.first?.signals == (isFound ? ["b", "a"] : nil))
  }

  /// Uniform readings of width 1 deviate by about 0.29.
  @Test(arguments: [(0.1, false), (0.2, true), (-0.2, true)] as [(Float, Bool)])
  func differentMeans(_ shift: Float, _ isFound: Bool) throws {
    var store = HandMadeStore()
    store.test.windows = store.test.windows.map { store.changed($0, 1) { $0 + shift } }
    let found = try findings(store)
    #expect(found.map(\.kind) == (isFound ? [.differentMeans] : []))
    #expect(found.first?.signals == (isFound ? ["b"] : nil))
  }

  /// Signals that never change differ where their values do; one that changes in test alone is no matter of means.
  @Test(arguments: [(0.5, true), (0.25, false)] as [(Float, Bool)])
  func meansOfConstants(_ value: Float, _ isFound: Bool) throws {
    var store = HandMadeStore()
    store.train.windows = store.train.windows.map { store.changed($0, 1) { _ in 0.25 } }
    store.test.windows = store.test.windows.map { store.changed($0, 1) { _ in value } }
    #expect(
      try findings(store).map(\.kind) == [.constantSignal, .constantSignal] + (isFound ? [.differentMeans] : []))
  }

  @Test func windowLengths() throws {
    let found = try finding(.windowLengths) { store in store.test.windows = store.test.windows.map { Array($0[2...]) } }
    #expect(found.message.hasPrefix("Windows of train have 6 time steps, those of test 5:"))
  }

  @Test(arguments: [0, -50, .nan, .infinity]) func samplingRate(_ rate: Double) throws {
    var store = HandMadeStore()
    store.samplingRate = rate
    let inspection = StoreInspection(try store.read())
    #expect(inspection.samplingRateHz == nil)
    #expect(inspection.findings.map(\.kind) == [.samplingRate])
  }

  /// Windows of one reading are constant and overlap in no sense worth telling.
  @Test func windowsOfOneReading() throws {
    var store = HandMadeStore()
    store.timeSteps = 1
    store.train.windows = (0..<48).map { _ in store.window() }
    store.test.windows = (0..<48).map { _ in store.window() }
    #expect(try findings(store) == [])
    let split = StoreInspection(try store.read()).train
    #expect(split.signals.map(\.constantWindows) == [0, 0] && split.windowsWithConstantSignal == 0)
    #expect(split.consecutivePairs == 46 && split.overlappingPairs == 0)
  }

  /// A store read for one split has no windows in the other.
  @Test func anEmptySplit() throws {
    let directory = try TemporaryDirectory()
    try HandMadeStore().write(directory.path("store.h5"))
    let inspection = StoreInspection(try WindowStore.readForPrediction(.test, path: directory.path("store.h5")))
    #expect(inspection.train.windows == 0 && inspection.train.signals == [] && inspection.train.people == [])
    #expect(inspection.findings.map(\.kind) == [.missingActivity])
  }

  /// All the names are there for programs; the sentence stays short.
  @Test func longNamesAndManyOfThem() throws {
    var store = HandMadeStore()
    store.activities += (0..<9).map { "\($0)" + String(repeating: "n", count: 500) }
    let found = try findings(store)
    #expect(found.map(\.kind) == [.missingActivity, .missingActivity])
    #expect(found[0].activities == Array(store.activities.dropFirst(2)))
    let names = (0..<5).map { "\($0)" + String(repeating: "n", count: 38) + "…" }.joined(separator: ", ")
    #expect(found[0].message == "In train, no window is of \(names) and 4 more.")
  }

  @Test func warningsComeFirst() throws {
    var store = HandMadeStore()
    for row in 0..<24 { store.train.labels[row] = 1 }
    store.test.subjects = store.test.subjects.map { $0 - 1 }
    #expect(try findings(store).map(\.kind) == [.sharedPeople, .singleActivity])
  }
}
