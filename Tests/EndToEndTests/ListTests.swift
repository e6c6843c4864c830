import Foundation
import Testing
import _TestSupport

/// What `har-train list` says of runs in every state.
@Suite struct ListTests {
  let train = Executable(product: "har-train")
  let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    try directory.makeStore(size: 120)
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
    #expect(words[3...8] == ["lstm", "run", "2", "2/2", String(accuracy.1), "(\(accuracy.2))"])
    #expect(try row("done").contains(" finished "))

    try directory.write("{\"format\": 99}", to: "runs/other/config.json")
    #expect(try row("other").contains(" unreadable "))
    try directory.write("no run", to: "runs/notes.txt")
    let listed = try JSONSerialization.jsonObject(with: Data(try run("list", "--json").standardOutput.utf8))
    let entries = try #require((listed as? [String: Any])?["entries"] as? [[String: Any]])
    #expect(Set(entries.compactMap { $0["path"] as? String }) == ["runs/done", "runs/open", "runs/other"])
    #expect(entries.first { $0["path"] as? String == "runs/done" }?["repeats_done"] as? Int == 2)
  }

  /// A search shows the network that it chose, a cross-validation its network and folds, whose repeats are those of each fold.
  @Test func searchesAndCrossValidations() throws {
    try directory.write(
      "options: {epochs: 1, model: cnn-lstm}\nparameters: {units: [2, 3], filters: [4]}\nfolds: 2", to: "space.yaml")
    let common = ["--data", "store.h5", "--quiet", "--output"]
    let searched = try train.run(
      ["tune", "space.yaml", "--budget", "2", "--repeats", "3"] + common + ["runs/search"], in: directory.path)
    #expect(searched.status == 0, "\(searched.standardError)")
    let validated = try train.run(
      ["cross-validate", "--folds", "4", "--repeats", "2", "--epochs", "1", "--units", "3"] + common + ["runs/cv"],
      in: directory.path)
    #expect(validated.status == 0, "\(validated.standardError)")
    let lines = try run("list").standardOutput.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines.contains { $0.contains(/\ cnn-lstm +2 trials +1 +3\/3 .* finished +runs\/search$/) }, "\(lines)")
    #expect(lines.contains { $0.contains(/\ lstm +4 folds +1 +2\/2 .* finished +runs\/cv$/) }, "\(lines)")

    let json = try JSONSerialization.jsonObject(with: Data(try run("list", "--json").standardOutput.utf8))
    let entries = try #require((json as? [String: Any])?["entries"] as? [[String: Any]])
    let folds = try #require(entries.first { $0["kind"] as? String == "cross-validation" })
    #expect(folds["folds"] as? Int == 4 && folds["repeats_planned"] as? Int == 2 && folds["repeats_done"] as? Int == 2)
    #expect(folds["model"] as? String == "lstm" && folds["trials"] == nil)
    let search = try #require(entries.first { $0["kind"] as? String == "search" })
    #expect(search["trials"] as? Int == 2 && search["folds"] == nil && search["model"] as? String == "cnn-lstm")
    // Before all folds have ended nothing is said of them.
    try directory.remove("runs/cv/folds.csv")
    let open = try run("list").standardOutput.split(separator: "\n")
    #expect(open.contains { $0.contains(/\ lstm +4 folds +1 +0\/2 +- +unfinished +runs\/cv$/) }, "\(open)")
  }

  /// A folder that is copied began when it began, and dates say in which zone they are.
  @Test func datesStayAndHaveAZone() throws {
    let trained = try train.run(
      ["--data", "store.h5", "--units", "3", "--epochs", "1", "--repeats", "1", "--quiet", "--output", "runs/a"],
      in: directory.path)
    #expect(trained.status == 0)
    let file = directory.path("runs/a/config.json")
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let key = try #require(text.firstMatch(of: /"began" : "\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"/))
    let earlier = text.replacingCharacters(in: key.range, with: "\"began\" : \"2026-01-31T20:25:30Z\"")
    try directory.write(earlier, to: "runs/a/config.json")
    func row(_ zone: String) throws -> Substring? {
      try train.run(["list"], environment: ["TZ": zone], in: directory.path).standardOutput.split(separator: "\n").last
    }
    #expect(try row("UTC")?.hasPrefix("2026-01-31 20:25 UTC+00:00  lstm ") == true)
    #expect(try row("Asia/Kolkata")?.hasPrefix("2026-02-01 01:55 UTC+05:30  lstm ") == true)
    // Folders of before the key have their file's date.
    let old = earlier.replacing(/\ *"began" : "[^"]*",\n/, with: "")
    try directory.write(old, to: "runs/a/config.json")
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1_700_000_000)], ofItemAtPath: file)
    #expect(!old.contains("began"))
    #expect(try row("UTC")?.hasPrefix("2023-11-14 22:13 UTC+00:00  lstm ") == true)
  }
}
