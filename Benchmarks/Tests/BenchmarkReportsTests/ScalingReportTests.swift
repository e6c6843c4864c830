import BenchmarkReports
import Foundation
#if canImport(FoundationXML)
  import FoundationXML
#endif
import Testing

/// What is made of measurements.
@Suite struct ScalingReportTests {
  private func relativeTime(_ cores: Int, serial: Double, communication: Double) -> Double {
    let n = Double(cores)
    return serial + (1 - serial) / n + communication * (n - 1)
  }

  /// A report of exact points of the model.
  private func report(_ threads: [Int], cores: Int, serial: Double, communication: Double) -> ScalingReport {
    ScalingReport(
      strategy: "shards", cores: cores, windows: 7352, gigaflopPerWindow: 0.03,
      points: threads.map { n in
        let rate = 1000 / relativeTime(n, serial: serial, communication: communication)
        return .init(
          threads: n, samplesPerSecond: Spread([rate * 0.98, rate, rate * 1.02]), peakGigaflops: 100 * Double(n))
      })
  }

  @Test(arguments: [(0.05, 0.002), (0, 0.01), (0.2, 0), (0, 0)])
  func theFitFindsWhatIsThere(_ serial: Double, _ communication: Double) throws {
    let fit = try #require(report([1, 2, 4, 8, 16], cores: 16, serial: serial, communication: communication).fit)
    #expect(abs(fit.serialShare - serial) < 1e-9)
    #expect(abs(try #require(fit.communicationShare) - communication) < 1e-9)
    #expect(abs(fit.speedup(cores: 32) * relativeTime(32, serial: serial, communication: communication) - 1) < 1e-9)
  }

  @Test func sharesAreNeverNegative() throws {
    // Better than ideal, as measurements may be.
    let fit = try #require(ScalingFit([(1, 1), (2, 0.49), (4, 0.24)]))
    #expect(fit.serialShare == 0 && fit.communicationShare == 0)
  }

  @Test func twoNumbersOfThreadsCannotTellTheSharesApart() throws {
    let two = report([1, 2], cores: 2, serial: 0.1, communication: 0)
    let fit = try #require(two.fit)
    #expect(abs(fit.serialShare - 0.1) < 1e-9)
    #expect(fit.communicationShare == nil)
    #expect(two.text.contains("can't tell them apart"))
    #expect(report([1], cores: 2, serial: 0, communication: 0).fit == nil)
    #expect(report([2], cores: 2, serial: 0, communication: 0).text.contains("No fit"))
  }

  @Test func moreThreadsThanCoresAreNoScaling() throws {
    let whole = report([1, 2, 4, 64], cores: 4, serial: 0.1, communication: 0.01)
    #expect(whole.fit == report([1, 2, 4], cores: 4, serial: 0.1, communication: 0.01).fit)
    let last = try #require(whole.text.split(separator: "\n").first { $0.hasSuffix("oversubscribed") })
    #expect(last.split(separator: " ").first == "64")
    #expect(whole.text.contains("8 cores would give"))
  }

  @Test func csvHoldsEveryPoint() throws {
    let report = report([4, 1, 2], cores: 2, serial: 0.1, communication: 0)
    let lines = ScalingReport.csv([report, report]).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    #expect(lines.count == 7)
    #expect(lines.allSatisfy { $0.count == lines[0].count })
    func column(_ name: Substring, of line: Int) throws -> Substring {
      lines[line][try #require(lines[0].firstIndex(of: name))]
    }
    #expect(try (1...3).map { try column("threads", of: $0) } == ["1", "2", "4"])
    #expect(try (1...3).map { try column("oversubscribed", of: $0) } == ["false", "false", "true"])
    let speedup = try #require(Double(column("speedup", of: 2)))
    #expect(abs(speedup - 1 / 0.55) < 1e-9)
  }

  @Test func severalProcessesAreHeldAgainstOneThreadOfOne() throws {
    let points = [1, 2].map {
      ScalingReport.Point(
        threads: $0, samplesPerSecond: Spread([1500 * Double($0)]), peakGigaflops: 100,
        phases: [("packing", 0.001), ("forward and backward", 0.02)])
    }
    let report = ScalingReport(
      strategy: "shards", processes: 2, cores: 2, windows: 7352, gigaflopPerWindow: 0.03, points: points,
      reference: 1000)
    #expect(report.speedup(points[0]) == 1.5)
    #expect(report.text.contains("75.0 %"))
    #expect(report.isOversubscribed(points[1]) && !report.isOversubscribed(points[0]))
    #expect(report.fit == nil)
    #expect(report.name == "shards of 2 processes")
    // The step, then its parts.
    let phases = report.text.split(separator: "\n").filter { $0.contains("20.000") }
    #expect(
      phases.map { $0.split(separator: " ") } == [
        ["1", "21.00", "1.000", "20.000"], ["2", "21.00", "1.000", "20.000"],
      ])
    let csv = ScalingReport.csv([report]).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    #expect(csv[0].suffix(2) == ["packing_seconds", "forward_and_backward_seconds"])
    #expect(csv[1].suffix(2) == ["0.001", "0.02"] && csv[1][1] == "2")
  }

  @Test func theTableHasTheFiguresOfThePoints() {
    let text = report([1, 2], cores: 2, serial: 0, communication: 0).text
    #expect(text.contains("7.352"))
    #expect(text.contains("2.00"))
    #expect(text.contains("100.0 %"))
    #expect(text.contains("±2.0 %"))
  }

  @Test func thePlotIsWholeXMLWithTheIdealLineAndAllPoints() {
    let plot = ScalingPlot(
      title: "LSTM <on> \"16\" cores & more",
      [
        report([1, 2, 4, 8, 16, 32], cores: 16, serial: 0.02, communication: 0.001),
        report([1], cores: 16, serial: 0, communication: 0),
      ])
    let reader = ElementReader()
    let parser = XMLParser(data: Data(plot.svg.utf8))
    parser.delegate = reader
    #expect(parser.parse())
    #expect(reader.count["svg"] == 1)
    // Seven points, and three marks in the legend.
    #expect(reader.count["circle"] == 10)
    #expect(reader.identifiers.contains("ideal"))
    #expect(reader.text.contains("<on>"))
    #expect(reader.coordinates.allSatisfy { (0...640).contains($0) })
  }

  @Test func spreadsKnowTheirQuantiles() {
    let spread = Spread((1...100).map { Double($0) }.shuffled())
    #expect(spread.median == 50.5)
    #expect(spread.quantile(0.99) == 99)
    #expect(spread.quantile(0) == 1 && spread.quantile(1) == 100)
    #expect(Spread([3]).median == 3 && Spread([3]).relative == 0)
  }
}

/// Counts the elements of a document.
private final class ElementReader: NSObject, XMLParserDelegate {
  var count: [String: Int] = [:]
  var identifiers: Set<String> = []
  var coordinates: [Double] = []
  var text = ""

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    count[name, default: 0] += 1
    if let identifier = attributes["id"] { identifiers.insert(identifier) }
    for key in ["x", "x1", "x2", "cx", "y", "y1", "y2", "cy"] {
      if let value = attributes[key].flatMap(Double.init) { coordinates.append(value) }
    }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}
