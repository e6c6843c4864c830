import Foundation
import Reports
import Testing
import Training

/// What a cross-validation's page says, of records by hand and without the store.
@Suite("A cross-validation's page") struct CrossValidationPageTests {
  private let runs: HandMadeRuns
  init() throws { runs = try HandMadeRuns() }

  /// A page of some repeats per fold, in the order of the folds; of nil a repeat diverged.
  private func page(
    _ folds: [[Int]], repeats: Int = 2, _ trainings: [(score: Double, confusion: [[Int]])?]
  ) throws -> ReadPage {
    let configuration = CrossValidationConfiguration(
      folds: folds, takesAllPeople: false, run: try runs.configuration(["lstm"], repeats: repeats))
    let records = zip(configuration.trainings, trainings).map { id, training in
      var record = HandMadeRuns.record(score: training?.score ?? 0, confusion: training?.confusion ?? [])
      if training == nil {
        (record.status, record.score, record.confusion) = (.diverged, nil, nil)
      }
      return (id, record)
    }
    try runs.write(configuration, "cv", records)
    let results = try CrossValidationResults(path: runs.directory.path("cv"), store: nil, runs.context)
    return try ReadPage(CrossValidationReport(results).html())
  }

  /// Folds of one person tell of that person without the store.
  @Test func onePersonAtATime() throws {
    let page = try page(
      [[7], [9]],
      [
        (90, [[10, 0], [2, 8]]), (70, [[6, 4], [2, 8]]),
        (60, [[5, 5], [3, 7]]), (60, [[5, 5], [3, 7]]),
      ])
    let rows = try page.rows("person", "windows", "accuracy", "SD", "macro F1")
    // The repeats of person 7 come to [[16, 4], [4, 16]], those of 9 to [[10, 10], [6, 14]].
    let f1 = (20.0 / 36 + 28.0 / 44) / 2
    #expect(
      rows == [
        ["7", "20", "80.000", "10.000", "0.8000"], ["9", "20", "60.000", "0.000", String(format: "%.4f", f1)],
      ])
    // All together [[26, 14], [10, 30]].
    let all = String(format: "%.4f", (52.0 / 76 + 60.0 / 84) / 2)
    #expect(
      page.paragraphs.contains(
        "2 folds of 2 people (of the training split), 2 repeats each. Mean accuracy over 2 folds: 70.000 % (SD 10.000), "
          + "macro F1 of all windows \(all)."))
    let bars = try #require(page.pictures("Accuracy per held-out person").first)
    #expect(Set(bars.words).isSuperset(of: ["person 7", "80.0", "person 9", "60.0"]))
    // Two people are two points.
    let distribution = try #require(page.pictures("Accuracy over people").first)
    #expect(distribution.all("rect", class: "box").isEmpty && distribution.all("g")[0].all("circle").count == 2)
    #expect(page.captions.count == 1 && page.captions[0].hasPrefix("Fewer than five values"))
    let matrix = try #require(page.pictures("Confusion matrix").first)
    #expect(matrix.all("g").compactMap { $0.words.first } == ["26", "14", "10", "30"])
    #expect(try page.rows("activity")[0][4] == "40")
    #expect(page.headings == ["People", "Activities", "Reproduce"])
  }

  /// One repeat deviates from nothing.
  @Test func oneRepeat() throws {
    let page = try page([[7], [9]], repeats: 1, [(90, [[10, 0], [2, 8]]), (60, [[5, 5], [3, 7]])])
    #expect(
      try page.rows("person", "windows", "accuracy", "macro F1").map { $0.dropLast() } == [
        ["7", "20", "90.000"], ["9", "20", "60.000"],
      ])
    #expect(!page.captions.contains { $0.contains("over repeats") })
    #expect(page.paragraphs.contains { $0.contains("Mean accuracy over 2 folds: 75.000 % (SD 15.000)") })
  }

  /// Of folds of several people nothing is known of each without the store, and the page says so.
  @Test func severalPeopleAtATime() throws {
    let right = (score: 100.0, confusion: [[10, 0], [0, 10]])
    let half = (score: 50.0, confusion: [[10, 0], [10, 0]])
    let page = try page([[1, 2], [3], [4, 5]], [right, half, nil, nil, half, nil])
    #expect(page.warnings.contains { $0.hasPrefix("1 of 3 folds have no score") })
    #expect(page.warnings.contains { $0.hasPrefix("Accuracy per person is missing") })
    #expect(page.headings == ["Folds", "Activities", "Reproduce"])
    #expect(
      try page.rows("fold", "windows", "accuracy") == [
        // [[20, 0], [10, 10]] has an F1 of 0.8 and of 2/3, [[10, 0], [10, 0]] of 2/3 and of 0.
        ["1: 1, 2", "20", "75.000", "25.000", "0.7333"], ["2: 3", "-", "-", "-", "-"],
        ["3: 4, 5", "20", "50.000", "0.000", "0.3333"],
      ])
    #expect(page.paragraphs.contains { $0.contains("Mean accuracy over 2 folds: 62.500 % (SD 12.500)") })
  }
}
