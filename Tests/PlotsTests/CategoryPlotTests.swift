import Foundation
import Plots
import Testing

/// Where the marks of plots with named rows, columns or axes lie.
@Suite("Boxes, bars, matrices, intervals and trials") struct CategoryPlotTests {
  private func root(_ picture: Picture) throws -> DrawnElement { try #require(DrawnElement.root(picture)) }

  @Test func boxesSpanQuartiles() throws {
    let plot = BoxPlot(
      id: "a", title: "", yLabel: "accuracy", groups: [("a", [0, 2, 4, 6, 20]), ("none", []), ("one", [10, .nan])])
    let root = try root(plot.picture)
    // The axis goes from 0 to 20.
    let ticks = root.all("text").filter { $0.attributes["text-anchor"] == "end" }
    #expect(ticks.map(\.text) == ["0", "5", "10", "15", "20"])
    func y(_ value: Double) -> Double { ticks[0]["y"] - 4 + (ticks[4]["y"] - ticks[0]["y"]) * value / 20 }
    let groups = root.all("g")
    #expect(groups.count == 3)
    let box = try #require(groups[0].all("rect").first)
    #expect(abs(box["y"] - y(6)) < 0.02 && abs(box["y"] + box["height"] - y(2)) < 0.02)
    let median = try #require(groups[0].all("line", class: "strong").first)
    #expect(abs(median["y1"] - y(4)) < 0.02)
    // The fence is at 12, so the upper whisker has no length and 20 stands alone.
    let ends = groups[0].all("line").flatMap { [$0["y1"], $0["y2"]] }
    #expect(abs((ends.min() ?? 0) - y(6)) < 0.02 && abs((ends.max() ?? 0) - y(0)) < 0.02)
    let dots = groups[0].all("circle")
    #expect(zip(dots, [0, 2, 4, 6, 20]).allSatisfy { abs($0["cy"] - y($1)) < 0.02 } && dots.count == 5)
    #expect(Set(dots.map { $0["cx"] }).count == 5)
    #expect(dots.allSatisfy { (box["x"]...box["x"] + box["width"]).contains($0["cx"]) })
    let diamond = try #require(groups[0].all("polygon").first).points
    #expect(abs(diamond[0].y + 5 - y(6.4)) < 0.02)
    #expect(groups[1].all.count == 2 && groups[2].all("circle").count == 1)
  }

  /// Fewer than five values are drawn as they are, as quartiles would look like more of them.
  @Test(arguments: 1...6) func boxesNeedFiveValues(_ count: Int) throws {
    let values = (0..<count).map { Double($0 * $0) } + [.nan]
    let plot = BoxPlot(id: "a", title: "", yLabel: "accuracy", groups: [("a", values), ("none", [])])
    let root = try root(plot.picture)
    let group = try #require(root.all("g").first)
    let hasBox = count >= 5
    #expect(group.all("rect").count == (hasBox ? 1 : 0) && group.all("line").count == (hasBox ? 5 : 0))
    #expect(group.all("circle").count == count && group.all("polygon").count == 1)
    // The legend names what is there, and the words say what isn't.
    #expect(root.all("text").contains { $0.text == "median, quartiles" } == hasBox)
    #expect((plot.note == nil) == hasBox)
    #expect(plot.picture.description.hasPrefix(hasBox ? "Box plot of accuracy" : "Dot plot of accuracy"))
    #expect(plot.picture.description.contains("without a box") != hasBox)
    #expect(try #require(group.all("title").first).text.contains("median") == hasBox)
  }

  @Test func shadesAreSharesOfTheRow() throws {
    let names = ["sitting", "standing"]
    let plot = HeatMap(id: "a", title: "", rows: names, columns: names, counts: [[30, 10], [0, 7]])
    let picture = plot.picture
    let cells = try root(picture).all("g")
    let shades = cells.compactMap { $0.all("rect", class: "heat").first?["fill-opacity"] }
    #expect(shades == [0.75, 0.25, 0, 1])
    #expect(cells.compactMap { $0.all("text").first?.text } == ["30", "10", "0", "7"])
    #expect(
      cells.compactMap { $0.all("text").first?.classes } == [["heat-high"], ["heat-low"], ["heat-low"], ["heat-high"]])
    #expect(cells[1].all("title").first?.text == "true sitting, predicted standing: 10 (25.0 %)")
    #expect(picture.description.contains("78.7 % are on the diagonal"))
    // Beside each other, and the second row below the first.
    let places = cells.compactMap { $0.all("rect", class: "heat").first }
    #expect(places[0]["x"] < places[1]["x"] && places[0]["y"] == places[1]["y"])
    #expect(places[2]["x"] == places[0]["x"] && places[2]["y"] > places[0]["y"])
  }

  @Test(arguments: [(12, true), (13, false), (30, false)])
  func largeMatricesHaveTooltipsAlone(_ classes: Int, _ hasNumbers: Bool) throws {
    let cells = try root(Pictures.matrix(classes)).all("g")
    #expect(cells.count == classes * classes)
    #expect(cells.allSatisfy { $0.all("title").count == 1 })
    #expect(cells.contains { !$0.all("text").isEmpty } == hasNumbers)
  }

  /// Where counts would have to be too small to read, cells hold what their share is.
  @Test(arguments: [(1234, false), (123_456, true)]) func largeCountsBecomePercent(_ count: Int, _ isPercent: Bool)
    throws
  {
    let names = ["WALKING", "WALKING_UPSTAIRS", "WALKING_DOWNSTAIRS", "SITTING", "STANDING", "LAYING"]
    let counts = names.indices.map { row in names.indices.map { $0 == row ? 3 * count : $0 == 0 ? count : 0 } }
    let root = try root(HeatMap(id: "a", title: "", rows: names, columns: names, counts: counts).picture)
    let cells = root.all("g")
    let texts = cells.compactMap { $0.all("text").first?.text }
    try #require(texts.count == 36)
    #expect(texts.prefix(2) == (isPercent ? ["100", "0"] : ["\(3 * count)", "0"]))
    #expect(texts[6...7] == (isPercent ? ["25", "75"] : ["\(count)", "\(3 * count)"]))
    #expect(root.all("text").contains { $0.text == "predicted ↑ (cells: % of row)" } == isPercent)
    #expect(cells[6].all("title").first?.text.hasSuffix(": \(count) (25.0 %)") == true)
  }

  /// Neither nothing nor all where a few of many windows are elsewhere.
  @Test func perCentAreNoMoreThanTheyAre() throws {
    let names = (0..<10).map { "\($0)" }
    var counts = names.indices.map { row in names.indices.map { $0 == row ? 1_000_000 : 0 } }
    counts[0][1] = 1
    let cells = try root(HeatMap(id: "a", title: "", rows: names, columns: names, counts: counts).picture).all("g")
    #expect(cells.prefix(3).compactMap { $0.all("text").first?.text } == ["99", "<1", "0"])
    #expect(cells[11].all("text").first?.text == "100")
  }

  /// Rows and columns too narrow for text have a name now and then, none over another, and cells keep their shades.
  @Test(arguments: [30, 100]) func narrowRowsAreNamedNowAndThen(_ classes: Int) throws {
    let root = try root(Pictures.matrix(classes))
    let names = root.all("text").filter { $0.text.hasPrefix("an act") }
    let columns = names.filter { $0.attributes["transform"] != nil }
    let rows = names.filter { $0.attributes["transform"] == nil }
    #expect(rows.count == columns.count && (10...classes / 2).contains(rows.count))
    let heights = rows.map { $0["y"] }
    #expect(zip(heights, heights.dropFirst()).allSatisfy { $1 - $0 >= 12 })
    let row = HeatMap(
      id: "a", title: "", rows: ["a"], columns: (0..<400).map { "\($0)" }, counts: [Array(repeating: 1, count: 400)])
    #expect(try self.root(row.picture).all("g").allSatisfy { $0.all("rect", class: "heat").count == 1 })
  }

  @Test func missingAndNegativeCountsAreZero() throws {
    let plot = HeatMap(id: "a", title: "", rows: ["a", "b"], columns: ["a", "b"], counts: [[-4], []])
    #expect(try root(plot.picture).all("rect", class: "heat").suffix(4).allSatisfy { $0["fill-opacity"] == 0 })
  }

  @Test func barsAreAsLongAsValues() throws {
    let plot = BarPlot(
      id: "a", title: "", xLabel: "accuracy (%)",
      bars: [("one", 100, nil), ("two", 50, 40...60), ("none", .nan, nil)], range: 0...100)
    let root = try root(plot.picture)
    let bars = root.all("rect", class: "bar")
    #expect(bars.count == 2 && bars[0]["x"] == bars[1]["x"])
    #expect(abs(bars[0]["width"] - 2 * bars[1]["width"]) < 0.03)
    let interval = try #require(root.all("line", class: "ink").first)
    #expect(abs(interval["x2"] - interval["x1"] - bars[0]["width"] / 5) < 0.03)
    let texts = root.all("text").map(\.text)
    #expect(texts.contains("100.0") && texts.contains("50.0") && texts.contains("–"))
  }

  @Test func barsThatCannotBeginAtZeroAreDots() throws {
    let plot = BarPlot(id: "a", title: "", xLabel: "", bars: [("one", 0.8, nil), ("two", 0.2, nil)], range: 0.5...1)
    let root = try root(plot.picture)
    #expect(root.all("rect", class: "bar").isEmpty && root.all("circle").count == 2)
    let below = BarPlot(id: "a", title: "", xLabel: "", bars: [("gain", 2, nil), ("loss", -1, nil)])
    let bars = try self.root(below.picture).all("rect", class: "bar")
    #expect(abs(bars[1]["x"] + bars[1]["width"] - bars[0]["x"]) < 0.02)
  }

  @Test func intervalsWithZeroAreHollow() throws {
    let plot = IntervalPlot(
      id: "a", title: "", xLabel: "points",
      rows: [("a", 1, -1, 3), ("b", 2, 1, 3), ("c", -2, -3, -1), ("d", .nan, 0, 1)])
    let picture = plot.picture
    let root = try root(picture)
    let zero = try #require(root.all("polyline", class: "dashed").first).points
    #expect(zero.count == 2 && zero[0].x == zero[1].x)
    let dots = root.all("circle").suffix(3)
    #expect(dots.map { $0.classes.contains("hollow") } == [true, false, false])
    let unit = (dots[dots.startIndex]["cx"] - zero[0].x)
    #expect(zip(dots, [1.0, 2, -2]).allSatisfy { abs($0["cx"] - zero[0].x - unit * $1) < 0.03 })
    #expect(picture.description == "points: 4 estimates with intervals, 2 of which exclude 0.")
    #expect(root.all("text").contains { $0.text == "−2.00 (−3.00 to −1.00)" })
  }

  @Test(arguments: [true, false])
  func bestTrialsAreOnTop(_ higherIsBetter: Bool) throws {
    let scores: [Double?] = [0.9, nil, 0.5, 0.7]
    let plot = ParallelCoordinates(
      id: "a", title: "",
      axes: [
        ParallelAxis("learning rate", .logarithmic([0.1, 0.01, 0.001, 0.01])),
        ParallelAxis("optimizer", .categories(["adam", "sgd", "adam", "rmsprop"])),
        ParallelAxis("score", .linear(scores)),
      ], higherIsBetter: higherIsBetter)
    let picture = plot.picture
    let trials = try root(picture).all("g")
    let order = trials.map { $0.all("title")[0].text.prefix(7) }
    #expect(
      order
        == (higherIsBetter
          ? ["trial 2", "trial 3", "trial 4", "trial 1"] : ["trial 2", "trial 1", "trial 4", "trial 3"]))
    let lines = trials.compactMap { $0.all("polyline").first }
    #expect(lines.map { $0.classes.contains("dashed") } == [true, false, false, false])
    #expect(lines.map { $0.classes.last } == ["faint", "ramp-0", "ramp-2", "ramp-5"])
    let (first, last) = higherIsBetter ? (lines[3].points, lines[1].points) : (lines[1].points, lines[3].points)
    // 0.1 and 0.001 are the ends, 0.01 the middle of a logarithmic axis.
    #expect(abs((first[0].x + last[0].x) / 2 - lines[2].points[0].x) < 0.02 && first[0].x > last[0].x)
    // "adam" is the first of three categories; a lacking score is left of everything.
    #expect(first[1].x == last[1].x && first[1].x < lines[0].points[1].x)
    #expect(lines[0].points[2].x < (lines.dropFirst().flatMap(\.points).map(\.x).min() ?? 0) - 10)
    // Axes are below each other, each as high for all.
    #expect(zip(first, last).allSatisfy { $0.y == $1.y } && first[0].y < first[1].y && first[1].y < first[2].y)
    #expect(picture.description.contains(higherIsBetter ? "trial 1 has the best" : "trial 3 has the best"))
  }

  /// The labels below an axis from left to right, those cut off with an ellipsis.
  private func labels(_ scale: ParallelAxis.Scale) throws -> [String] {
    let plot = ParallelCoordinates(id: "a", title: "", axes: [ParallelAxis("a", scale)])
    let texts = try root(plot.picture).all("text", class: "halo")
    let below = texts.filter { !$0.classes.contains("name") && !$0.classes.contains("faint") }
    return below.sorted { one, other in one["x"] < other["x"] }.map(\.text)
  }

  @Test func endsOfNumericAxesAreNamed() throws {
    // Few numbers are all named; of many the minimum, the maximum and round ones between.
    #expect(try labels(.linear([64, 256, 64, 128])) == ["64", "128", "256"])
    let dropouts = (0..<20).map { 0.137 + 0.0234 * Double($0) }
    #expect(try labels(.linear(dropouts)) == ["0.137", "0.2", "0.3", "0.4", "0.5", "0.5816"])
    let rates = (0..<20).map { 0.000324 * pow(1.25, Double($0)) }
    #expect(try labels(.logarithmic(rates + [nil, 0])) == ["0.000324", "0.001", "0.01", "0.02248"])
    #expect(try labels(.linear([3, 3])) == ["3"])
    // The ends are told apart.
    #expect(try labels(.linear([91.2314, 91.2342])) == ["91.231", "91.234"])
    #expect(try labels(.linear([nil])) == [])
    // 100 is round, and has no room beside the maximum.
    let halves = (0..<101).map { Double($0) + 0.5 }
    #expect(try labels(.linear(halves)) == ["0.5", "20", "40", "60", "80", "100.5"])
  }

  @Test func everyCategoryIsNamed() throws {
    let few = ["none", "standardize", "normalize", "robust", "power"]
    #expect(try labels(.categories(few + few)) == few)
    // Longer names lie in two rows, so that none is cut off or left out.
    let long = (1...4).map { "a longer name \($0)" }
    #expect(try labels(.categories(long)) == long)
    let cut = try labels(.categories((1...4).map { "\($0)" + String(repeating: "W", count: 40) }))
    #expect(cut.count == 4 && zip(cut, 1...4).allSatisfy { $0.hasPrefix("\($1)W") && $0.hasSuffix("…") })
  }

  /// Where there are too many for names, each has its mark still, and the first and the last their names.
  @Test func manyCategoriesHaveMarks() throws {
    let names = (0..<40).map { "n\($0)" }
    let plot = ParallelCoordinates(id: "a", title: "", axes: [ParallelAxis("a", .categories(names))])
    let ticks = try root(plot.picture).all("line", class: "axis").filter { $0["x1"] == $0["x2"] }
    #expect(Set(ticks.map { $0["x1"] }).count == 40)
    let labels = try labels(.categories(names))
    #expect((8..<40).contains(labels.count) && labels.first == "n0")
    #expect(labels.last == "n39")
  }
}
