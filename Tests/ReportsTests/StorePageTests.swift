import Foundation
import Inspection
import Reports
import Testing
import _TestSupport

/// What a store's page says of one that a test made.
@Suite("A store's page") struct StorePageTests {
  @Test func countsAndSignals() throws {
    var made = HandMadeStore()
    made.signals = ["acc_x", "gyro"]
    let store = try made.read()
    let page = try ReadPage(StorePage(StoreInspection(store), store).html())
    #expect(page.paragraphs.contains("T: 48 training and 48 test windows of 6 time steps and 2 signals."))
    #expect(page.warnings == ["The recordings are made up (synthetic)."])
    let people = page.tables.filter { $0.first == ["person", "windows", "x", "y"] }
    #expect(
      people.map { Array($0.dropFirst()) } == [
        [["person 1", "24", "12", "12"], ["person 2", "24", "12", "12"]],
        [["person 3", "24", "12", "12"], ["person 4", "24", "12", "12"]],
      ])
    let rows = try page.rows(
      "signal", "train minimum", "train maximum", "train mean", "train SD", "test minimum", "test maximum")
    for (channel, row) in rows.enumerated() {
      let expected = [made.train, made.test].flatMap { part -> [Double] in
        let readings = part.windows.joined().enumerated().filter { $0.offset % 2 == channel }.map { Double($0.element) }
        let mean = readings.reduce(0, +) / Double(readings.count)
        let variance = readings.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(readings.count)
        return [readings.min() ?? .nan, readings.max() ?? .nan, mean, variance.squareRoot()]
      }
      #expect(row == [made.signals[channel]] + expected.map { String(format: "%.4g", $0) })
    }
    #expect(rows.count == 2)
    // Window 24 is the middle one of the 24 of x, as 25 is of y.
    #expect(page.captions == ["Training window 24, person 2", "Training window 25, person 2"])
    #expect(page.pictures("x").first?.words.contains("acc") == true)
  }

  @Test func findings() throws {
    var made = HandMadeStore()
    made.test.subjects = made.train.subjects
    made.train.labels = made.train.labels.enumerated().map { $0 < 24 ? 0 : $1 }
    let store = try made.read()
    let page = try ReadPage(StorePage(StoreInspection(store), store).html())
    #expect(page.warnings.contains { $0.hasPrefix("People 1 and 2 are in both splits") })
    // Notes are no warnings.
    let note = { (text: String) in text.hasPrefix("In train, person 1 has windows of one activity only") }
    #expect(
      page.headings.first == "Notes" && page.paragraphs.contains(where: note) && !page.warnings.contains(where: note))
  }
}
