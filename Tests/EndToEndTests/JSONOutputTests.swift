import Foundation
import Testing
import _TestSupport

/// What `--json` prints is what docs/schemas/ says, and what else the commands say.
@Suite("JSON", .enabled(if: Outside.python != nil, Comment(rawValue: Outside.pythonHint)))
struct JSONOutputTests {
  let directory: TemporaryDirectory
  let train = Executable(product: "har-train")
  static let schemas = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("docs/schemas").path

  init() throws {
    directory = try TemporaryDirectory()
    let made = try Executable(product: "har-synthesize").run(
      ["made", "--size", "60", "--quiet", "--json"], in: directory.path)
    #expect(try isValid(made, "synthesize")["train_windows"] as? Int == 43)
    let converted = try Executable(product: "har-convert").run(
      ["made", "store.h5", "--quiet", "--json"], in: directory.path)
    try isValid(converted, "convert")
  }

  private func run(_ arguments: String...) throws -> ProcessResult { try train.run(arguments, in: directory.path) }

  /// Holds what a command printed against its schema, and returns it.
  @discardableResult
  private func isValid(_ result: ProcessResult, _ schema: String) throws -> [String: Any] {
    #expect(result.status == 0, "\(result.standardError)")
    return try isValid(result.standardOutput, schema)
  }

  private func isValid(_ text: String, _ schema: String) throws -> [String: Any] {
    let file = try directory.write(text, to: "\(schema)-output.json")
    let checked = try Outside.runPython(
      """
      import json, sys, jsonschema
      schema = json.load(open(sys.argv[1]))
      jsonschema.Draft202012Validator.check_schema(schema)
      jsonschema.Draft202012Validator(schema).validate(json.load(open(sys.argv[2])))
      """, ["\(Self.schemas)/\(schema).json", file])
    #expect(checked.status == 0, "\(checked.standardError)")
    return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test func versions() throws { try isValid(try run("versions", "--json"), "versions") }

  @Test func aRunAndWhatItIsWorth() throws {
    let options = ["--data", "store.h5", "--units", "4", "--filters", "4", "--epochs", "1", "--quiet"]
    let trained = try train.run(
      options + ["--model", "all", "--repeats", "2", "--seed", "7", "--output", "runs/run", "--json"],
      in: directory.path)
    let summary = try isValid(trained, "run")
    #expect(summary["seed"] as? Int == 7)
    #expect(try #require(summary["seconds"] as? Double) > 0)
    try isValid(try run("list", "--json"), "list")
    for network in ["lstm", "cnn-lstm", "conv-lstm"] {
      let text = try String(contentsOfFile: directory.path("runs/run/\(network)/scores.json"), encoding: .utf8)
      #expect(try isValid(text, "scores")["model"] as? String == network)
    }

    let evaluated = try isValid(try run("evaluate", "runs/run", "--json"), "evaluate")
    let models = try #require(evaluated["models"] as? [[String: Any]])
    #expect(models.count == 6)
    let scores = try #require(summary["models"] as? [[String: Any]])
      .flatMap { $0["repeats"] as? [[String: Any]] ?? [] }.map { $0["score"] as? Double }
    #expect(models.map { $0["accuracy_percent"] as? Double } == scores)
    let ensembles = try #require(evaluated["ensembles"] as? [[String: Any]])
    #expect(ensembles.compactMap { $0["network"] as? String } == ["lstm", "cnn-lstm", "conv-lstm"])

    // A file of a run knows its store; one elsewhere does not.
    let one = try isValid(try run("evaluate", "runs/run/lstm/model-02.h5", "--json"), "evaluate")
    #expect((one["ensembles"] as? [Any])?.isEmpty == true)
    try FileManager.default.copyItem(
      atPath: directory.path("runs/run/lstm/model-01.h5"), toPath: directory.path("m.h5"))
    #expect(try run("evaluate", "m.h5").standardError.contains("--data"))

    let predicted = try isValid(try run("predict", "runs/run", "--json"), "predict")
    let rows = try #require(predicted["predictions"] as? [[String: Any]])
    let windows = try #require(models[0]["windows"] as? Int)
    #expect(rows.count == 9 * windows)
    let ensemble = rows.filter { $0["model"] as? String == "conv-lstm/ensemble" }
    let right = ensemble.filter { $0["activity"] as? String == $0["predicted_activity"] as? String }.count
    #expect(ensembles[2]["correct"] as? Int == right)
  }

  @Test func comparisonsAndFolds() throws {
    let options = ["--data", "store.h5", "--units", "4", "--epochs", "1", "--quiet"]
    for seed in ["1", "2"] {
      let trained = try train.run(options + ["--repeats", "2", "--seed", seed, "--output", seed], in: directory.path)
      #expect(trained.status == 0)
    }
    try isValid(try run("compare", "1", "2", "--json"), "compare")
    let folds = try train.run(["cross-validate", "--folds", "2", "--json"] + options, in: directory.path)
    try isValid(folds, "cross-validate")
    try isValid(try run("list", "--json"), "list")
  }

  @Test func aSearch() throws {
    try directory.write(
      "options: {epochs: 1, units: 4}\nparameters: {batch-size: [16, 32]}\nfolds: 2", to: "space.yaml")
    let searched = try isValid(
      try run(
        "tune", "space.yaml", "--data", "store.h5", "--budget", "2", "--repeats", "1", "--seed", "5", "--quiet",
        "--json",
        "--output", "search"), "tune")
    #expect(try isValid(try run("resume", "search", "--quiet", "--json"), "tune")["seed"] as? Int == 5)
    let command = try #require((searched["chosen"] as? [String: Any])?["command"] as? String)
    let again = try Executable(path: "/bin/bash").run(
      ["-c", "\"$0\" \(command.dropFirst("har-train ".count)) --output again --quiet --json", train.path],
      in: directory.path)
    func digest(_ summary: [String: Any]?) -> String? {
      let models = summary?["models"] as? [[String: Any]]
      return (models?[0]["repeats"] as? [[String: Any]])?[0]["weights_sha256"] as? String
    }
    let digests = (digest(try isValid(again, "run")), digest(searched["final"] as? [String: Any]))
    #expect(digests.0 != nil && digests.0 == digests.1)
  }

  /// Predictions need no labels, no people and no other split; evaluation and training do.
  @Test(arguments: [["y"], ["y", "subject"], ["subject"]])
  func storesWithoutLabels(_ missing: [String]) throws {
    let trained = try run(
      "--data", "store.h5", "--units", "4", "--epochs", "1", "--repeats", "1", "--output", "run", "--quiet")
    #expect(trained.status == 0)
    let made = try Outside.runPython(
      """
      import sys, h5py
      with h5py.File(sys.argv[1]) as old, h5py.File(sys.argv[2], "w") as new:
          new.attrs.update(old.attrs)
          old.copy("test", new)
          for name in sys.argv[3:]: del new["test"][name]
      """, [directory.path("store.h5"), directory.path("new.h5")] + missing)
    #expect(made.status == 0, "\(made.standardError)")
    func rows(_ store: String) throws -> [[String: Any]] {
      let result = try run("predict", "run/model-01.h5", "--data", store, "--json")
      return try #require(try isValid(result, "predict")["predictions"] as? [[String: Any]])
    }
    let (new, old) = (try rows("new.h5"), try rows("store.h5"))
    #expect(new.map { $0["probabilities"] as? [Double] } == old.map { $0["probabilities"] as? [Double] })
    #expect(new.allSatisfy { ($0["activity"] == nil) == missing.contains("y") })
    #expect(new.allSatisfy { ($0["person"] == nil) == missing.contains("subject") })
    let csv = try run("predict", "run/model-01.h5", "--data", "new.h5").standardOutput
    #expect(missing != ["y", "subject"] || csv.contains("\nmodel-01.h5,0,,,,"))
    for command in [["evaluate", "run/model-01.h5"], ["train"]] {
      let refused = try train.run(command + ["--data", "new.h5"], in: directory.path)
      #expect(refused.status == 65 && refused.errorLines.count == 1, "\(refused.standardError)")
    }
  }
}
