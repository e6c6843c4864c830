import Foundation
import Testing
import _TestSupport

/// What `har-train summary` prints of presets, runs and files.
@Suite("Summary")
struct SummaryTests {
  let train = Executable(product: "har-train")
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func summary(_ arguments: String...) throws -> ProcessResult {
    try train.run(["summary"] + arguments, in: directory.path)
  }

  /// The one network that JSON tells of, after it is held against the schema where there is a Python.
  private func network(_ arguments: String...) throws -> [String: Any] {
    let result = try train.run(["summary"] + arguments + ["--json"], in: directory.path)
    #expect(result.status == 0, "\(result.standardError)")
    if Outside.python != nil {
      let file = try directory.write(result.standardOutput, to: "output.json")
      let checked = try Outside.runPython(
        """
        import json, sys, jsonschema
        schema = json.load(open(sys.argv[1]))
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.Draft202012Validator(schema).validate(json.load(open(sys.argv[2])))
        """, ["\(JSONOutputTests.schemas)/summary.json", file])
      #expect(checked.status == 0, "\(checked.standardError)")
    }
    let json = try JSONSerialization.jsonObject(with: Data(result.standardOutput.utf8))
    let models = try #require((json as? [String: Any])?["models"] as? [[String: Any]])
    try #require(models.count == 1)
    return models[0]
  }

  /// A shape in JSON, which has null for the batch.
  private func shape(_ object: [String: Any], _ key: String) -> [Int?]? {
    (object[key] as? [Any])?.map { $0 as? Int }
  }

  /// Whether a table has lines of one width, and all keeps within 80 columns.
  private func isWellDrawn(_ text: String) -> Bool {
    let lines = text.split(separator: "\n")
    let table = lines.drop { !$0.hasPrefix("┏") }.prefix { !$0.hasPrefix(" ") }
    return table.count > 3 && Set(table.map(\.count)).count == 1 && lines.allSatisfy { $0.count <= 80 }
  }

  // MARK: Presets

  @Test(arguments: [
    ("lstm", "54,706 (213.70 KB)", "┃ Layer (type)      ┃ Output Shape ┃ Param # ┃   FLOPs ┃"),
    (
      "cnn-lstm", "423,650 (1.62 MB)",
      "│ time_distributed_4                  │ (None, 4, 896)    │       0 │        0 │"
    ),
    ("conv-lstm", "249,026 (972.76 KB)", "│ flatten (Flatten)        │ (None, 1920)      │       0 │        0 │"),
  ])
  func presets(_ preset: String, _ total: String, _ row: String) throws {
    let result = try summary("--model", preset)
    #expect(result.status == 0, "\(result.standardError)")
    let lines = result.standardOutput.split(separator: "\n").map(String.init)
    #expect(lines.first == "Model: \"\(preset)\"")
    #expect(lines.contains(" Total params: \(total)") && lines.contains(" Trainable params: \(total)"))
    #expect(lines.contains(" Non-trainable params: 0 (0.00 B)"))
    #expect(lines.contains(row))
    #expect(isWellDrawn(result.standardOutput), "\(result.standardOutput)")
    #expect(try network("--model", preset)["name"] as? String == preset)
  }

  /// The table of the tutorial's LSTM to the letter: 2 · 128 · (9 + 100) · 400 operations of the LSTM, 2 · 100 · 100 of a dense layer.
  @Test func wholeTable() throws {
    #expect(
      try summary("--model", "lstm").standardOutput == """
        Model: "lstm"
        ┏━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━┳━━━━━━━━━┳━━━━━━━━━┓
        ┃ Layer (type)      ┃ Output Shape ┃ Param # ┃   FLOPs ┃
        ┡━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━╇━━━━━━━━━╇━━━━━━━━━┩
        │ lstm (LSTM)       │ (None, 100)  │  44,000 │ 11.16 M │
        ├───────────────────┼──────────────┼─────────┼─────────┤
        │ dropout (Dropout) │ (None, 100)  │       0 │       0 │
        ├───────────────────┼──────────────┼─────────┼─────────┤
        │ dense (Dense)     │ (None, 100)  │  10,100 │ 20.00 K │
        ├───────────────────┼──────────────┼─────────┼─────────┤
        │ dense_1 (Dense)   │ (None, 6)    │     606 │  1.20 K │
        └───────────────────┴──────────────┴─────────┴─────────┘
         Total params: 54,706 (213.70 KB)
         Trainable params: 54,706 (213.70 KB)
         Non-trainable params: 0 (0.00 B)
         Input shape: (None, 128, 9)
         Precision: f32
         FLOPs per window, forward pass: 11,182,800 (11.18 M)
         FLOPs per window, training step: 32,546,800 (32.55 M)

        """)
  }

  @Test func sizesAndNestedLayers() throws {
    let layers = try #require(
      try network("--model", "lstm", "--units", "7", "--bidirectional", "--cell", "gru")["layers"] as? [[String: Any]])
    #expect(layers[0]["class_name"] as? String == "Bidirectional")
    #expect(layers[0]["parameters"] as? Int == 2 * 3 * (9 + 7 + 2) * 7)
    #expect(shape(layers[0], "output_shape") == [nil, 14])
    #expect(
      (layers[0]["inside"] as? [[String: Any]])?.map { $0["name"] as? String } == ["forward_gru", "backward_gru"])

    let plain = try summary("--model", "all")
    #expect(plain.standardOutput.split(separator: "\n").filter { $0.hasPrefix("Model: ") }.count == 3)
    #expect(!plain.standardOutput.contains("conv1d"))
    let expanded = try summary("--model", "all", "--expand-nested").standardOutput
    #expect(expanded.contains("│ └ max_pooling1d (MaxPooling1D)      │ (None, 14, 64)    │"))
    for text in (plain.standardOutput + expanded).components(separatedBy: "\n\n") { #expect(isWellDrawn(text)) }
  }

  @Test(.enabled(if: Outside.python != nil, Comment(rawValue: Outside.pythonHint)))
  func shapesOfAStore() throws {
    try directory.makeStore(size: 60)
    let made = try Outside.runPython(
      """
      import sys, h5py
      for name, splits, part in (("short", ("train", "test"), slice(64)), ("test-only", ("test",), slice(32)),
                                 ("wrong", ("train",), 0)):
          with h5py.File(sys.argv[1] + "/store.h5") as old, h5py.File(f"{sys.argv[1]}/{name}.h5", "w") as new:
              new.attrs.update(old.attrs)
              for split in splits: new[f"{split}/X"] = old[f"{split}/X"][:, part]
      """, [directory.path])
    #expect(made.status == 0, "\(made.standardError)")
    for (store, steps) in [("store", 128), ("short", 64), ("test-only", 32)] {
      let network = try network("--model", "lstm", "--data", "\(store).h5")
      #expect(shape(network, "input_shape") == [nil, steps, 9])
    }
    let wrong = try summary("--model", "lstm", "--data", "wrong.h5")
    #expect(wrong.status == 65 && wrong.errorLines.count == 1)
    #expect(wrong.standardError.contains("[windows, time steps, 9]"), "\(wrong.standardError)")
  }

  // MARK: Runs and files

  @Test func aRunAndItsModels() throws {
    try directory.makeStore(size: 60)
    let options = [
      "--data", "store.h5", "--units", "4", "--filters", "3", "--epochs", "1", "--repeats", "1", "--quiet",
    ]
    #expect(try train.run(options + ["--model", "all", "--output", "run"], in: directory.path).status == 0)
    let run = try summary("run")
    #expect(run.status == 0, "\(run.standardError)")
    #expect(
      run.standardOutput
        == (try summary("--model", "all", "--units", "4", "--filters", "3", "--data", "store.h5").standardOutput))
    for preset in ["lstm", "cnn-lstm", "conv-lstm"] {
      let file = try summary("run/\(preset)/model-01.h5").standardOutput
      #expect(file.hasPrefix("Model: \"model-01\"\n"))
      // But for the name, a file says what its run says.
      #expect(run.standardOutput.contains(file.dropFirst("Model: \"model-01\"\n".count).dropLast()))
    }
    #expect(try network("run/lstm/model-01.h5")["parameters"] as? Int == 4 * (9 + 4 + 1) * 4 + 5 * 100 + 606)

    // A run in which no model is left, with a layer that somebody named at length and strangely.
    for preset in ["lstm", "cnn-lstm", "conv-lstm"] { try directory.remove("run/\(preset)/model-01.h5") }
    let config = try String(contentsOfFile: directory.path("run/config.json"), encoding: .utf8)
    let name = String(repeating: "long ", count: 6) + String(repeating: "x", count: 40) + "\\u001B[2J"
    try directory.write(config.replacing("\"max_pooling1d\"", with: "\"\(name)\""), to: "run/config.json")
    let odd = try summary("run", "--expand-nested")
    #expect(odd.status == 0, "\(odd.standardError)")
    #expect(odd.standardOutput.contains("long long") && !odd.standardOutput.contains("\u{1B}"))
    for text in odd.standardOutput.components(separatedBy: "\n\n") { #expect(isWellDrawn(text), "\(text)") }
  }

  @Test(
    arguments: [
      ([], 64, "Missing expected argument '<MODEL.h5|RUN_DIR>' or '--model <MODEL>' (har-train summary --help)"),
      (["m.h5", "--model", "lstm"], 64, "--model: excludes a file or a run's folder (har-train summary --help)"),
      (
        ["m.h5", "--data", "s.h5"], 64,
        "--data: needs --model, as a file says what windows it takes (har-train summary --help)"
      ),
      (["run", "--units", "3"], 64, "--units: a network from a file has its own sizes (har-train summary --help)"),
      (["--model", "lstm", "--filters", "3"], 64, "--filters: lstm has no such option (har-train summary --help)"),
      (["--model", "lstm", "--units", "0"], 64, "--units: 0, expected 1 or more (har-train summary --help)"),
      (
        ["--model", "lstm", "--units", "65536"], 64, "lstm: the model takes more than 1073741824 numbers"
      ),
      (["nothing.h5"], 66, "nothing.h5: cannot be opened: No such file or directory"),
      (["--model", "lstm", "--data", "nothing.h5"], 66, "nothing.h5: cannot be opened: No such file or directory"),
      (["."], 66, "./config.json: is no run that could go on: there is no such file"),
    ] as [([String], Int32, String)])
  func wrongUsage(_ arguments: [String], _ status: Int32, _ answer: String) throws {
    let result = try train.run(["summary"] + arguments, in: directory.path)
    #expect(result.status == status)
    #expect(result.standardOutput == "")
    #expect(result.standardError == "har-train: \(answer)\n")
  }
}
