import Foundation
import Plots
import Testing

/// Where points of plots with two numeric axes lie.
@Suite("Curves and signals") struct CurvePlotTests {
  private func root(_ picture: Picture) throws -> DrawnElement { try #require(DrawnElement.root(picture)) }

  /// Places of an axis' labels, by what they say.
  private func ticks(_ root: DrawnElement, anchor: String, _ place: String) -> [(value: Double, place: Double)] {
    root.all("text").filter { $0.attributes["text-anchor"] == anchor }.compactMap { text in
      Double(text.text.replacingOccurrences(of: "−", with: "-")).map { ($0, text[place]) }
    }
  }

  @Test func pointsLieWhereTheTicksSay() throws {
    let points: [(x: Double, y: Double)] = [(0, 0.25), (5, 1), (10, 0)]
    let plot = LinePlot(
      id: "a", title: "", xLabel: "epoch", yLabel: "loss", series: [.init(name: "training", points: points, colour: 2)])
    let root = try root(plot.picture)
    let drawn = try #require(root.all("g", class: "series-2").first?.all("polyline").first).points
    let x = ticks(root, anchor: "middle", "x"), y = ticks(root, anchor: "end", "y")
    #expect(x.map(\.value) == [0, 2, 4, 6, 8, 10])
    #expect(y.map(\.value) == [0, 0.2, 0.4, 0.6, 0.8, 1])
    for (point, place) in zip(points, drawn) {
      let expectedX = x[0].place + (x[5].place - x[0].place) * point.x / 10
      // Labels' baselines are four units below their ticks.
      let expectedY = y[0].place - 4 + (y[5].place - y[0].place) * point.y
      #expect(abs(place.x - expectedX) < 0.02 && abs(place.y - expectedY) < 0.02)
    }
  }

  @Test func aSingleEpochIsADot() throws {
    let plot = LinePlot(
      id: "a", title: "", xLabel: "epoch", yLabel: "loss",
      series: [.init(name: "training", points: [(1, 0.5)], colour: 1)])
    let root = try root(plot.picture)
    let dot = try #require(root.all("circle").first)
    #expect(root.all("circle").count == 1 && dot["r"] >= 2.5 && dot.classes.contains("dot"))
    #expect(ticks(root, anchor: "middle", "x").map(\.value) == [1])
    #expect(root.all("g", class: "series-1").flatMap { $0.all("polyline") }.isEmpty)
  }

  @Test func linesEndWhereALossIsNoNumber() throws {
    let losses: [Double] = [1, 0.5, .nan, 0.4, .infinity, 0.3, 0.2]
    let points = losses.enumerated().map { (x: Double($0 + 1), y: $1) }
    let plot = LinePlot(
      id: "a", title: "", xLabel: "epoch", yLabel: "loss", series: [.init(name: "training", points: points, colour: 0)])
    let group = try #require(try root(plot.picture).all("g", class: "series-0").first)
    #expect(group.all("polyline").map(\.points.count) == [2, 2])
    #expect(group.all("circle").count == 1)
  }

  @Test func legendsNameEachSeriesOnceAndAtMostEight() throws {
    func texts(_ names: [String]) throws -> [String] {
      let series = names.map { LinePlot.Series(name: $0, points: [(0, 1), (1, 2)], colour: 0) }
      let root = try root(LinePlot(id: "a", title: "", xLabel: "", yLabel: "", series: series).picture)
      return root.all("text").map(\.text)
    }
    let repeats = try texts(["LSTM", "GRU", "LSTM", "LSTM"])
    #expect(repeats.filter { $0 == "LSTM" }.count == 1 && repeats.filter { $0 == "GRU" }.count == 1)
    let many = try texts((0..<12).map { "model \($0)" })
    #expect(many.filter { $0.hasPrefix("model") }.count == 8 && many.contains("and 4 more"))
  }

  /// Where colours and dashes say different things, the legend is the caller's.
  @Test func aGivenLegendIsDrawnAsItIs() throws {
    let series = (0..<2).flatMap { one in
      [false, true].map {
        LinePlot.Series(name: "#\(one + 1)", points: [(0, 1), (1, 2)], colour: one, isDashed: $0)
      }
    }
    let plot = LinePlot(
      id: "a", title: "", xLabel: "epoch", yLabel: "loss", series: series,
      legend: [
        LegendEntry("validation", .dashedLine, colour: "faint"), LegendEntry("repeat", nil, colour: ""),
        LegendEntry("#2", .line, colour: PlotStyle.series(1)),
      ])
    let root = try root(plot.picture)
    let texts = root.all("text").map(\.text)
    #expect(texts.contains("validation") && texts.contains("repeat") && texts.contains("#2") && !texts.contains("#1"))
    let marks = root.children.filter { $0.name == "polyline" }
    #expect(marks.count == 2 && marks[0].classes.contains("dashed") && marks[1].classes.contains("series-1"))
    #expect(root.all("title").map(\.text).filter { $0.hasPrefix("#") } == ["#1", "#1", "#2", "#2"])
    #expect(plot.picture.description.contains("4 lines (validation, repeat, #2)"))
  }

  @Test func aGivenRangeCutsLinesOff() throws {
    let plot = LinePlot(
      id: "a b", title: "", xLabel: "epoch", yLabel: "accuracy",
      series: [.init(name: "x", points: [(0, -100), (1, 75), (2, 1e9)], colour: 0, isDashed: true)], yRange: 50...100)
    let root = try root(plot.picture)
    let clip = try #require(root.all("clipPath").first)
    #expect(clip.attributes["id"] == "a-b-clip")
    #expect(root.all.filter { $0.attributes["clip-path"] == "url(#a-b-clip)" }.count == 1)
    let frame = try #require(clip.all("rect").first)
    let line = try #require(root.all("g", class: "series-0").first?.all("polyline", class: "dashed").first)
    #expect(abs(line.points[1].y - (frame["y"] + frame["height"] / 2)) < 0.02)
    #expect(line.points[0].y > frame["y"] + frame["height"] && line.points[2].y < frame["y"])
  }

  @Test func manyLinesAreThinner() throws {
    func classes(_ count: Int) throws -> Set<String> {
      let series = (0..<count).map { LinePlot.Series(name: "a", points: [(0, 1), (1, 2)], colour: $0) }
      let root = try root(LinePlot(id: "a", title: "", xLabel: "", yLabel: "", series: series).picture)
      return Set(root.all("g").flatMap { $0.all("polyline") }.flatMap(\.classes))
    }
    #expect(try classes(60).contains("many"))
    #expect(try classes(3).isDisjoint(with: ["many", "several"]))
  }

  @Test func signalsShareOneTimeAxis() throws {
    let samples = (0..<101).map { Float($0) }
    let plot = SignalPlot(
      id: "a", title: "", samplesPerSecond: 50,
      panels: [
        .init(name: "one", unit: "g", lines: [("x", samples), ("y", [0, .nan, 1, 2])]),
        .init(name: "two", unit: "", lines: [("y", samples.reversed())]),
      ])
    let root = try root(plot.picture)
    let long = root.all("polyline").filter { $0.points.count == 101 }
    #expect(long.count == 2)
    #expect(long[0].points.map(\.x) == long[1].points.map(\.x))
    #expect(long[0].points[0].y > long[0].points[100].y && long[1].points[0].y < long[1].points[100].y)
    // A name's colour is the same in both panels.
    #expect(long.map { $0.classes.filter { $0.hasPrefix("series") } } == [["series-0"], ["series-1"]])
    // Two seconds, so a second is in the middle.
    let second = try #require(root.all("text").first { $0.text == "1.0" && $0.attributes["text-anchor"] == "middle" })
    #expect(abs(second["x"] - long[0].points[50].x) < 0.02)
    let texts = root.all("text").map(\.text)
    #expect(texts.contains("one (g)") && texts.contains("two") && texts.contains("seconds"))
  }

  @Test func calibrationIsComparedWithTheDiagonal() throws {
    let plot = ReliabilityPlot(id: "a", title: "", bins: [(0.9, 0.7, 300), (0.25, 0.25, 100), (0.5, 0, 0)])
    let picture = plot.picture
    let root = try root(picture)
    let dots = root.all("circle")
    #expect(dots.count == 2)
    let diagonal = try #require(root.all("polyline", class: "dashed").last).points
    func ideal(_ x: Double) -> Double {
      diagonal[0].y + (diagonal[1].y - diagonal[0].y) * (x - diagonal[0].x) / (diagonal[1].x - diagonal[0].x)
    }
    #expect(abs(dots[0]["cy"] - ideal(dots[0]["cx"])) < 0.03)
    // Too sure: below the line, by a fifth of its height.
    #expect(abs(dots[1]["cy"] - ideal(dots[1]["cx"]) - 0.2 * (diagonal[0].y - diagonal[1].y)) < 0.03)
    let bars = root.all("rect", class: "bar")
    #expect(bars.count == 2 && abs(bars[1]["height"] / bars[0]["height"] - 3) < 0.01)
    // (100 · 0 + 300 · 0.2) / 400.
    #expect(picture.description.contains("calibration error of 0.15."))
  }
}
