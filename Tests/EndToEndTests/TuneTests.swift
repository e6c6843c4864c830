import Foundation
import Testing
import _TestSupport

/// Searching, scaling and ensembles as a user meets them.
@Suite struct TuneTests {
  let train = Executable(product: "har-train")
  let directory: TemporaryDirectory
  private var store: String { directory.path("store.h5") }

  init() throws {
    directory = try TemporaryDirectory()
    try directory.makeStore(size: 400)
    try directory.write(
      """
      method: asha
      folds: 2
      reduction: 2
      rungs: 2
      options: {model: lstm, epochs: 2, cell: gru}
      parameters:
        units: [8, 16]
        layers: [1, 2]
        bidirectional: [false, true]
        scale: [none, standardize, power]
        rotation: [0, 20]
      """, to: "space.yaml")
  }

  private func run(_ arguments: String...) throws -> ProcessResult { try train.run(arguments, in: directory.path) }

  @Test func searchesRanksAndTrainsTheChosen() throws {
    let options = ["--data", store, "--budget", "4", "--repeats", "2", "--quiet"]
    let result = try train.run(["tune", "space.yaml", "--output", "search"] + options, in: directory.path)
    #expect(result.status == 0, "\(result.standardError)")
    let lines = result.standardOutput.split(separator: "\n").map(String.init)
    #expect(
      lines[0].split(separator: " ").map(String.init) == [
        "rank", "trial", "accuracy", "+/-", "epochs", "units", "layers", "bidirectional", "scale", "rotation",
      ])
    let chosen = try #require(lines.first { $0.hasPrefix("Chosen: ") })
    // The protocol after the ranking is that of the command that it names.
    let command = try #require(chosen.firstMatch(of: /har-train (.*)/)).output.1
    let again = try Executable(path: "/bin/bash").run(
      ["-c", "\"$0\" \(command) --output again --quiet", train.path], in: directory.path)
    #expect(again.status == 0, "\(again.standardError)")
    #expect(result.standardOutput.hasSuffix(again.standardOutput))
    #expect(again.standardOutput.hasPrefix(">#1: "))

    let (process, _, _) = try train.start(
      ["tune", "space.yaml", "--output", "cut", "--threads", "3"] + options, in: directory.path,
      outputs: try TemporaryDirectory())
    while process.isRunning, !FileManager.default.fileExists(atPath: directory.path("cut/trials.csv")) { usleep(2_000) }
    kill(process.processIdentifier, SIGTERM)
    process.waitUntilExit()
    #expect(process.terminationStatus == 143)
    let resumed = try run("resume", "cut", "--quiet")
    #expect(resumed.status == 0, "\(resumed.standardError)")
    #expect(resumed.standardOutput == result.standardOutput)
    #expect(try run("resume", "search", "--quiet").standardOutput == result.standardOutput)
  }

  /// The protocol at the end of a search is stopped by a hangup as the search itself is.
  @Test func hangupInTheFinalRunSaves() throws {
    let options = ["--data", store, "--budget", "2", "--repeats", "30", "--quiet", "--threads", "1"]
    let outputs = try TemporaryDirectory()
    let (process, _, errors) = try train.start(
      ["tune", "space.yaml", "--output", "search"] + options, in: directory.path, outputs: outputs)
    while process.isRunning, !FileManager.default.fileExists(atPath: directory.path("search/final/metrics.csv")) {
      usleep(2_000)
    }
    kill(process.processIdentifier, SIGHUP)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 129)
    #expect(try String(contentsOfFile: errors, encoding: .utf8).contains("har-train resume search"))
  }

  @Test func wrongSpacesEndWithOneLine() throws {
    let cases: [(String, Int32, String)] = [
      ("method: best", 65, "space2.yaml:1:9"), ("parameters: {unit: [1, 2]}", 65, "--unit"),
      ("parameters: {units: [-4, -3]}", 65, "below zero"), ("parameters: {units: [0, 0]}", 65, "units"),
      ("options: {model: all}\nparameters: {units: [5]}", 65, "one network"),
      ("options: {model: conv-lstm}\nparameters: {layers: [2]}", 65, "layers"),
      ("folds: 99\nparameters: {units: [5]}", 65, "folds: 99, expected from 2 to the 21 training people of"),
      // What has no effect must not look as if it had.
      ("options: {epochs: false}\nparameters: {units: [5]}", 65, "epochs"),
      ("options: {no-such-option: false}\nparameters: {units: [5]}", 65, "no-such-option"),
      ("options: {epochs=5: false}\nparameters: {units: [5]}", 65, "epochs=5"),
      ("options: {help: true}\nparameters: {units: [5]}", 65, "help"),
      ("parameters: {bidirectional: [false, maybe]}", 65, "bidirectional"),
      ("options: {seed: 3}\nparameters: {units: [5]}", 65, "tune --seed"),
      ("parameters: {repeats: [1, 2]}", 65, "tune --repeats"),
    ]
    for (text, status, word) in cases {
      try directory.write(text, to: "space2.yaml")
      let result = try run("tune", "space2.yaml", "--data", store)
      #expect(result.status == status, "\(text)")
      #expect(result.errorLines.count == 1, "\(result.standardError)")
      #expect(result.standardError.contains(word), "\(result.standardError)")
    }
    #expect(try run("tune", "nowhere.yaml", "--data", store).status == 66)
    #expect(!FileManager.default.fileExists(atPath: directory.path("runs")))
  }

  @Test(arguments: ["standardize", "normalize", "robust", "power"], ["signal", "time-step"])
  func modelsRememberTheirScaling(_ method: String, _ granularity: String) throws {
    let trained = try run(
      "--data", store, "--repeats", "1", "--epochs", "2", "--output", "run", "--quiet", "--scale", method,
      "--scale-per",
      granularity, "--units", "12", "--jitter", "0.05")
    #expect(trained.status == 0, "\(trained.standardError)")
    let score = try #require(trained.standardOutput.firstMatch(of: />#1: (\S+)/)).output.1
    let evaluated = try run("evaluate", "--model-file", "run/model-01.h5", "--data", store)
    #expect(evaluated.standardOutput.hasPrefix("Accuracy: \(score)%"), "\(evaluated.standardError)")
    let plain = try run(
      "--data", store, "--repeats", "1", "--epochs", "2", "--output", "plain", "--quiet", "--units", "12")
    #expect(plain.standardOutput != trained.standardOutput)
  }

  @Test func ensembleAveragesTheRepeats() throws {
    let trained = try run(
      "--data", store, "--repeats", "3", "--epochs", "2", "--output", "run", "--quiet", "--units", "12", "--cell", "gru"
    )
    #expect(trained.status == 0, "\(trained.standardError)")
    let evaluated = try run("evaluate", "run")
    #expect(evaluated.status == 0, "\(evaluated.standardError)")
    let mean = try #require(trained.standardOutput.firstMatch(of: /Accuracy: (\S+)%/)).output.1
    #expect(evaluated.standardOutput.contains("Mean: \(mean)%"))
    // The same from the predictions as CSV.
    var sums: [[Double]] = []
    var labels: [Int] = []
    for number in 1...3 {
      let csv = try run("predict", "--model-file", "run/model-0\(number).h5", "--data", store).standardOutput
      let rows = csv.split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
      labels = rows.map { Int($0[4])! }
      let probabilities = rows.map { $0[7...].map { Double($0)! } }
      sums = sums.isEmpty ? probabilities : zip(sums, probabilities).map { zip($0, $1).map(+) }
    }
    let right = zip(sums, labels).filter { sum, label in sum.firstIndex(of: sum.max()!) == label }.count
    #expect(evaluated.standardOutput.contains("(\(right) of \(labels.count) windows)"))
    #expect(try run("evaluate", "nowhere").status == 66)
    #expect(try run("evaluate").status == 64)
  }
}
