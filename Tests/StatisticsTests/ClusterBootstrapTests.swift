import Foundation
import Kernels
import Statistics
import Testing
import _TestSupport

@Suite("The bootstrap over people")
struct ClusterBootstrapTests {
  private typealias Totals = ClusterBootstrap.Totals

  private struct Case: Codable {
    let first: [[Double]]
    let second: [[Double]]
    let draws: [Int]
  }
  private struct Answer: Decodable {
    let share: [Double]
    let difference: [Double]
  }

  private static let script = """
    import json, sys, numpy as np
    answers = []
    for case in json.loads(sys.argv[1]):
        first, second = np.array(case["first"]), np.array(case["second"])
        draws = np.array(case["draws"]).reshape(-1, len(first))
        ratio = lambda parts: parts[draws].sum(1)[:, 0] / parts[draws].sum(1)[:, 1]
        bounds = lambda values: np.quantile(values, [0.05, 0.95]).tolist()
        answers.append(dict(share=bounds(ratio(first)), difference=bounds(ratio(first) - ratio(second))))
    print(json.dumps(answers))
    """

  /// People of different numbers of windows, who are right about four times in five.
  private static func people(_ count: Int, seed: UInt32, windows: ClosedRange<Int> = 10...60) -> [Totals] {
    var generator = PhiloxGenerator(key: (seed, 0), stream: (7, 7, 7))
    return (0..<count).map { _ in
      let chance = 0.6 + 0.4 * generator.nextUniform()
      let count = windows.lowerBound + generator.nextIndex(below: windows.count)
      let correct = (0..<count).filter { _ in generator.nextUniform() < chance }.count
      return Totals(numerator: Double(correct), denominator: Double(count))
    }
  }

  @Test("intervals are numpy's of the same draws", .enabled(if: Outside.python != nil, "\(Outside.pythonHint)"))
  func outsideTruth() throws {
    let bootstrap = ClusterBootstrap(seed: 42, resamples: 500)
    let samples = (0..<4).map { (Self.people(5 + 2 * $0, seed: UInt32($0)), Self.people(5 + 2 * $0, seed: 9)) }
    let cases = samples.map { first, second in
      Case(
        first: first.map { [$0.numerator, $0.denominator] }, second: second.map { [$0.numerator, $0.denominator] },
        draws: Array(bootstrap.draws(people: first.count).joined()))
    }
    let argument = String(decoding: try JSONEncoder().encode(cases), as: UTF8.self)
    let answers = try pythonCases(Answer.self, Self.script, [argument])
    #expect(answers.count == samples.count)
    for ((first, second), answer) in zip(samples, answers) {
      let share = try #require(bootstrap.share(first, level: 0.9))
      let difference = try #require(bootstrap.difference(first, second, level: 0.9))
      #expect(near(share.interval.lowerBound, answer.share[0]) && near(share.interval.upperBound, answer.share[1]))
      #expect(near(difference.interval.lowerBound, answer.difference[0]))
      #expect(near(difference.interval.upperBound, answer.difference[1]))
    }
  }

  @Test func values() throws {
    let bootstrap = ClusterBootstrap(seed: 1, resamples: 50)
    let first = [Totals(numerator: 3, denominator: 4), Totals(numerator: 1, denominator: 6)]
    let second = [Totals(numerator: 2, denominator: 4), Totals(numerator: 5, denominator: 6)]
    let share = try #require(bootstrap.share(first))
    #expect(share.value == 0.4 && share.people == 2)
    // With two people every resample is one of three, the ends both of the same person.
    #expect(near(share.interval.lowerBound, 1.0 / 6, 1e-15) && share.interval.upperBound == 0.75)
    let difference = try #require(bootstrap.difference(first, second))
    #expect(near(difference.value, -0.3, 1e-15))
    #expect(near(difference.interval.lowerBound, -2.0 / 3, 1e-15) && difference.interval.upperBound == 0.25)
  }

  /// The draws of a seed are the same everywhere.
  @Test func drawsAreFixed() {
    let bootstrap = ClusterBootstrap(seed: 42, resamples: 3)
    let draws = Array(bootstrap.draws(people: 5))
    #expect(draws == [[2, 4, 3, 4, 2], [4, 4, 3, 2, 1], [1, 4, 2, 2, 4]])
    #expect(Array(ClusterBootstrap(seed: 43, resamples: 3).draws(people: 5)) != draws)
    #expect(Array(ClusterBootstrap(seed: 42, resamples: 6).draws(people: 5).prefix(3)) == draws)
  }

  /// Each of 10 people is drawn 3,000 times in 30,000: a standard error of 52.
  @Test func everyoneIsDrawnAsOften() {
    var counts = Array(repeating: 0, count: 10)
    for index in ClusterBootstrap(seed: 5, resamples: 3000).draws(people: 10).joined() { counts[index] += 1 }
    #expect(counts.allSatisfy { abs($0 - 3000) < 4 * 52 })
  }

  /// A hundred alike windows of a person say no more than one.
  @Test func alikeWindowsDoNotNarrow() throws {
    let bootstrap = ClusterBootstrap(seed: 8, resamples: 400)
    let few = (0..<20).map { Totals(numerator: $0 < 14 ? 1 : 0, denominator: 1) }
    let many = few.map { Totals(numerator: 100 * $0.numerator, denominator: 100) }
    let interval = try #require(bootstrap.share(few)).interval
    #expect(try #require(bootstrap.share(many)).interval == interval)
    // About 1.96 √(0.7 · 0.3 / 20) on each side.
    #expect(abs((interval.upperBound - interval.lowerBound) / 2 - 0.2) < 0.05)
  }

  /// A classifier that is better for everybody by the same is better without doubt, however much people differ.
  @Test func peopleCancelInDifferences() throws {
    let bootstrap = ClusterBootstrap(seed: 8, resamples: 400)
    let second = (0..<12).map { Totals(numerator: Double(40 + 4 * $0), denominator: 100) }
    let first = second.map { Totals(numerator: $0.numerator + 5, denominator: 100) }
    let difference = try #require(bootstrap.difference(first, second))
    #expect(near(difference.interval.lowerBound, 0.05, 1e-14) && near(difference.interval.upperBound, 0.05, 1e-14))
    let share = try #require(bootstrap.share(first)).interval
    #expect(share.upperBound - share.lowerBound > 0.1)
  }

  /// 200 samples of 25 people from a population whose share is 0.8: intervals drawn over windows would hold it three times in four.
  @Test func coverage() throws {
    let held = try (0..<200).filter { sample in
      let people = Self.people(25, seed: UInt32(1000 + sample), windows: 20...20)
      return try #require(ClusterBootstrap(seed: UInt64(sample), resamples: 200).share(people)).interval.contains(0.8)
    }
    #expect((176...198).contains(held.count))
  }

  @Test func undefined() throws {
    let bootstrap = ClusterBootstrap(seed: 1, resamples: 10)
    let one = Totals(numerator: 1, denominator: 2)
    let none = Totals(numerator: 0, denominator: 0)
    #expect(bootstrap.share([]) == nil && bootstrap.share([one]) == nil && bootstrap.share([one, none]) == nil)
    #expect(bootstrap.share([one, Totals(numerator: .nan, denominator: 1)]) == nil)
    #expect(bootstrap.difference([one, one, none], [one, none, one]) == nil)
    #expect(bootstrap.difference([], []) == nil)
    let share = try #require(bootstrap.share([one, none, one]))
    #expect(share.people == 2 && share.interval == 0.5...0.5)
    let difference = try #require(bootstrap.difference([one, one, one], [one, none, one]))
    #expect(difference.people == 2 && difference.interval == 0...0)
  }
}
