import Foundation
import Testing
import _TestSupport

/// The run's folder as a user meets it: interrupted, killed, on a full disk, and gone on with.
@Suite struct RunTests {
  let train = Executable(product: "har-train")
  let directory: TemporaryDirectory
  private var store: String { directory.path("store.h5") }
  private let options = ["--repeats", "3", "--epochs", "6", "--batch-size", "8", "--quiet"]

  init() throws {
    directory = try TemporaryDirectory()
    try directory.makeStore(size: 300)
  }

  /// The digests of a run's final weights, in the order of the repeats.
  private func digests(_ run: String) throws -> [String] {
    let scores = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(fileURLWithPath: directory.path("\(run)/scores.json"))))
    let repeats = try #require((scores as? [String: Any])?["repeats"] as? [[String: Any]])
    return repeats.compactMap { $0["weights_sha256"] as? String }
  }

  /// A run to its end.
  private func whole(_ arguments: String...) throws -> ProcessResult {
    let result = try train.run(
      ["--data", store, "--output", "whole"] + options + arguments, in: directory.path)
    #expect(result.status == 0, "\(result.standardError)")
    return result
  }

  private func resume(_ arguments: String...) throws -> ProcessResult {
    try train.run(["resume", "run", "--quiet"] + arguments, in: directory.path)
  }

  /// Starts a run and waits until a metrics.csv has so many lines.
  private func start(_ arguments: [String], lines: Int) throws -> Process {
    let (process, _, _) = try train.start(arguments, in: directory.path, outputs: try TemporaryDirectory())
    func count() -> Int {
      let text = ["run/metrics.csv", "run/lstm/metrics.csv"].lazy
        .compactMap { try? String(contentsOfFile: directory.path($0), encoding: .utf8) }.first
      return text?.split(separator: "\n").count ?? 0
    }
    while count() < lines, process.isRunning { usleep(2_000) }
    return process
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func signalsSaveAndResumeGoesOnToTheSameBits(_ signal: Int32) throws {
    let expected = try whole("--threads", "1")
    let outputs = try TemporaryDirectory()
    let (process, out, errors) = try train.start(
      ["--data", store, "--output", "run", "--threads", "2"] + options, in: directory.path, outputs: outputs)
    while process.isRunning, !FileManager.default.fileExists(atPath: directory.path("run/metrics.csv")) {
      usleep(2_000)
    }
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit)
    #expect(process.terminationStatus == 128 + signal)
    let message = try String(contentsOfFile: errors, encoding: .utf8)
    #expect(message.split(separator: "\n").count == 1)
    #expect(message.contains("har-train resume run"))
    #expect(try String(contentsOfFile: out, encoding: .utf8).contains("Accuracy") == false)
    let resumed = try resume("--threads", "3")
    #expect(resumed.status == 0)
    #expect(resumed.standardOutput == expected.standardOutput)
    #expect(try digests("run") == digests("whole"))
    #expect(try digests("run").count == 3)
  }

  /// As if that many had been asked for at first, whether the run was at its end or not.
  @Test(arguments: [
    [], ["--learning-rate-schedule", "on-plateau"], ["--validation-subjects", "1", "--restore-best"],
    ["--model", "all", "--units", "4", "--filters", "4"],
  ])
  func moreEpochs(_ more: [String]) throws {
    let common = ["--data", store, "--repeats", "2", "--batch-size", "16", "--quiet"] + more
    func trained(_ output: String, _ epochs: Int) throws -> ProcessResult {
      try train.run(common + ["--epochs", "\(epochs)", "--output", output], in: directory.path)
    }
    let expected = try trained("whole", 5)
    #expect(try trained("run", 2).status == 0)
    #expect(try resume("--epochs", "3").status == 0)
    for name in ["run/metrics.csv", "run/lstm/metrics.csv"] { unlink(directory.path(name)) }
    let process = try start(["resume", "run", "--epochs", "5", "--quiet"], lines: 1)
    kill(process.processIdentifier, SIGTERM)
    process.waitUntilExit()
    let resumed = try resume("--epochs", "5")
    #expect(resumed.status == 0, "\(resumed.standardError)")
    #expect(resumed.standardOutput == expected.standardOutput)
    for folder in more.contains("all") ? ["/lstm", "/cnn-lstm", "/conv-lstm"] : [""] {
      #expect(try digests("run\(folder)") == digests("whole\(folder)"))
      #expect(try digests("run\(folder)").count == 2)
    }
    #expect(try resume("--epochs", "4").standardError.contains("--epochs: 4, expected more than the 5 of "))
  }

  @Test func noMoreEpochsOfACosine() throws {
    let trained = try train.run(
      ["--data", store, "--output", "run", "--learning-rate-schedule", "cosine"] + options, in: directory.path)
    #expect(trained.status == 0)
    let config = try Data(contentsOf: URL(fileURLWithPath: directory.path("run/config.json")))
    let refused = try resume("--epochs", "9")
    #expect(refused.status == 64 && refused.errorLines.count == 1)
    #expect(refused.standardError.contains("cosine"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: directory.path("run/config.json"))) == config)
  }

  @Test func killedAtAnyMoment() throws {
    let expected = try whole()
    let first = ["--data", store, "--output", "run"] + options
    var arguments = first
    // Killed at moments all over the run, within files being written too.
    for kill in 0..<12 {
      let process = try start(arguments, lines: 1)
      usleep(UInt32(kill * 7_919 % 60_000))
      Foundation.kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      if FileManager.default.fileExists(atPath: directory.path("run/config.json")) {
        arguments = ["resume", "run", "--quiet"]
      }
    }
    let resumed = try resume()
    #expect(resumed.status == 0, "\(resumed.standardError)")
    #expect(resumed.standardOutput == expected.standardOutput)
    #expect(resumed.standardError == "")
    #expect(try digests("run") == digests("whole"))
  }

  @Test(arguments: ["lstm", "cnn-lstm", "conv-lstm"])
  func sameDigestsHoweverTheWorkIsDivided(_ model: String) throws {
    func digests(_ threads: Int, _ concurrentModels: Int) throws -> [String] {
      let name = "\(threads)-\(concurrentModels)"
      let result = try train.run(
        [
          "--data", store, "--output", name, "--model", model, "--repeats", "3", "--epochs", "1", "--quiet",
          "--keep", "none", "--threads", "\(threads)", "--concurrent-models", "\(concurrentModels)",
        ], in: directory.path)
      #expect(result.status == 0)
      return try self.digests(name)
    }
    let one = try digests(1, 1)
    #expect(Set(one).count == 3)
    for (threads, concurrentModels) in [(2, 1), (3, 2), (5, 3), (8, 1), (16, 2), (64, 3)] {
      #expect(try digests(threads, concurrentModels) == one)
    }
  }

  @Test(arguments: ["", "trap '' XFSZ; "])
  func fullDisk(_ trap: String) throws {
    let expected = try whole()
    // A limit on file sizes stands for the full disk: writing fails as it does there, whether or not its signal is ignored.
    let shell = Executable(path: "/bin/bash")
    let result = try shell.run(
      ["-c", "ulimit -f 300; \(trap)exec \"$@\"", "bash", train.path, "--data", store, "--output", "run"]
        + options, in: directory.path)
    #expect(result.status == 74, "\(result.standardError)")
    #expect(result.errorLines.count == 1, "\(result.standardError)")
    #expect(result.standardError.contains("repeat-0"))
    #expect(result.standardError.contains("har-train resume run"))
    let left = try FileManager.default.contentsOfDirectory(atPath: directory.path("run/checkpoints"))
    #expect(left == [])
    let resumed = try resume()
    #expect(resumed.status == 0)
    #expect(resumed.standardOutput == expected.standardOutput)
  }

  @Test func twoProcessesCannotShareAFolder() throws {
    let process = try start(
      ["--data", store, "--output", "run", "--repeats", "1", "--epochs", "100000", "--quiet"], lines: 2)
    let second = try resume()
    #expect(second.status == 75)
    #expect(second.errorLines.count == 1)
    // A page is written into the folder too.
    let report = try train.run(["report", "run"], in: directory.path)
    #expect(report.status == 75)
    #expect(
      report.errorLines == ["har-train: run: another har-train works in this folder; wait for its end or stop it"])
    #expect(!FileManager.default.fileExists(atPath: directory.path("run/report.html")))
    kill(process.processIdentifier, SIGTERM)
    process.waitUntilExit()
    #expect(process.terminationStatus == 143)
    #expect(try train.run(["report", "run"], in: directory.path).status == 0)
  }

  @Test func whatCannotGoOn() throws {
    #expect(try train.run(["resume", "nowhere"], in: directory.path).status == 66)
    _ = try whole("--repeats", "1")
    try FileManager.default.moveItem(atPath: store, toPath: directory.path("moved.h5"))
    let lost = try train.run(["resume", "whole"], in: directory.path)
    #expect(lost.status == 66)
    #expect(lost.standardError.contains("store.h5"))
    #expect(try train.run(["resume", "whole", "--data", "moved.h5"], in: directory.path).status == 0)
    // Another store under the same name.
    let made = directory.path("made")
    #expect(try Executable(product: "har-convert").run([made, store, "--quiet", "--compression", "gzip"]).status == 0)
    let other = try train.run(["resume", "whole"], in: directory.path)
    #expect(other.status == 65)
    #expect(other.errorLines.count == 1)
    #expect(other.standardError.contains("SHA-256"))
  }

  /// However many models are asked for at once, there are no more threads than were asked for, and a few that wait.
  @Test func asManyThreadsAsAskedFor() throws {
    let (process, _, _) = try train.start(
      [
        "--data", store, "--output", "run", "--repeats", "40", "--epochs", "1000", "--quiet", "--threads", "2",
        "--concurrent-models", "64",
      ], in: directory.path, outputs: try TemporaryDirectory())
    while process.isRunning, !FileManager.default.fileExists(atPath: directory.path("run/metrics.csv")) {
      usleep(2_000)
    }
    usleep(100_000)
    let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.processIdentifier)/task").count
    kill(process.processIdentifier, SIGTERM)
    process.waitUntilExit()
    // Two trainings, and Dispatch's and the main thread besides.
    #expect((3...14).contains(threads))
    #expect(process.terminationStatus == 143)
  }

  @Test func jsonForPrograms() throws {
    let result = try whole("--json", "--validation-subjects", "1", "--model", "all")
    let summary = try #require(
      try JSONSerialization.jsonObject(with: Data(result.standardOutput.utf8)) as? [String: Any])
    let models = try #require(summary["models"] as? [[String: Any]])
    #expect(models.map { $0["model"] as? String } == ["lstm", "cnn-lstm", "conv-lstm"])
    #expect(models.allSatisfy { ($0["repeats"] as? [Any])?.count == 3 && $0["mean"] is Double })
    #expect(summary["run"] as? String == "whole")
    let metrics = try String(contentsOfFile: directory.path("whole/lstm/metrics.csv"), encoding: .utf8)
    #expect(metrics.split(separator: "\n").count == 1 + 3 * 6)
    #expect(metrics.contains(",,") == false)
    let confusion = try String(contentsOfFile: directory.path("whole/conv-lstm/confusion.csv"), encoding: .utf8)
    #expect(confusion.split(separator: "\n").count == 1 + 3 * 6)
  }

  @Test func folderIsNamedByDateAndModelUnlessGiven() throws {
    let result = try train.run(
      ["--data", store, "--repeats", "1", "--epochs", "1", "--model", "conv-lstm"], in: directory.path)
    #expect(result.status == 0)
    let runs = try FileManager.default.contentsOfDirectory(atPath: directory.path("runs"))
    #expect(runs.count == 1)
    #expect(runs[0].wholeMatch(of: /\d{4}-\d\d-\d\d-\d{6}-conv-lstm/) != nil)
    #expect(result.standardError.contains("runs/\(runs[0])"))
  }
}
