import Foundation
import Reports
import Testing
import Training

/// Whether runs are different, by the formulas of the tests written out.
@Suite("Comparing runs") struct ComparisonTests {
  private let runs: HandMadeRuns
  init() throws { runs = try HandMadeRuns() }

  private func records(_ scores: Double...) -> [RepeatRecord] { scores.map { HandMadeRuns.record(score: $0) } }

  /// Two networks over three repeats each, whose ensembles differ on five windows of person 3 and one of person 4.
  private func pair() throws -> [RunReport] {
    [
      runs.report(
        try runs.run(["lstm": records(80, 82, 84)], in: "a"), [[runs.predictions(wrong: [0, 1, 2, 3, 4, 40])]]),
      runs.report(try runs.run(["lstm": records(86, 88, 90)], in: "b"), [[runs.predictions(wrong: [40, 41])]]),
    ]
  }

  @Test func overRepeats() throws {
    let pairs = RunComparison(try pair()).pairs
    let found = try #require(pairs.first)
    #expect(pairs.count == 1 && found.first.title == "a lstm" && found.second.title == "b lstm")
    #expect(found.first.scores == [80, 82, 84] && found.second.mean == 88 && found.difference == 6)
    #expect(abs(found.first.deviation - (8.0 / 3).squareRoot()) < 1e-12)
    // Both variances are 4, so t is 6 / √(4/3 + 4/3) of four degrees of freedom, whose distribution has a closed form.
    let welch = try #require(found.welch)
    let error = (8.0 / 3).squareRoot()
    let t = 6 / error
    #expect(abs((welch.t ?? .nan) - t) < 1e-12 && abs((welch.degreesOfFreedom ?? .nan) - 4) < 1e-12)
    let x = t / (4 + t * t).squareRoot()
    #expect(abs((welch.p ?? .nan) - (1 - x * (3 - x * x) / 2)) < 1e-12)
    // The table of Student's t: 2.776445.
    #expect(abs(welch.low - (6 - 2.776445 * error)) < 1e-5 && abs(welch.high - (6 + 2.776445 * error)) < 1e-5)
  }

  @Test func overPeopleAndWindows() throws {
    let found = try #require(RunComparison(try pair()).pairs.first)
    // The first is wrong alone about five windows, the second about one: 2 · (1 + 6) / 2⁶.
    let mcNemar = try #require(found.mcNemar)
    #expect(mcNemar.onlyFirstRight == 1 && mcNemar.onlySecondRight == 5 && abs(mcNemar.p - 14.0 / 64) < 1e-12)
    // The second has 5 of 24 windows more of person 3, one less of person 4; one draw in four has only one of them.
    let people = try #require(found.people)
    #expect(people.people == 2 && abs(people.difference - 400.0 / 48) < 1e-9)
    #expect(abs(people.low - -100.0 / 24) < 1e-9 && abs(people.high - 500.0 / 24) < 1e-9)
  }

  @Test func page() throws {
    let page = try ReadPage(ComparisonPage(try pair()).html())
    let row = try #require(try page.rows("difference", "points").first)
    #expect(Array(row.prefix(2)) == ["b lstm - a lstm", "6.000"])
    #expect(row[2] == "1.466 to 10.534" && row[4] == "-4.167 to 20.833")
    #expect(Array(row[5...]) == ["1", "5", String(format: "%.4f", 14.0 / 64)])
    let scores = try page.rows("network", "repeats", "mean")
    #expect(
      scores.map { Array($0.prefix(4)) } == [
        ["LSTM (a)", "3", "82.000", "1.633"], ["LSTM (b)", "3", "88.000", "1.633"],
      ])
    // The ensembles have 42 and 46 of 48 windows.
    #expect(scores.map { $0[5] } == ["87.500", "95.833"])
    let plot = try #require(page.pictures("Differences of means").first)
    #expect(plot.words.contains("+6.0 (1.5 to 10.5)") && plot.words.contains("b lstm - a lstm"))
    #expect(page.headings == ["Differences", "LSTM (a)", "LSTM (b)"])
    #expect(page.captions == ["Fewer than five values are shown as points with their mean, without a box."])
  }

  /// What no test finds to be impossible is not shown as such.
  @Test func probabilitiesAreNotZero() throws {
    let reports = [
      runs.report(try runs.run(["lstm": records(80, 80.1, 80.2)], in: "a")),
      runs.report(try runs.run(["lstm": records(90, 90.1, 90.2)], in: "b")),
    ]
    #expect(try ReadPage(ComparisonPage(reports).html()).rows("difference")[0][3] == "< 0.0001")
  }

  @Test func otherStoresAreNotComparedByWindows() throws {
    let others = try HandMadeRuns { $0.changeReadings(0) { $0 + 1 } }
    let reports = [
      try pair()[0], others.report(try others.run(["lstm": records(70, 71)]), [[others.predictions()]]),
    ]
    let found = try #require(RunComparison(reports).pairs.first)
    #expect(found.difference == -11.5 && found.welch != nil && found.people == nil && found.mcNemar == nil)
    let page = try ReadPage(ComparisonPage(reports).html())
    #expect(page.warnings.contains { $0.hasPrefix("The runs are of different stores") })
    #expect(try page.rows("difference")[0].suffix(4) == ["-", "-", "-", "-"])
  }

  /// A single repeat has no variance to test with.
  @Test func singleRepeatsHaveNoTest() throws {
    let reports = [("a", 80.0), ("b", 90)].map { name, score in
      Result { runs.report(try runs.run(["lstm": records(score)], in: name)) }
    }
    let found = try #require(RunComparison(try reports.map { try $0.get() }).pairs.first)
    #expect(found.difference == 10 && found.welch == nil)
    let page = try ReadPage(ComparisonPage(try reports.map { try $0.get() }).html())
    #expect(try page.rows("difference")[0] == ["b lstm - a lstm", "10.000", "-", "-", "-", "-", "-", "-"])
    #expect(page.pictures("Differences of means").isEmpty)
  }

  /// Networks are compared by name; where runs share none, each with each; and those without a score never.
  @Test func whoIsComparedWithWhom() throws {
    func pairs(_ networks: KeyValuePairs<String, [RepeatRecord]>...) throws -> [String] {
      let folder = "\(UUID())"
      let reports = try networks.enumerated().map { index, networks in
        runs.report(try runs.run(networks, in: "\(folder)/\(index)"))
      }
      return RunComparison(reports).pairs.map { "\($0.second.title) - \($0.first.title)" }
    }
    #expect(
      try pairs(
        ["lstm": records(80), "cnn-lstm": records(81)], ["cnn-lstm": records(82), "lstm": records(83)],
        ["lstm": records(84)]) == [
          "1 lstm - 0 lstm", "1 cnn-lstm - 0 cnn-lstm", "2 lstm - 0 lstm",
        ])
    #expect(
      try pairs(["lstm": records(80)], ["cnn-lstm": records(81), "conv-lstm": records(82)]) == [
        "1 cnn-lstm - 0 lstm", "1 conv-lstm - 0 lstm",
      ])
    var diverged = records(80)
    diverged[0].status = .diverged
    #expect(try pairs(["lstm": diverged], ["lstm": records(81)]).isEmpty)
    #expect(try pairs(["lstm": records(80)]).isEmpty)
  }
}
