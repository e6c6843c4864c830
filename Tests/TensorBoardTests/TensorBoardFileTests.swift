import Foundation
import SystemSupport
import Testing
import _TestSupport

import TensorBoard

@Suite("A run's file for TensorBoard")
struct TensorBoardFileTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func curves(epochs: Int64) -> [ScalarCurve] {
    ["loss", "accuracy"].map { tag in
      ScalarCurve(
        tag: tag, points: (0..<epochs).map { .init(step: $0, wallTime: 10 + Double($0), value: Double($0) / 4) })
    }
  }

  private func write(
    _ curves: [ScalarCurve], in folder: String, hyperparameters: Hyperparameters? = nil, end: SessionEnd? = nil
  ) throws -> [UInt8] {
    let path = try TensorBoardFile.write(
      to: directory.path(folder), startedAt: 5, hostName: "host", curves: curves, hyperparameters: hyperparameters,
      metrics: [MetricInfo(tag: "loss")], group: "runs", end: end)
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  @Test func sameRunSameBytes() throws {
    let hyperparameters = Hyperparameters([("epochs", .number(3))])
    let one = try write(curves(epochs: 3), in: "one", hyperparameters: hyperparameters)
    #expect(try write(curves(epochs: 3), in: "other/deep", hyperparameters: hyperparameters) == one)
    // No run that is not to be compared has anything of it.
    #expect(try write(curves(epochs: 3), in: "curves") != one)
  }

  @Test func runThatGoesOnExtendsItsFile() throws {
    let hyperparameters = Hyperparameters([("epochs", .number(9))])
    var before: [UInt8] = []
    for epochs in 0...9 as ClosedRange<Int64> {
      let bytes = try write(curves(epochs: epochs), in: "run", hyperparameters: hyperparameters)
      #expect(bytes.starts(with: before) && (epochs == 0 || bytes.count > before.count))
      before = bytes
    }
    let end = SessionEnd(status: .success, wallTime: 20)
    let ended = try write(curves(epochs: 9), in: "run", hyperparameters: hyperparameters, end: end)
    #expect(ended.starts(with: before) && ended.count > before.count)
  }

  @Test func stepsAreInOrderAndShareEvents() throws {
    let points: [ScalarCurve.Point] = [3, 1, 2].map { .init(step: $0, wallTime: 7, value: Double($0)) }
    let other = ScalarCurve(
      tag: "b", points: [.init(step: 2, wallTime: 7, value: 0), .init(step: 3, wallTime: 8, value: 0)])
    var expected = EventFile(folder: directory.path("run"), startedAt: 5, hostName: "host")
    expected.append(step: 1, wallTime: 7, scalars: [("a", 1)])
    expected.append(step: 2, wallTime: 7, scalars: [("a", 2), ("b", 0)])
    expected.append(step: 3, wallTime: 7, scalars: [("a", 3)])
    expected.append(step: 3, wallTime: 8, scalars: [("b", 0)])
    #expect(try write([ScalarCurve(tag: "a", points: points), other], in: "run") == expected.bytes)
  }

  /// Steps, times and values that nobody should give, but that a damaged record may hold.
  @Test func anyNumberIsWritten() throws {
    let numbers: [Double] = [.nan, .infinity, -.infinity, 1e300, -0.0, .leastNonzeroMagnitude]
    let points = numbers.flatMap { number in
      [Int64.min, 0, .max].map { ScalarCurve.Point(step: $0, wallTime: number, value: number) }
    }
    let hyperparameters = Hyperparameters(numbers.map { ("\($0)", .number($0)) })
    let end = SessionEnd(status: .failure, wallTime: .nan)
    let bytes = try write(
      [ScalarCurve(tag: "", points: points)], in: "run", hyperparameters: hyperparameters, end: end)
    #expect(bytes.count > 18 * 30)
  }

  @Test func laterHyperparametersReplaceEarlierOnes() {
    let entries = Hyperparameters([("a", .number(1)), ("b", .flag(true)), ("a", .text("x"))]).entries
    #expect(entries.map(\.name) == ["a", "b"] && entries.map(\.value) == [.text("x"), .flag(true)])
  }
}
