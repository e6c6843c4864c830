import ArgumentParser
import Foundation
import Reports
import SystemSupport
import Training

/// The runs of a folder.
struct List: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the runs and searches of a folder, with their state and accuracy.",
    discussion: """
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
        entry.kind == .run ? entry.model ?? "?" : entry.kind.rawValue, entry.epochs.map(String.init) ?? "-",
        "\(entry.repeatsDone)/\(entry.repeatsPlanned)",
        entry.mean.map { "\($0.decimal(digits: 3)) (\((entry.deviation ?? 0).decimal(digits: 3)))" } ?? "-",
        entry.state.rawValue, printable(entry.path),
      ]
    }
    let all = [["began", "network", "epochs", "repeats", "accuracy", "state", "folder"]] + rows
    let widths = all[0].indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }.joined(separator: "  ")
        .replacing(/\s+$/, with: "")
    }.joined(separator: "\n")
  }
}
