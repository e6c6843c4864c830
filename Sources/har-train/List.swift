import ArgumentParser
import CommandSupport
import Foundation
import Reports
import SystemSupport
import Training

/// The runs of a folder.
struct List: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the runs, searches and cross-validations of a folder, with their state and accuracy.",
    discussion: """
      The accuracy is the mean of the ended repeats and their deviation; of a search those of the chosen setting, of a \
      cross-validation the mean and deviation of its folds, each of which has as many repeats.

      EXAMPLES
        har-train list
        har-train list results --json

      \(ExitStatusHelp.reading)
      """)

  @Argument(help: ArgumentHelp("The folder that the runs' folders are in.", valueName: "DIR"))
  var folder = "runs"

  @Flag(help: "Print JSON (docs/schemas/).")
  var json = false

  func run() throws {
    let listing = try RunListing(folder)
    try StandardOutput.writeLine(
      json ? try RunJSON.text(listing) : table(listing.entries))
  }

  private func table(_ entries: [RunListing.Entry]) -> String {
    guard !entries.isEmpty else { return "no runs in \(printable(folder))" }
    let rows = entries.map { entry in
      [
        Date(timeIntervalSince1970: entry.began).dayAndMinute,
        printable(entry.model ?? "?"), kind(entry), entry.epochs.map(String.init) ?? "-",
        "\(entry.repeatsDone)/\(entry.repeatsPlanned)",
        entry.mean.map { "\($0.decimal(digits: 3)) (\((entry.deviation ?? 0).decimal(digits: 3)))" } ?? "-",
        entry.state.rawValue, printable(entry.path),
      ]
    }
    let heading = ["began", "network", "kind", "epochs", "repeats", "accuracy", "state", "folder"]
    return PrintedTable(Array(repeating: .left(), count: heading.count), [heading] + rows).text
  }

  /// What an entry is, in a word or two.
  private func kind(_ entry: RunListing.Entry) -> String {
    switch entry.kind {
    case .run: "run"
    case .search: entry.trials.map { counted($0, "trial") } ?? entry.kind.rawValue
    case .crossValidation: entry.folds.map { counted($0, "fold") } ?? entry.kind.rawValue
    }
  }
}
