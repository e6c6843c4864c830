import SystemSupport
import Testing
import Windows

@Suite("Sets of windows")
struct WindowSetTests {
  /// Window n holds 100 n, 100 n + 1, …; people 1, 2, 3, 1, 2, 3, …
  private func windows(_ count: Int = 7, storage: AlignedBuffer? = nil) -> WindowSet {
    let buffer = storage ?? AlignedBuffer(count: count * 6)
    for index in 0..<count * 6 { buffer.address[index] = Float(index / 6 * 100 + index % 6) }
    return WindowSet(
      timeSteps: 3, channels: 2, storage: buffer, labels: (0..<count).map { UInt8($0 % 5) },
      subjects: (0..<count).map { UInt8($0 % 3 + 1) })
  }

  @Test func selectionsShareTheMemory() {
    let buffer = AlignedBuffer(count: 7 * 6)
    let all = windows(storage: buffer)
    let some = all.selecting { $0 != 2 }
    #expect(some.labels == [0, 2, 3, 0, 1])
    #expect(some.subjects == [1, 3, 1, 3, 1])
    for (index, row) in [0, 2, 3, 5, 6].enumerated() {
      #expect(some.window(index) == UnsafePointer(buffer.address + row * 6))
      #expect(some.features(of: index) == (0..<6).map { Float(row * 100 + $0) })
    }
    // A selection of a selection leads to the same rows.
    let few = some.selecting { $0 == 3 }
    #expect(few.window(1) == all.window(5))
    #expect(few.labels == [2, 0])
    buffer.address[5 * 6] = -1
    #expect(few.features(of: 1)[0] == -1)
    #expect(all.selecting { _ in false }.count == 0)
  }

  @Test func copiesHaveMemoryOfTheirOwn() {
    let buffer = AlignedBuffer(count: 7 * 6)
    let some = windows(storage: buffer).selecting { $0 == 2 }
    let copy = some.copied()
    #expect(copy == some)
    buffer.address[6] = -1
    #expect(copy != some)
    #expect(copy.features(of: 0)[0] == 100)
    #expect(copy.window(1) == copy.window(0) + 6)
  }

  @Test func equalityIsThatOfTheValues() {
    let all = windows()
    #expect(all == windows())
    #expect(all != windows(6))
    let other = WindowSet(
      timeSteps: 2, channels: 3, features: (0..<7).flatMap { all.features(of: $0) }, labels: all.labels,
      subjects: all.subjects)
    #expect(all != other)
    let people = WindowSet(
      timeSteps: 3, channels: 2, features: (0..<7).flatMap { all.features(of: $0) }, labels: all.labels,
      subjects: all.labels)
    #expect(all != people)
  }

  @Test func aDrawCopiesTheWindow() {
    let some = windows().selecting { $0 == 3 }
    let source: any WindowSource = some
    #expect((source.count, source.windowCount, source.scratchCount) == (2, 6, 0))
    var target = [Float](repeating: .nan, count: 8)
    var scratch: Float = 0
    source.draw(WindowDraw(index: 1, key: (1, 2), epoch: 3, position: 4), into: &target, scratch: &scratch)
    #expect(target[..<6] == [500, 501, 502, 503, 504, 505])
    #expect(target[6].isNaN)
  }

  /// By hand: 1, 3, 5, 7 deviate from 4 by sqrt((9 + 1 + 1 + 9) / 4); the other signal never changes.
  @Test func deviationsOfTheSignals() throws {
    let windows = WindowSet(
      timeSteps: 2, channels: 2, features: [1, 9, 3, 9, 5, 9, 7, 9, 100, 0, 200, 50], labels: [0, 0, 0],
      subjects: [1, 1, 2])
    #expect(try windows.selecting { $0 == 1 }.deviations == [Float(5.0.squareRoot()), 0])
    #expect(try windows.selecting { $0 == 2 }.deviations == [50, 25])
    #expect(try windows.selecting { _ in false }.deviations == [0, 0])
  }
}
