import Foundation
import Testing
import _TestSupport

/// What `har-train list` says of runs in every state.
@Suite struct ListTests {
  let train = Executable(product: "har-train")
  let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    let made = directory.path("made")
    #expect(try Executable(product: "har-synthesize").run([made, "--size", "120", "--quiet"]).status == 0)
    let store = directory.path("store.h5")
    #expect(try Executable(product: "har-convert").run([made, store, "--quiet"]).status == 0)
  }

  private func run(_ arguments: String...) throws -> ProcessResult { try train.run(arguments, in: directory.path) }

  @Test func runsOfEveryState() throws {
    #expect(try run("list").status == 66)
    let options = ["--data", "store.h5", "--units", "3", "--epochs", "2", "--quiet"]
    let done = try train.run(options + ["--repeats", "2", "--output", "runs/done"], in: directory.path)
    #expect(done.status == 0)
    let accuracy = try #require(done.standardOutput.firstMatch(of: /Accuracy: ([\d.]+)% \(\+\/-([\d.]+)\)/)).output

    // One that somebody works in, and one that was stopped.
    let (process, _, _) = try train.start(
      options + ["--repeats", "10000", "--output", "runs/open"], in: directory.path, outputs: try TemporaryDirectory())
    defer { process.terminate() }
    while process.isRunning, !FileManager.default.fileExists(atPath: directory.path("runs/open/scores.json")) {
      usleep(2_000)
    }
    func row(_ name: String) throws -> String {
      let result = try run("list")
      #expect(result.status == 0, "\(result.standardError)")
      return try #require(
        result.standardOutput.split(separator: "\n").map(String.init).first { $0.hasSuffix("runs/\(name)") })
    }
    #expect(try row("open").contains(" running "))
    process.terminate()
    process.waitUntilExit()
    #expect(try row("open").contains("/10000 ") && row("open").contains(" unfinished "))
    // Columns are as wide as the other run's count of repeats makes them.
    let words = try row("done").split(separator: " ").map(String.init)
    #expect(words[2...6] == ["lstm", "2", "2/2", String(accuracy.1), "(\(accuracy.2))"])
    #expect(try row("done").contains(" finished "))

    try directory.write("{\"format\": 99}", to: "runs/other/config.json")
    #expect(try row("other").contains(" unreadable "))
    try directory.write("no run", to: "runs/notes.txt")
    let listed = try JSONSerialization.jsonObject(with: Data(try run("list", "--json").standardOutput.utf8))
    let entries = try #require((listed as? [String: Any])?["entries"] as? [[String: Any]])
    #expect(Set(entries.compactMap { $0["path"] as? String }) == ["runs/done", "runs/open", "runs/other"])
    #expect(entries.first { $0["path"] as? String == "runs/done" }?["repeats_done"] as? Int == 2)
  }
}
