import BenchmarkReports
import Foundation
#if canImport(FoundationXML)
  import FoundationXML
#endif
import Testing

/// What may be predicted, and how it is shown.
@Suite struct SimulationReportTests {
  private typealias Place = SimulationReport.Place

  private func prediction(_ batch: Int, _ processes: Int, _ threads: Int, windowsPerSecond: Double)
    -> SimulationReport.Prediction
  {
    let seconds = Double(batch) / windowsPerSecond
    return SimulationReport.Prediction(
      place: Place(batchSize: batch, processes: processes, threads: threads), seconds: seconds,
      parts: [("work", 0.75 * seconds), ("idle", 0.25 * seconds)])
  }

  private func check(_ batch: Int, _ processes: Int, _ threads: Int, error: Double) -> SimulationReport.Check {
    SimulationReport.Check(
      place: Place(batchSize: batch, processes: processes, threads: threads), [(0.02, 0.02 * (1 + error))])
  }

  private var strong: [SimulationReport.Prediction] {
    [64, 512].flatMap { batch in
      [
        prediction(batch, 1, 1, windowsPerSecond: 1000), prediction(batch, 1, 4, windowsPerSecond: 3000),
        prediction(batch, 2, 4, windowsPerSecond: 5000),
      ]
    }
  }

  private var weak: [SimulationReport.Prediction] {
    [
      prediction(64, 1, 1, windowsPerSecond: 1000), prediction(256, 1, 4, windowsPerSecond: 3600),
      prediction(512, 2, 4, windowsPerSecond: 7200),
    ]
  }

  /// A machine that becomes twice as fast in between.
  @Test func eachRepetitionIsHeldAgainstItself() {
    let check = SimulationReport.Check(
      place: Place(batchSize: 64, processes: 1, threads: 2), [(0.02, 0.021), (0.01, 0.0105), (0.01, 0.0104)])
    #expect(abs(check.error - 0.05) < 1e-9)
    #expect(check.measured.median == 0.01)
  }

  @Test func whatIsNearIsPredicted() {
    let report = SimulationReport(
      checks: [
        check(64, 1, 2, error: 0.09), check(64, 2, 1, error: -0.1), check(128, 1, 2, error: 0.01),
        check(128, 2, 1, error: 0), check(512, 1, 2, error: 0), check(512, 2, 1, error: 0.02),
      ],
      strong: strong, weak: weak, largestError: 0.1)
    #expect(report.strong.count == 6 && report.weak.count == 3 && report.refused.isEmpty)
    #expect(report.text.contains("+9.0 %") && report.text.contains("-10.0 %"))
    // 3000 over 1000 windows a second on 4 cores; and 7200 on 8 where batches grow.
    #expect(report.text.contains("75 %") && report.text.contains("90 %"))
  }

  @Test func whatIsOffIsRefused() {
    let report = SimulationReport(
      checks: [
        check(64, 1, 2, error: 0.11), check(64, 2, 1, error: 0), check(512, 1, 2, error: 0),
        check(512, 2, 1, error: -0.2), check(128, 1, 2, error: 0.01),
      ],
      strong: strong, weak: weak, largestError: 0.1)
    #expect(
      report.strong.map(\.place) == [
        Place(batchSize: 512, processes: 1, threads: 1), Place(batchSize: 512, processes: 1, threads: 4),
      ])
    // Growing minibatches were held against one process alone.
    #expect(report.weak.map(\.place.processes) == [1, 1])
    #expect(report.refused.count == 4)
    #expect(report.refused[0].contains("64 in one process") && report.refused[0].contains("+11.0 %"))
    #expect(report.refused[2].contains("512 in several processes") && report.refused[2].contains("-20.0 %"))
    #expect(report.refused[3].contains("in several processes"))
    #expect(report.refused.allSatisfy { report.text.contains($0) })
  }

  @Test func withoutAnythingToHoldItAgainstNothingIsPredicted() {
    let report = SimulationReport(checks: [], strong: strong, weak: weak, largestError: 0.1)
    #expect(report.strong.isEmpty && report.weak.isEmpty)
    #expect(report.refused.count == 5)
    #expect(report.refused[0].contains("two cores"))
  }

  @Test func growingMinibatchesAreRefusedByTheirOwnChecks() {
    let report = SimulationReport(
      checks: [check(64, 1, 2, error: 0), check(128, 1, 2, error: 0.3)], strong: [], weak: weak, largestError: 0.1)
    #expect(report.weak.isEmpty)
    #expect(report.refused == ["Growing minibatches aren't predicted: the model is +30.0 % off at 1 x 2 threads."])
  }

  @Test func dividedShardsAreHeldAgainstWholeOnes() {
    let divided = SimulationReport.Prediction(
      place: Place(batchSize: 64, processes: 1, threads: 32, unitsPerShard: 2), seconds: 0.004,
      parts: [("work", 0.004)])
    let report = SimulationReport(
      checks: [check(64, 1, 2, error: 0.01)], strong: [prediction(64, 1, 1, windowsPerSecond: 1000)], weak: [],
      divided: [divided], largestError: 0.1)
    let line = report.text.split(separator: "\n").last.map { $0.split(separator: " ") }
    #expect(line == ["64", "1", "32", "2", "4.000", "16000", "16.00", "50", "%", "100", "%"])
    #expect(report.csv.contains("divided,64,1,32,2,,0.004"))
    #expect(
      SimulationReport(
        checks: [check(64, 1, 2, error: 0.2)], strong: [], weak: [], divided: [divided], largestError: 0.1
      ).divided.isEmpty)
  }

  @Test func csvAndPlotHoldEveryPoint() throws {
    let report = SimulationReport(
      checks: [
        check(64, 1, 4, error: 0.05), check(64, 2, 1, error: 0), check(128, 1, 2, error: 0),
        check(128, 2, 1, error: 0),
      ],
      strong: strong.filter { $0.place.batchSize == 64 }, weak: weak, largestError: 0.1)
    let lines = report.csv.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(lines.count == 1 + 4 + 3 + 3)
    #expect(lines.allSatisfy { $0.count == 9 })
    #expect(lines[5][0...3] == ["strong", "64", "1", "1"])
    let svg = SimulationPlot(title: "LSTM & more", report).svg
    let reader = PlotReader()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = reader
    #expect(parser.parse())
    // Three and three predictions, one of the checks at their places, and three marks in the legend.
    #expect(reader.circles == 10)
    #expect(reader.texts.contains("Weak scaling: the minibatch grows with the cores"))
    #expect(reader.texts.contains("8"))
  }
}

/// The circles and texts of a picture.
private final class PlotReader: NSObject, XMLParserDelegate {
  var circles = 0
  var texts: Set<String> = []
  private var text = ""

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    if name == "circle" { circles += 1 }
    text = ""
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    if name == "text" { texts.insert(text) }
  }
}
