import Foundation
import Testing
import _TestSupport

/// A signal after the last training, while the page is made of what the trainings came to.
@Suite struct PageSignalTests {
  let train = Executable(product: "har-train")
  let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    try directory.makeStore(size: 120)
    try directory.write("options: {epochs: 1}\nfolds: 2\nparameters: {units: [4, 5]}", to: "space.yaml")
  }

  /// A command that writes a page at its end.
  struct Command: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let arguments: [String]
    /// The file that its last training leaves, and the repeats that must stand in it where it lists them.
    let last: String
    var repeats: Int?
    let page: String

    static let common = ["--data", "store.h5", "--batch-size", "16", "--threads", "1", "--quiet"]
    static let all = [
      Command(
        testDescription: "train", arguments: ["--repeats", "25", "--epochs", "1", "--units", "40"] + common,
        last: "scores.json", repeats: 25, page: "report.html"),
      Command(
        testDescription: "cross-validate",
        arguments: ["cross-validate", "--folds", "9", "--epochs", "1", "--units", "40"] + common,
        last: "checkpoints/fold-9-repeat-1.h5", page: "report.html"),
      Command(
        testDescription: "tune",
        arguments: [
          "tune", "space.yaml", "--budget", "2", "--repeats", "25", "--data", "store.h5", "--threads", "1", "--quiet",
        ],
        last: "final/scores.json", repeats: 25, page: "final/report.html"),
    ]
  }

  private func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: directory.path(name)) }

  /// Whether all of a command's trainings have ended, or the last is about to.
  private func isTrained(_ folder: String, _ command: Command) -> Bool {
    guard let data = FileManager.default.contents(atPath: directory.path("\(folder)/\(command.last)")) else {
      return false
    }
    guard let repeats = command.repeats else { return true }
    let scores = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
    return (scores?["repeats"] as? [Any])?.count == repeats
  }

  private func names(below folder: String) -> [String] {
    FileManager.default.enumerator(atPath: directory.path(folder))?.compactMap { $0 as? String } ?? []
  }

  @Test(arguments: Command.all, [SIGINT, SIGTERM])
  func endsTheProcessAndLosesNothing(_ command: Command, _ signal: Int32) throws {
    // The page may be there before the signal is; the next time it may not.
    for attempt in 1...8 {
      let folder = "run-\(attempt)"
      let outputs = try TemporaryDirectory()
      let (process, out, errors) = try train.start(
        command.arguments + ["--output", folder], in: directory.path, outputs: outputs)
      while process.isRunning, !isTrained(folder, command) { usleep(1_000) }
      kill(process.processIdentifier, signal)
      process.waitUntilExit()
      let names = names(below: folder)
      #expect(!names.contains { $0.contains(".partial-") }, "\(names)")
      if exists("\(folder)/\(command.page)") { continue }
      // By itself or by the signal, which a shell calls the same.
      let isSignalled = process.terminationReason == .uncaughtSignal
      #expect(process.terminationStatus == (isSignalled ? signal : 128 + signal))
      let message = try String(contentsOfFile: errors, encoding: .utf8)
      #expect(message == "har-train: stopped; all is saved, go on with: har-train resume \(folder)\n")
      let resumed = try train.run(["resume", folder, "--quiet"], in: directory.path)
      #expect(resumed.status == 0 && exists("\(folder)/\(command.page)"))
      // What was printed before is what there is to print; a cross-validation prints after its page.
      let printed = try String(contentsOfFile: out, encoding: .utf8)
      #expect(printed == (command.repeats == nil ? "" : resumed.standardOutput))
      return
    }
    Issue.record("no signal came before the page")
  }

  /// At any moment of its making, there is the old page or the new one and nothing else.
  @Test func reportMadeAnewIsWholeOrWasNotMade() throws {
    let arguments = ["--repeats", "2", "--epochs", "1", "--units", "4", "--output", "run"] + Command.common
    #expect(try train.run(arguments, in: directory.path).status == 0)
    let page = directory.path("run/report.html")
    func text() throws -> String { try String(contentsOfFile: page, encoding: .utf8) }
    let whole = try text()
    let before = Set(names(below: "run"))
    var ended: Set<Int32> = []
    for delay in 0..<40 {
      try directory.write("old", to: "run/report.html")
      let outputs = try TemporaryDirectory()
      let (process, _, errors) = try train.start(["report", "run"], in: directory.path, outputs: outputs)
      usleep(UInt32(delay) * 2_500)
      kill(process.processIdentifier, SIGTERM)
      process.waitUntilExit()
      let isSignalled = process.terminationReason == .uncaughtSignal
      let status = isSignalled ? 128 + process.terminationStatus : process.terminationStatus
      ended.insert(status)
      #expect(status == 0 || status == 128 + SIGTERM)
      let found = try text()
      #expect(found == whole || (found == "old" && status != 0))
      #expect(Set(names(below: "run")) == before)
      #expect(try String(contentsOfFile: errors, encoding: .utf8) == "")
    }
    #expect(ended.contains(128 + SIGTERM))
  }
}
