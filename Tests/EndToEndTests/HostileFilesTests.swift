import Foundation
import HDF5
import Testing
import _TestSupport

/// Stores and models that came to harm, and some that others made to do harm: an answer or an error, and nothing else.
@Suite("Hostile files", .enabled(if: Outside.python != nil, "\(Outside.pythonHint)"))
struct HostileFilesTests {
  let directory: TemporaryDirectory
  let train = Executable(product: "har-train")

  /// Stores by h5py, whose strings have any length and whose headers have no checksums, and a model of ours for them.
  init() throws {
    directory = try TemporaryDirectory()
    try python(
      """
      for name, activities, options in [("store", ["walking", "lying"], {}), ("quotes", ["on, or off", 'so "called"'], {}),
                                        ("bomb", ["walking", "lying"], dict(compression="gzip"))]:
          f = h5py.File(f"{folder}/{name}.h5", "w")
          f.attrs.update(schema_version=1, title="T", source="S", sampling_rate_hz=50.0, synthetic=0,
                         signal_names=["a", "b", "c"], activity_names=activities)
          for split, count in [("train", 6), ("test", 4)]:
              X = np.random.default_rng(1).standard_normal((count, 8, 3)).astype("f4")
              if name == "bomb" and split == "test": count = 1 << 22; X = np.zeros((count, 8, 3), "f4")
              f.create_dataset(f"{split}/X", data=X, **options)
              f.create_dataset(f"{split}/y", data=np.arange(count, dtype="u1") % 2, **options)
              f[f"{split}/subject"] = np.full(count, 1 if split == "train" else 2, "u1")
          f.close()
      """)
    let result = try run(
      "--data", "store.h5", "--repeats", "1", "--epochs", "1", "--units", "3", "--scale", "standardize",
      "--output", "run", "--quiet")
    try #require(result.status == 0, "\(result.standardError)")
  }

  private func run(_ arguments: String...) throws -> ProcessResult { try train.run(arguments, in: directory.path) }

  private func python(_ lines: String) throws {
    let result = try Outside.runPython(
      "import sys, shutil, h5py, numpy as np\nfolder = sys.argv[1]\n\(lines)", [directory.path])
    try #require(result.status == 0, "\(result.standardError)")
  }

  private func evaluate(_ model: String = "run/model-01.h5", _ store: String = "store.h5") throws -> ProcessResult {
    try run("evaluate", "--model-file", model, "--data", store, "--threads", "1")
  }

  private func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: directory.path(name))) }

  private func expectRefusal(_ result: ProcessResult, _ word: String = "") {
    #expect(result.status == 65, "\(result.standardError)")
    #expect(result.standardOutput == "")
    #expect(result.errorLines.count == 1 && result.standardError.contains(word), "\(result.standardError)")
  }

  /// What a terminal would act on reaches it neither in a name nor in an error.
  @Test func controlCharacters() throws {
    for (name, value) in [
      ("activity_names", #"["walking", "\x1b[31mlying"]"#), ("signal_names", #"["a", "b\nB", "c"]"#),
    ] {
      try python(
        """
        shutil.copy(f"{folder}/store.h5", f"{folder}/names.h5")
        h5py.File(f"{folder}/names.h5", "a").attrs["\(name)"] = \(value)
        """)
      let result = try evaluate("run/model-01.h5", "names.h5")
      expectRefusal(result, "unprintable characters")
      #expect(!result.standardError.contains("\u{1B}"))
    }
    try directory.write(#"parameters: {units: [3]}"# + "\n" + #"options: {model: "\e[31mX\nY"}"#, to: "space.yaml")
    let result = try run("tune", "space.yaml", "--data", "store.h5")
    expectRefusal(result, #"\u{1B}[31mX\nY"#)
    #expect(!result.standardError.contains("\u{1B}"))
  }

  /// Nobody gave the option that the folder's file names.
  @Test func validationPeopleThatAreNotThere() throws {
    let path = directory.path("run/config.json")
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let range = try #require(text.firstRange(of: /"validation_subjects" : \[\s*\]/))
    try directory.write(
      text.replacingCharacters(in: range, with: "\"validation_subjects\" : [7]"), to: "run/config.json")
    try directory.remove("run/checkpoints")
    try directory.remove("run/model-01.h5")
    expectRefusal(try run("resume", "run", "--quiet"), "run/config.json: is not as har-train writes it")
  }

  /// libhdf5 trusts the heap of strings: its objects' sizes and the numbers by which they are called make it crash or loop.
  @Test func damagedHeaps() throws {
    let whole = try bytes("store.h5")
    let heap = try #require(whole.range(of: Data("GCOL".utf8))).lowerBound
    for position in [8, 9, 12, 15, 16, 18, 24, 25, 28, 31, 40, 48, 49, 72] {
      for change: UInt8 in [0x01, 0x18, 0x80, 0xFF] {
        var damaged = whole
        damaged[heap + position] ^= change
        try directory.write(damaged, to: "damaged.h5")
        let result = try evaluate("run/model-01.h5", "damaged.h5")
        #expect([0, 65].contains(result.status), "heap byte \(position) xor \(change): \(result.standardError)")
        #expect(result.status == 0 || result.errorLines.count == 1)
      }
    }
  }

  /// Of what we wrote, no byte can change without being noticed; what h5py changed is as a file of others.
  @Test func ourFilesAreSealed() throws {
    let expected = try evaluate().standardOutput
    let whole = try bytes("run/model-01.h5")
    for position in stride(from: 3, to: whole.count, by: 499) {
      var damaged = whole
      damaged[position] ^= 0x10
      try directory.write(damaged, to: "damaged.h5")
      let result = try evaluate("damaged.h5")
      if (whole.count - 48..<whole.count - 32).contains(position) {
        #expect(result.standardOutput == expected)
      } else {
        expectRefusal(result, "checksum")
      }
    }
    try python("h5py.File(folder + '/run/model-01.h5', 'r+').attrs['note'] = 'mine'")
    #expect(try evaluate().standardOutput == expected)
  }

  @Test func fewBytesThatStandForMuch() throws {
    let size = try bytes("bomb.h5").count
    let result = try Executable(path: "/bin/bash").run(
      [
        "-c", "ulimit -v 2000000; exec \"$@\"", "bash", train.path, "evaluate", "--model-file", "run/model-01.h5",
        "--data", "bomb.h5",
      ], in: directory.path)
    expectRefusal(result, "/test/X: claims the shape [4194304, 8, 3]")
    #expect(size < 10 << 20)
  }

  @Test func scalingThatCannotBeReadIsNotIgnored() throws {
    for (name, value) in [("number", "5"), ("list", "['a', 'b']"), ("text", "'{}'"), ("tiny", "tiny")] {
      try python(
        """
        path = f"{folder}/\(name).h5"
        shutil.copy(folder + "/run/model-01.h5", path)
        with h5py.File(path, "r+") as f:
            tiny = f.attrs["har_scaling"].replace('"scales":[', '"scales":[1e-300,1e-300,1e-300],"old":[')
            f.attrs["har_scaling"] = \(value)
        """)
      expectRefusal(try evaluate("\(name).h5"), name == "tiny" ? "no numbers" : "har_scaling")
    }
  }

  @Test func weightsTooLargeAreAnError() throws {
    try python(
      """
      shutil.copy(folder + "/run/model-01.h5", folder + "/large.h5")
      with h5py.File(folder + "/large.h5", "r+") as f:
          def enlarge(name, item):
              if isinstance(item, h5py.Dataset): item[...] = 3e38 * np.sign(item[...] + 1e-9)
          f["model_weights"].visititems(enlarge)
      """)
    expectRefusal(try evaluate("large.h5"), "no numbers")
    expectRefusal(
      try run("predict", "--model-file", "large.h5", "--data", "store.h5", "--output", "p.csv"), "no numbers")
    #expect(!FileManager.default.fileExists(atPath: directory.path("p.csv")))
  }

  @Test func namesWithCommasAreQuoted() throws {
    let result = try run("predict", "--model-file", "run/model-01.h5", "--data", "quotes.h5", "--output", "p.csv")
    #expect(result.status == 0, "\(result.standardError)")
    let read = try Outside.runPython(
      """
      import csv, sys
      rows = list(csv.reader(open(sys.argv[1])))
      names = ["on, or off", 'so "called"']
      columns = ["model", "window", "person", "activity", "label", "predicted_activity", "predicted"]
      assert rows[0] == columns + names, rows[0]
      assert len(rows) == 5 and all(len(row) == 9 and row[5] == names[int(row[6])] for row in rows[1:]), rows
      """, [directory.path("p.csv")])
    #expect(read.status == 0, "\(read.standardError)")
  }

  @Test func emptyPathsAreShown() throws {
    let result = try evaluate("run/model-01.h5", "")
    #expect(result.status == 66)
    #expect(result.standardError.hasPrefix("har-train: \"\": cannot be opened"))
  }
}
