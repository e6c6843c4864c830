import Foundation
import Reports
import Testing
import Training

/// What a search's page says, of results by hand.
@Suite("A search's page") struct SearchPageTests {
  /// A line of `results.json`.
  private struct Result: Encodable {
    struct Job: Encodable {
      let trial: Int
      let fold: Int
      let rung: Int
    }

    let job: Job
    let score: Double
    let loss = 1.0
    let seconds = 1.0
  }

  /// Five trials on two folds and two rungs, of which the first two reach the second.
  private func page() throws -> ReadPage {
    let runs = try HandMadeRuns()
    let run = try runs.configuration(["lstm"], repeats: 1)
    let values = [["0.1", "lstm"], ["0.03", "lstm"], ["0.01", "gru"], ["0.003", "gru"], ["0.001", "lstm"]]
    let configuration = TuningConfiguration(
      parameterNames: ["learning-rate", "cell"],
      trials: values.enumerated().map { index, values in
        .init(number: index + 1, values: values, arguments: [], settings: run.settings, rungEpochs: [1, 2])
      }, folds: [[1], [2]], reduction: 2, repeats: 1, run: run)
    try runs.write(configuration, "search", [])
    func result(_ trial: Int, _ fold: Int, rung: Int, _ score: Double) -> Result {
      Result(job: .init(trial: trial, fold: fold, rung: rung), score: score)
    }
    // Means of 80, 70, 60, 50 and 40 on the first rung; of 84 and 86 on the second.
    let first = (0..<5).flatMap { trial in
      [-4, 4].enumerated().map { result(trial, $0, rung: 0, 80 - 10 * Double(trial) + $1) }
    }
    let second =
      [result(0, 0, rung: 1, 83), result(0, 1, rung: 1, 85), result(1, 0, rung: 1, 86)]
      + [result(1, 1, rung: 1, 86)]
    try runs.directory.write(
      try RunJSON.text(first + second), to: "search/results.json")
    return try ReadPage(SearchReport(try SearchResults(path: runs.directory.path("search"))).html())
  }

  @Test func ranking() throws {
    #expect(
      try page().rows("rank", "trial", "accuracy", "SD", "epochs", "learning-rate", "cell") == [
        ["1", "2", "86.000", "0.000", "2", "0.03", "lstm"], ["2", "1", "84.000", "1.000", "2", "0.1", "lstm"],
        ["3", "3", "60.000", "4.000", "1", "0.01", "gru"], ["4", "4", "50.000", "4.000", "1", "0.003", "gru"],
        ["5", "5", "40.000", "4.000", "1", "0.001", "lstm"],
      ])
  }

  /// Over the first rung, where all trials were judged.
  @Test func optionsAndAccuracy() throws {
    let rows = try page().rows("option", "measure", "value")
    #expect(rows[0] == ["learning-rate", "Spearman's rho", "1.000"])
    // The mean of all is 60, of lstm 190/3 and of gru 55; the squared deviations of all are 1000.
    let between = 3 * (10.0 / 3) * (10.0 / 3) + 2 * 25
    #expect(rows[1] == ["cell", "eta squared", String(format: "%.3f", between / 1000)])
  }

  @Test func axesNameTheirEnds() throws {
    let plot = try #require(try page().pictures("Trials").first)
    #expect(plot.words.filter { ["learning-rate", "cell", "accuracy (%)"].contains($0) }.count == 3)
    #expect(Set(plot.words).isSuperset(of: ["0.001", "0.003", "0.01", "0.03", "0.1", "lstm", "gru", "40", "86"]))
    let trials = plot.all("title").map(\.text).filter { $0.hasPrefix("trial ") }
    #expect(trials.last == "trial 2: learning-rate 0.03, cell lstm, accuracy (%) 86" && trials.count == 5)
  }
}
