import ArgumentParser
import CommandSupport
import Reports
import SystemSupport
import Training

/// Whether runs are really different.
struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tell whether two runs are really different: over repeats, over people and window by window.",
    discussion: """
      Over repeats by Welch's t-test of the mean accuracies; over people by a bootstrap that draws test people with all of their \
      windows; window by window by McNemar's exact test of the runs' ensembles. The last two need the store, and that both \
      were judged by the same.

      EXAMPLES
        har-train compare runs/a runs/b
        har-train compare runs/a runs/b --json

      \(ExitStatusHelp.reading)
      """)

  @Argument(help: ArgumentHelp("The run to compare with.", valueName: "A"))
  var first: String

  @Argument(help: ArgumentHelp("The other run.", valueName: "B"))
  var second: String

  @Option(help: ArgumentHelp("The store, where it is no longer where it was.", valueName: "STORE.h5"))
  var data: String?

  @Option(help: ArgumentHelp("Threads. (default: all cores)", valueName: "T"))
  var threads: Int?

  @Flag(help: "Print JSON (docs/schemas/).")
  var json = false

  func validate() throws { try threads.map { try require($0, in: SettingsRange.threads, "--threads") } }

  func run() throws {
    let input = try ReportInput([first, second], data: data, threads: threads ?? coreCount) {
      StandardError.writeLine("har-train: \($0)")
    }
    let comparison = RunComparison(input.reports)
    guard !comparison.pairs.isEmpty else {
      throw CommandError(exitStatus: .data, message: "\(first), \(second): no finished repeats to compare")
    }
    try StandardOutput.writeLine(
      json ? try RunJSON.text(comparison) : comparison.pairs.map(\.text).joined(separator: "\n\n"))
  }
}

extension RunComparison.Pair {
  /// What the tests say, a line each.
  fileprivate var text: String {
    func line(_ side: Side, _ letter: String) -> String {
      "\(letter)  \(side.mean.decimal(digits: 3))% (+/-\(side.deviation.decimal(digits: 3)))  \(counted(side.scores.count, "repeat"))  \(printable(side.run)) \(printable(side.network))"
    }
    func points(_ low: Double, _ high: Double) -> String { "\(low.decimal(digits: 3)) to \(high.decimal(digits: 3))" }
    func p(_ value: Double?) -> String {
      value.map { $0 < 0.0001 ? "p < 0.0001" : "p = \($0.decimal(digits: 4))" } ?? "no p"
    }
    return [
      line(first, "A"), line(second, "B"),
      "B - A: \(difference.decimal(digits: 3)) percentage points; 95 % confidence intervals:",
      welch.map { "  over repeats  \(points($0.low, $0.high)), \(p($0.p)) (Welch)" }
        ?? "  over repeats  not known: two repeats of each are needed",
      people.map {
        "  over people   \(points($0.low, $0.high)) (bootstrap of \($0.people) people)"
      } ?? "  over people   not known: it needs the store, the same for both, and two people in its test split",
      mcNemar.map {
        "ensembles: A alone is right on \(counted($0.onlyFirstRight, "window")), B alone on \($0.onlySecondRight), \(p($0.p)) (McNemar)"
      },
    ].compactMap { $0 }.joined(separator: "\n")
  }
}
