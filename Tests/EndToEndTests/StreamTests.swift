import Foundation
import HDF5
import Testing
import _TestSupport

/// Stores larger than memory as a user meets them.
@Suite("har-train --stream") struct StreamTests {
  let directory: TemporaryDirectory
  let train = Executable(product: "har-train")
  private static let options = [
    "--data", "store.h5", "--model", "cnn-lstm", "--units", "4", "--filters", "4", "--epochs", "3", "--repeats", "2",
  ]

  init() throws {
    directory = try TemporaryDirectory()
    try directory.makeStore(size: 400)
  }

  private func run(_ arguments: [String], _ more: String...) throws -> ProcessResult {
    try train.run(arguments + more, in: directory.path)
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOfFile: directory.path(path), encoding: .utf8)
  }

  /// Test accuracies, weights' digests and losses of a run.
  private func scores(_ run: String) throws -> String {
    let scores = try text("\(run)/scores.json").split(separator: "\n").filter { !$0.contains("seconds") }
    return scores.joined(separator: "\n")
  }

  @Test func runsAreTheSameAtAnyNumberOfThreadsAndGoOn() throws {
    let whole = try run(Self.options, "--stream", "--output", "whole", "--threads", "1", "--scale", "standardize")
    #expect(whole.status == 0, "\(whole.standardError)")
    #expect(whole.standardError.contains("windows (streamed), 1 thread"))
    #expect(try text("whole/config.json").contains("\"streams\" : true"))
    #expect(try text("whole/report.html").contains("streamed from the store in shuffled blocks"))
    let others = Self.options + ["--stream", "--scale", "standardize", "--quiet"]
    #expect(try run(others, "--output", "wide", "--threads", "3").standardOutput == whole.standardOutput)
    #expect(try scores("wide") == scores("whole"))

    let (process, _, _) = try train.start(
      others + ["--output", "cut", "--checkpoint-every", "1"], in: directory.path, outputs: try TemporaryDirectory())
    while process.isRunning, !FileManager.default.fileExists(atPath: directory.path("cut/checkpoints/repeat-01.h5")) {
      usleep(2_000)
    }
    kill(process.processIdentifier, SIGTERM)
    process.waitUntilExit()
    let resumed = try run(["resume", "cut", "--quiet"])
    #expect(resumed.status == 0, "\(resumed.standardError)")
    #expect(resumed.standardOutput == whole.standardOutput)
    #expect(try scores("cut") == scores("whole"))
  }

  /// In the store's order, nothing tells whether windows came from memory or the file; what is said of them doesn't either.
  @Test func inTheStoresOrderResultsAreThoseOfMemory() throws {
    let options = Self.options + ["--shuffle", "off", "--scale", "robust", "--validation-subjects", "3", "--quiet"]
    let (memory, streamed) = (try run(options, "--output", "a"), try run(options, "--stream", "--output", "b"))
    #expect(memory.status == 0 && streamed.status == 0, "\(streamed.standardError)")
    #expect(memory.standardOutput == streamed.standardOutput)
    #expect(try scores("a") == scores("b"))
    #expect(try text("a/confusion.csv") == text("b/confusion.csv"))
    #expect(try !text("a/config.json").contains("streams"))
    #expect(try run(Self.options, "--no-stream", "--output", "c", "--quiet").status == 0)
    #expect(try !text("c/config.json").contains("streams"))
    #expect(try run(Self.options, "--stream", "--output", "d", "--quiet").status == 0)
    #expect(try scores("c") != scores("d"))
    // What is said of windows doesn't depend on where they are.
    for command in [["evaluate", "a"], ["predict", "a", "--split", "train"], ["predict", "a/model-01.h5"]] {
      let said = try (["--no-stream", "--stream"]).map { try run(command, $0) }
      #expect(said[0].status == 0 && said[1].status == 0, "\(said[1].standardError)")
      #expect(said[0].standardOutput == said[1].standardOutput)
    }
  }

  @Test func crossValidationsAndSearches() throws {
    let options = Array(Self.options.dropLast(2)) + ["--folds", "3", "--all-people", "--quiet"]
    let fold = try run(["cross-validate"] + options, "--shuffle", "off", "--stream", "--output", "streamed")
    #expect(fold.status == 0, "\(fold.standardError)")
    #expect(
      try fold.standardOutput
        == run(["cross-validate"] + options, "--shuffle", "off", "--output", "memory").standardOutput)
    try directory.write(
      """
      folds: 2
      options: {model: lstm, units: 4, epochs: 1}
      parameters:
        batch-size: [16, 32]
      """, to: "space.yaml")
    let search = try run(
      ["tune", "--stream", "space.yaml", "--data", "store.h5", "--budget", "2", "--repeats", "1"], "--output", "search",
      "--quiet")
    #expect(search.status == 0, "\(search.standardError)")
    // The command that makes it anew names the space from the root.
    #expect(try text("search/tune.json").contains("tune --stream /"))
    let chosen = try #require(search.standardOutput.firstMatch(of: /har-train (.*--stream)\n/)).output.1
    let again = try Executable(path: "/bin/bash").run(
      ["-c", "\"$0\" \(chosen) --output again --quiet", train.path], in: directory.path)
    #expect(again.status == 0 && search.standardOutput.hasSuffix(again.standardOutput), "\(again.standardError)")
  }

  @Test func streamedWindowsAreNotSent() throws {
    let result = try run(Self.options, "--stream", "--share-store", "--output", "run")
    #expect(result.status == 64 && result.errorLines.count == 1)
    #expect(result.standardError.contains("--share-store: excludes --stream"), "\(result.standardError)")
    #expect(!FileManager.default.fileExists(atPath: directory.path("run")))
  }

  /// A search reads its store once, for all trials.
  @Test func aTrialCannotStreamByItself() throws {
    try directory.write(
      """
      folds: 2
      options: {model: lstm, epochs: 1, stream: true}
      parameters:
        units: [4, 8]
      """, to: "space.yaml")
    let result = try run(["tune", "space.yaml", "--data", "store.h5", "--output", "search"])
    #expect(result.status == 65 && result.standardError.contains("--stream"), "\(result.standardError)")
  }

  /// A store that loses its end while it is trained on ends in one line; mended, the run goes on to the end of one that was not disturbed.
  @Test func aStoreThatBreaksMeanwhile() throws {
    let options = Self.options + ["--stream", "--epochs", "400", "--repeats", "1", "--checkpoint-every", "1"]
    let outputs = try TemporaryDirectory()
    let store = directory.path("store.h5")
    let whole = try Data(contentsOf: URL(fileURLWithPath: store))
    let (process, _, errors) = try train.start(
      options + ["--output", "run", "--quiet"], in: directory.path, outputs: outputs)
    while process.isRunning, !FileManager.default.fileExists(atPath: directory.path("run/checkpoints/repeat-01.h5")) {
      usleep(2_000)
    }
    #expect(truncate(store, 100_000) == 0)
    process.waitUntilExit()
    #expect(process.terminationStatus == 65)
    let lines = try String(contentsOfFile: errors, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 1 && lines[0].contains("store.h5: was changed by somebody while it was read"), "\(lines)")
    #expect(lines.last?.hasSuffix("(once that is mended: har-train resume run)") == true, "\(lines)")
    try whole.write(to: URL(fileURLWithPath: store))
    let resumed = try run(["resume", "run", "--quiet"])
    #expect(resumed.status == 0, "\(resumed.standardError)")
  }
}
