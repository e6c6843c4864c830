import Foundation
import Reports
import Testing
import Training

/// What a run's page says, of records and predictions by hand.
@Suite("A run's page") struct RunPageTests {
  private let runs: HandMadeRuns
  init() throws { runs = try HandMadeRuns() }

  private func page(_ run: RunResults, _ members: [[Predictions]] = []) throws -> ReadPage {
    try ReadPage(runs.report(run, members).html())
  }

  /// Two repeats, of which both misclassify window 0, one of them two others, the other a third one with so much confidence that
  /// their mean does.
  private func judgedPage() throws -> ReadPage {
    let run = try runs.run([
      "lstm": [
        HandMadeRuns.record(score: 90, confusion: [[20, 4], [0, 24]]),
        HandMadeRuns.record(score: 80, confusion: [[18, 6], [4, 20]]),
      ]
    ])
    return try page(
      run, [[runs.predictions(wrong: [0, 1, 2]), runs.predictions(wrong: [0, 5], confidence: 0.9)]])
  }

  @Test func overview() throws {
    let row = try #require(try judgedPage().rows("network", "repeats", "mean", "SD", "minimum", "maximum").first)
    #expect(Array(row.prefix(6)) == ["LSTM", "2 of 2", "85.000", "5.000", "80.000", "90.000"])
    // Both confusions are [[38, 10], [4, 44]]: F1 of 76/90 and 88/102; 82 of 96 are correct, half of which are by chance.
    #expect(row[6] == String(format: "%.4f", (76.0 / 90 + 88.0 / 102) / 2))
    #expect(row[7] == String(format: "%.4f", (82.0 / 96 - 0.5) / 0.5))
    // The mean of the probabilities is wrong about the windows 0 and 5.
    #expect(row[8] == String(format: "%.3f", 4600.0 / 48))
    // Of the confidence 0.75 are 45 of 48 correct, of 0.9 are 46 of 48.
    let gaps = [45.0 / 48 - 0.75, 46.0 / 48 - 0.9]
    #expect(row[9] == String(format: "%.4f", (gaps[0] + gaps[1]) / 2))
    #expect(row[10] == "150")
  }

  @Test func peopleAndCalibration() throws {
    let page = try judgedPage()
    // Person 3 has 21 and 22 of 24 windows, person 4 all. Of two people drawn one in four is the worse one twice.
    #expect(
      page.paragraphs.contains(
        "The accuracy's 95 % confidence interval over people is \(String(format: "%.2f", 4300.0 / 48)) to 100.00 % "
          + "(bootstrap of 2 people)."))
    #expect(page.pictures("Calibration").count == 1)
    let people = try #require(page.pictures("Accuracy per test person").first)
    #expect(Set(people.words).isSuperset(of: ["person 3", "89.6", "person 4", "100.0"]))
    #expect(people.words.contains("accuracy (%), mean and range over repeats"))
    // Squared distances are 2 · 0.25² or 2 · 0.75², and 2 · 0.1² or 2 · 0.9².
    let brier = (45 * 0.125 + 3 * 1.125 + 46 * 0.02 + 2 * 1.62) / 96
    #expect(
      page.paragraphs.contains {
        $0.hasSuffix("maximum calibration error 0.1875, Brier score \(String(format: "%.4f", brier)).")
      })
  }

  @Test func misclassifiedWindows() throws {
    let page = try judgedPage()
    // Of window 0 the repeats are sure to 0.75 and 0.9, of window 5 to 0.25 and 0.9.
    #expect(
      page.captions.filter { $0.hasPrefix("Test window") } == [
        "Test window 0, misclassified by 2 of 2 repeats: y 82.5 %, x 17.5 %",
        "Test window 5, misclassified by 1 of 2 repeats: x 57.5 %, y 42.5 %",
      ])
    #expect(page.pictures("x, predicted y").count == 1 && page.pictures("y, predicted x").count == 1)
  }

  @Test func activities() throws {
    let page = try judgedPage()
    let rows = try page.rows("activity", "precision", "recall", "F1", "windows")
    // Of the windows predicted as x are 38 of 42, as y 44 of 54.
    let text = { (number: Double) in String(format: "%.4f", number) }
    #expect(rows[0] == ["x", text(38.0 / 42), text(38.0 / 48), text(76.0 / 90), "48"])
    #expect(rows[1] == ["y", text(44.0 / 54), text(44.0 / 48), text(88.0 / 102), "48"])
    #expect(rows[2].first == "macro average" && rows[2][1] == text((38.0 / 42 + 44.0 / 54) / 2))
    let matrix = try #require(page.pictures("Confusion matrix").first)
    #expect(matrix.all("g").compactMap { $0.words.first } == ["38", "10", "4", "44"])
    #expect(matrix.all("title").map(\.text).contains("true x, predicted y: 10 (20.8 %)"))
  }

  @Test func repeats() throws {
    var stopped = HandMadeRuns.record(score: 75, epochs: 2)
    stopped.isStoppedEarly = true
    stopped.bestEpoch = 0
    stopped.warning = "a warning of its own"
    var diverged = HandMadeRuns.record(score: 0, epochs: 1)
    diverged.status = .diverged
    (diverged.score, diverged.testLoss, diverged.confusion) = (nil, nil, nil)
    let page = try page(try runs.run(["lstm": [HandMadeRuns.record(score: 87.5), stopped, diverged]]))
    #expect(
      try page.rows("repeat", "accuracy (%)") == [
        ["#1", "87.500", "0.5000", "2", "epoch 2", "finished", "2.5", "150"],
        ["#2", "75.000", "0.5000", "2", "epoch 1", "stopped early", "2.5", "150"],
        ["#3", "-", "-", "1", "epoch 1", "diverged", "1.3", "100"],
      ])
    #expect(try page.rows("network")[0].prefix(3) == ["LSTM", "2 of 3", "81.250"])
    #expect(page.warnings.contains("LSTM, repeat 2: a warning of its own"))
  }

  /// Without the store, what needs its windows is left out and said to be.
  @Test func withoutTheStore() throws {
    let page = try page(try runs.run(["lstm": [HandMadeRuns.record(score: 90)]]))
    #expect(page.warnings.contains { $0.hasPrefix("Accuracy per person, calibration and examples are missing") })
    #expect(page.warnings.contains { $0.hasPrefix("The recordings are made up (synthetic)") })
    #expect(page.pictures("Accuracy per test person").isEmpty && page.pictures("Calibration").isEmpty)
    #expect(try page.rows("network")[0][8] == "-" && page.pictures("Confusion matrix").count == 1)
    var running = HandMadeRuns.record(score: 0)
    running.status = .running
    let begun = try self.page(try runs.run(["lstm": [running]], in: "begun"))
    #expect(begun.warnings.contains("No repeat has finished.") && begun.pictures("Confusion matrix").isEmpty)
  }

  @Test(arguments: [4, 5]) func fewScoresHaveNoBox(_ count: Int) throws {
    let records = (0..<count).map { HandMadeRuns.record(score: 80 + Double($0)) }
    let page = try page(try runs.run(["lstm": records]))
    let plot = try #require(page.pictures("Test accuracy of the repeats").first)
    #expect(plot.all("rect", class: "box").isEmpty == (count < 5))
    #expect(page.captions.contains { $0.hasPrefix("Fewer than five values") } == (count < 5))
    let score = String(format: "%.3f", 80 + Double(count - 1) / 2)
    #expect(try page.rows("network")[0][2] == score)
  }

  /// Lines are told apart by colour and dash up to eight repeats, and the page says where they are not.
  @Test(arguments: [1, 2, 8, 9]) func curvesAreNamed(_ count: Int) throws {
    let records = (0..<count).map { HandMadeRuns.record(score: 80 + Double($0), hasValidation: true) }
    let page = try page(try runs.run(["lstm": records]))
    let loss = try #require(page.pictures("Loss").first)
    let lines = loss.all("g").flatMap { group in group.children.filter { $0.name == "polyline" } }
    #expect(lines.count == 2 * count)
    #expect(lines.filter { $0.attributes["class"]?.contains("dashed") == true }.count == count)
    let colours = Set(loss.all("g").compactMap { $0.attributes["class"] }.filter { $0.hasPrefix("series-") })
    let numbers = loss.words.filter { $0.hasPrefix("#") }
    let sentence = page.paragraphs.filter {
      $0.hasPrefix("One line per repeat and split") || $0 == "One colour per repeat; validation is dashed."
    }
    switch count {
    case 1:
      #expect(loss.words.contains("training") && loss.words.contains("validation"))
      #expect(colours.count == 2 && numbers.isEmpty && sentence.isEmpty)
    case 9:
      #expect(loss.words.contains("training, 9 repeats") && loss.words.contains("validation, 9 repeats"))
      #expect(colours.count == 2 && numbers.isEmpty)
      #expect(sentence.count == 1 && sentence[0].contains("more than eight repeats"))
    default:
      #expect(loss.words.contains("training") && loss.words.contains("validation"))
      #expect(colours.count == count && numbers == (1...count).map { "#\($0)" } && sentence.count == 1)
    }
    #expect(loss.all("title").map(\.text).contains(count == 1 ? "validation" : "#1 validation"))
    #expect(page.pictures("Learning rate").isEmpty)
  }

  @Test func manyCurvesWithoutValidation() throws {
    let page = try page(try runs.run(["lstm": (0..<9).map { HandMadeRuns.record(score: 80 + Double($0)) }]))
    #expect(page.paragraphs.contains("One line per repeat, all in one colour, as there are more than eight repeats."))
    #expect(page.pictures("Accuracy").first?.words.contains { $0.hasPrefix("validation") } == false)
  }

  @Test func learningRatesThatChangeAreDrawn() throws {
    var record = HandMadeRuns.record(score: 80)
    record.epochs[1].learningRate = 0.0005
    let page = try page(try runs.run(["lstm": [record]]))
    #expect(page.pictures("Learning rate").count == 1)
  }

  /// Repeats that have only begun have neither a line nor a place in the legend.
  @Test func repeatsWithoutEpochsHaveNoLines() throws {
    var running = HandMadeRuns.record(score: 0, epochs: 0)
    running.status = .running
    let finished = HandMadeRuns.record(score: 80)
    let page = try page(try runs.run(["lstm": [running, finished, finished]]))
    let loss = try #require(page.pictures("Loss").first)
    #expect(
      loss.words.filter { $0.hasPrefix("#") } == ["#2", "#3"] && page.paragraphs.contains("One colour per repeat."))
    let begun = try self.page(try runs.run(["lstm": [running, running]], in: "begun"))
    #expect(begun.pictures("Loss").isEmpty && !begun.paragraphs.contains { $0.hasPrefix("One ") })
  }

  /// Names that no document may hold are neither in the page's text nor in its pictures, and lines of a command stay lines.
  @Test func namesThatAreNoText() throws {
    let runs = try HandMadeRuns { $0.activities = ["<x>&\u{FFFF}\u{1FFFE}", "y"] }
    let run = try runs.run(["a\u{FFFE}'<b>": [HandMadeRuns.record(score: 90)]]) {
      $0.command = "har-train --data 'a\n<b>\u{1}'"
    }
    let page = try ReadPage(runs.report(run, [[runs.predictions(wrong: [0])]]).html())
    for scalar in page.html.unicodeScalars {
      #expect(!scalar.properties.isNoncharacterCodePoint)
      #expect(scalar == "\n" || scalar.properties.generalCategory != .control, "\(scalar.value)")
    }
    #expect(page.main.all("h1").first?.text == "a\u{FFFD}'<b>: run")
    #expect(try page.rows("activity")[0][0] == "<x>&\u{FFFD}\u{FFFD}")
    #expect(page.pictures("<x>&\u{FFFD}\u{FFFD}, predicted y").count == 1)
    #expect(page.main.all("pre").first?.text == "har-train --data 'a\n<b>\u{FFFD}'")
  }
}
