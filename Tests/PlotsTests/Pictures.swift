import Foundation
import Plots

/// Pictures of every kind: as they are meant, with nothing in them, and with values and names nobody wishes for.
enum Pictures {
  static let ordinary: [Picture] = {
    let wave = (0..<128).map { sin(Double($0) / 8) }
    let rates: [Double?] = wave.prefix(40).map { pow(10, -3 + $0) }
    let bins = (0..<15).map { bin -> ReliabilityPlot.Bin in
      let share = Double(bin) / 15
      return (share + 0.03, share * 0.8, bin * 100)
    }
    let curves = (0..<60).map { index in
      let points = (1...15).map { (x: Double($0), y: 2 / Double($0 + index)) }
      return LinePlot.Series(name: "model \(index % 12)", points: points, colour: index)
    }
    let people = (1...40).map { person -> (name: String, value: Double, interval: ClosedRange<Double>?) in
      let value = Double(person) / 40
      return ("person \(person) of a long name", value, value * 0.8...value)
    }
    let names = ["WALKING", "WALKING_UPSTAIRS", "WALKING_DOWNSTAIRS", "SITTING", "STANDING", "LAYING"]
    return [
      LinePlot(
        id: "lines", title: "Loss of sixty repeats of an experiment with a title of several lines, as titles may be",
        xLabel: "epoch", yLabel: "loss",
        series: curves
      ).picture,
      BoxPlot(
        id: "boxes", title: "Scores", yLabel: "accuracy (%)",
        groups: (1...14).map { group in ("experiment \(group)", wave.map { $0 + Double(group) }) }
      ).picture,
      matrix(6), matrix(2), matrix(12), matrix(30),
      BarPlot(
        id: "bars", title: "People", xLabel: "accuracy",
        bars: people,
        range: 0...1
      ).picture,
      BarPlot(id: "gains", title: "Gains", xLabel: "points", bars: zip(names, wave).map { ($0, $1, nil) }).picture,
      ReliabilityPlot(id: "reliability", title: "Reliability", bins: bins).picture,
      SignalPlot(
        id: "signals", title: "Window", samplesPerSecond: 50,
        panels: ["body", "total"].map { name in
          SignalPlot.Panel(name: name, unit: "g", lines: ["x", "y"].map { ($0, wave.map(Float.init)) })
        }
      ).picture,
      ParallelCoordinates(
        id: "search", title: "Search",
        axes: [
          ParallelAxis("learning rate", .logarithmic(rates)),
          ParallelAxis("dropout", .linear(wave.prefix(40).map { $0 })),
          ParallelAxis("optimizer", .categories((0..<40).map { ["adam", "sgd", "a rather long name"][$0 % 3] })),
          ParallelAxis("validation accuracy (%)", .linear(wave.prefix(40).map { $0 > 0.9 ? nil : $0 * 100 })),
        ]
      ).picture,
      IntervalPlot(
        id: "differences", title: "Differences", xLabel: "points",
        rows: names.map { ("\($0) against everything else there is", 1.5, -0.25, 3.5) }
      ).picture,
    ]
  }()

  static func matrix(_ classes: Int) -> Picture {
    let names = (0..<classes).map { "an activity of number \($0)" }
    let counts = names.indices.map { row in names.indices.map { row == $0 ? 1000 : row * $0 % 7 } }
    return HeatMap(id: "matrix\(classes)", title: "Confusion", rows: names, columns: names, counts: counts).picture
  }

  static let empty: [Picture] = [
    LinePlot(id: "", title: "", xLabel: "", yLabel: "", series: []).picture,
    BoxPlot(id: "", title: "", yLabel: "", groups: []).picture,
    HeatMap(id: "", title: "", rows: [], columns: [], counts: []).picture,
    BarPlot(id: "", title: "", xLabel: "", bars: []).picture,
    ReliabilityPlot(id: "", title: "", bins: []).picture,
    SignalPlot(id: "", title: "", samplesPerSecond: 0, panels: []).picture,
    ParallelCoordinates(id: "", title: "", axes: []).picture,
    IntervalPlot(id: "", title: "", xLabel: "", rows: []).picture,
  ]

  /// Everything a format, an arithmetic or a parser may stumble over.
  static let hostile: [Picture] = {
    let name =
      "]]><script> & \"quoted\" 'name' \u{0}\u{1B}\u{FFFF}\u{202E} 走る 🏃‍♀️ \n\t" + String(repeating: "W", count: 200)
    let values: [Double] = [
      .nan, .infinity, -.infinity, .signalingNaN, 0, -0.0, Double.leastNonzeroMagnitude,
      2 * Double.leastNonzeroMagnitude, -1e-5, 3, 1e15, 9e18, -1e99, 1e100,
      .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
    ]
    return (1...values.count).flatMap { count -> [Picture] in
      let some = Array(values.prefix(count)), one = values[count - 1]
      return [some, [one], [one, one], [one, 1], [one, .nan, -one]].flatMap { pictures(name, $0) }
    }
  }()

  private static func pictures(_ name: String, _ values: [Double]) -> [Picture] {
    let points = values.flatMap { x in values.map { (x: x, y: $0) } }
    let ordered = values.filter { !$0.isNaN }
    let range = (ordered.min() ?? 0)...(ordered.max() ?? 0)
    let optional: [Double?] = values.map { $0 } + [nil]
    return [
      LinePlot(
        id: name, title: name, xLabel: name, yLabel: name,
        series: [
          .init(name: name, points: points, colour: .min, isDashed: true), .init(name: "", points: [], colour: .max),
        ]
      ).picture,
      LinePlot(
        id: name, title: name, xLabel: name, yLabel: name, series: [.init(name: name, points: points, colour: 1)],
        yRange: range
      ).picture,
      BoxPlot(id: name, title: name, yLabel: name, groups: [(name, values), (name, [])]).picture,
      HeatMap(
        id: name, title: name, rows: [name, name], columns: [name], counts: [[.max], [.min, 3], [4]]
      ).picture,
      BarPlot(id: name, title: name, xLabel: name, bars: values.map { (name, $0, range) }).picture,
      BarPlot(id: name, title: name, xLabel: name, bars: values.map { (name, $0, nil) }, range: range).picture,
      ReliabilityPlot(id: name, title: name, bins: values.map { ($0, $0, .max) } + [(0.5, 0.5, .min), (1, 1, .max)])
        .picture,
      SignalPlot(
        id: name, title: name, samplesPerSecond: values[0],
        panels: [.init(name: name, unit: name, lines: [(name, values.map(Float.init)), (name, [])])]
      ).picture,
      ParallelCoordinates(
        id: name, title: name,
        axes: [
          ParallelAxis(name, .linear(optional)), ParallelAxis(name, .logarithmic(optional)),
          ParallelAxis(name, .categories([name, nil])), ParallelAxis(name, .categories([])),
          ParallelAxis(name, .linear(optional)),
        ]
      ).picture,
      IntervalPlot(id: name, title: name, xLabel: name, rows: values.map { (name, $0, -$0, $0) }).picture,
    ]
  }
}
