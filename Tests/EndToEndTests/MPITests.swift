import Foundation
import Testing
import _TestSupport

/// What `mpirun` starts, from the command that `make mpi` builds, against the command by itself.
@Suite(
  "har-train under MPI", .serialized, .timeLimit(.minutes(20)),
  .enabled(if: Outside.mpiTrain != nil, "\(Outside.mpiHint)"))
struct MPITests {
  private static let environment = [
    "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_rmaps_base_oversubscribe": "1",
  ]
  private let mpirun = Executable(path: "/usr/bin/env")
  private let alone = Executable(product: "har-train")
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    try directory.makeStore(size: 200)
  }

  private func arguments(_ ranks: Int, _ arguments: [String]) throws -> [String] {
    ["mpirun", "-n", "\(ranks)", try #require(Outside.mpiTrain).path] + arguments
  }

  private func run(_ ranks: Int, _ arguments: [String]) throws -> ProcessResult {
    try mpirun.run(try self.arguments(ranks, arguments), environment: Self.environment, in: directory.path)
  }

  private func runAlone(_ arguments: [String]) throws -> ProcessResult {
    let result = try alone.run(arguments, in: directory.path)
    #expect(result.status == 0, "\(result.standardError)")
    return result
  }

  private func expectSame(_ names: [String], _ first: String, _ second: String) {
    for name in names {
      let (a, b) = (directory.path("\(first)/\(name)"), directory.path("\(second)/\(name)"))
      #expect(FileManager.default.contentsEqual(atPath: a, andPath: b), "\(name)")
    }
  }

  private static let options = [
    "--data", "store.h5", "--model", "all", "--epochs", "2", "--units", "9", "--filters", "8", "--repeats", "2",
    "--validation-subjects", "3", "--scale", "standardize", "--quiet",
  ]
  private static let files = ["lstm", "cnn-lstm", "conv-lstm"].flatMap { network in
    ["model-01.h5", "model-02.h5", "confusion.csv"].map { "\(network)/\($0)" }
  }

  @Test(arguments: 1...4, ["repeats", "shards", "auto"])
  func sameBitsAsAlone(_ ranks: Int, _ distribution: String) throws {
    let expected = try runAlone(Self.options + ["--output", "alone"])
    let result = try run(
      ranks,
      Self.options + ["--output", "together", "--distribute", distribution, "--threads", "2"]
        + (ranks == 3 ? ["--share-store"] : []))
    #expect(result.status == 0 && result.standardError == "", "\(result.standardError)")
    #expect(result.standardOutput == expected.standardOutput)
    expectSame(Self.files, "alone", "together")
  }

  @Test func crossValidationsAndSearches() throws {
    let folds = ["cross-validate", "--folds", "4", "--epochs", "1", "--units", "6", "--data", "store.h5", "--quiet"]
    let expected = try runAlone(folds + ["--output", "alone"])
    #expect(try run(3, folds + ["--output", "together"]).standardOutput == expected.standardOutput)
    expectSame(["folds.csv", "people.csv", "confusion.csv"], "alone", "together")

    try directory.write("options: {epochs: 1}\nfolds: 3\nparameters: {units: [4, 6]}", to: "space.yaml")
    let search = ["tune", "space.yaml", "--budget", "2", "--repeats", "1", "--data", "store.h5", "--quiet"]
    let ranking = try runAlone(search + ["--output", "search-alone"])
    #expect(try run(2, search + ["--output", "search"]).standardOutput == ranking.standardOutput)
    expectSame(["final/model-01.h5"], "search-alone", "search")
  }

  /// What the launcher is told, or does where a process dies; each ends the job, and another number of processes goes on.
  @Test(arguments: ["repeats", "shards"], ["TERM", "INT", "dies"])
  func endsAndGoesOn(_ distribution: String, _ how: String) throws {
    let options = [
      "--data", "store.h5", "--epochs", "80", "--units", "30", "--batch-size", "8", "--repeats", "3", "--threads", "1",
    ]
    _ = try runAlone(options + ["--output", "alone", "--quiet"])
    let outputs = try TemporaryDirectory()
    let (process, _, errors) = try mpirun.start(
      try arguments(2, options + ["--output", "cut", "--distribute", distribution]), environment: Self.environment,
      in: directory.path, outputs: outputs)
    while process.isRunning, !exists("cut/checkpoints/repeat-01.h5") { usleep(5_000) }
    if how == "dies" {
      // The second process of this job, by what it was started with.
      let kill =
        "for p in $(pgrep -f -- \"--output cut\"); do tr '\\0' '\\n' </proc/$p/environ 2>/dev/null "
        + "| grep -q '^OMPI_COMM_WORLD_RANK=1$' && [ \"$(readlink /proc/$p/cwd)\" = \"$0\" ] && kill -KILL $p; done; true"
      _ = try Executable(path: "/bin/bash").run(["-c", kill, directory.path])
    } else {
      Foundation.kill(process.processIdentifier, how == "TERM" ? SIGTERM : SIGINT)
    }
    process.waitUntilExit()
    #expect(process.terminationStatus != 0 || process.terminationReason == .uncaughtSignal)
    let said = try String(contentsOfFile: errors, encoding: .utf8)
    #expect(said.contains("har-train resume cut"), "\(said)")
    if how == "dies" { #expect(said.contains("signal 9 (Killed)"), "\(said)") }
    #expect(!exists("cut/report.html"))
    let resumed = try run(3, ["resume", "cut", "--quiet"])
    #expect(resumed.status == 0, "\(resumed.standardError)")
    expectSame(["model-01.h5", "model-02.h5", "model-03.h5", "confusion.csv"], "alone", "cut")
  }

  private func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: directory.path(name)) }

  /// One process says what is wrong, not each.
  @Test(arguments: [
    (["--data", "nowhere.h5"], 66, "nowhere.h5"), (["--data", "store.h5", "--epochs", "x"], 64, "--epochs"),
    (["--data", "store.h5", "--distribute", "layers"], 64, "--distribute"),
  ])
  func errorsAreSaidOnce(_ arguments: [String], _ status: Int32, _ word: String) throws {
    let result = try run(3, arguments)
    #expect(result.status == status)
    let lines = result.errorLines.filter { $0.hasPrefix("har-train: ") }
    #expect(lines.count == 1 && lines[0].contains(word), "\(result.standardError)")
  }

  /// A build without MPI would train the same in each process, into one folder.
  @Test func buildsWithoutMPIRefuse() throws {
    let result = try mpirun.run(
      ["mpirun", "-n", "2", alone.path, "--data", "store.h5", "--epochs", "1"], environment: Self.environment,
      in: directory.path)
    #expect(result.status == 64 && result.standardError.contains("make mpi"), "\(result.standardError)")
    #expect(!exists("runs"))
  }

  /// As the README tells a user to type it, but for fewer epochs.
  @Test func commandOfTheREADME() throws {
    let text = try String(contentsOf: ReadmeTests.root.appendingPathComponent("README.md"), encoding: .utf8)
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("    mpirun ") })
    let folder = URL(fileURLWithPath: directory.path(".build-mpi/release"))
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: folder.appendingPathComponent("har-train").path,
      withDestinationPath: try #require(Outside.mpiTrain).path)
    try FileManager.default.createSymbolicLink(
      atPath: directory.path("har.h5"), withDestinationPath: directory.path("store.h5"))
    let result = try Executable(path: "/bin/bash").run(
      ["-c", "\(line) --epochs 1 --repeats 2"], environment: Self.environment, in: directory.path)
    #expect(result.status == 0 && result.standardOutput.contains("Accuracy: "), "\(result.standardError)")
    #expect(result.standardError.contains("4 processes, 8 threads each"), "\(result.standardError)")
  }

  @Test func withoutALauncherItIsTheSameCommand() throws {
    let options = ["--data", "store.h5", "--epochs", "1", "--units", "5", "--repeats", "1", "--quiet", "--output"]
    let expected = try runAlone(options + ["alone"])
    let result = try #require(Outside.mpiTrain).run(options + ["by-itself"], in: directory.path)
    #expect(result.status == 0 && result.standardOutput == expected.standardOutput)
    expectSame(["model-01.h5"], "alone", "by-itself")
  }

  private static let namespaces = Executable(
    path: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../data-tools/mpi/namespaces.sh").standardized.path)

  /// Two network namespaces, which a virtual cable connects, are two machines as far as TCP can tell.
  @Test(
    .enabled(if: (try? namespaces.run(["true"]))?.status == 0, "this system allows no network namespaces"),
    arguments: ["repeats", "shards"])
  func twoMachines(_ distribution: String) throws {
    let options = ["--data", "store.h5", "--epochs", "2", "--units", "9", "--repeats", "4", "--quiet", "--output"]
    _ = try runAlone(options + ["alone"])
    let result = try Self.namespaces.run(
      [try #require(Outside.mpiTrain).path] + options + ["together", "--distribute", distribution, "--share-store"],
      in: directory.path)
    #expect(result.status == 0, "\(result.standardError)")
    expectSame((1...4).map { "model-0\($0).h5" }, "alone", "together")
  }

  /// Where hardly a byte is sent before the other receives, two who only sent would wait for each other.
  @Test(arguments: ["repeats", "shards"])
  func withoutEagerMessages(_ distribution: String) throws {
    let options = [
      "--data", "store.h5", "--model", "all", "--epochs", "2", "--units", "9", "--filters", "8", "--repeats", "6",
      "--quiet", "--threads", "3", "--concurrent-models", "3", "--output",
    ]
    let expected = try runAlone(options + ["alone"])
    let result = try mpirun.run(
      [
        "mpirun", "-n", "2", "--mca", "btl_vader_eager_limit", "256", "--mca", "btl_vader_single_copy_mechanism",
        "none",
      ]
        + [try #require(Outside.mpiTrain).path] + options + ["together", "--distribute", distribution],
      environment: Self.environment, in: directory.path)
    #expect(result.status == 0 && result.standardOutput == expected.standardOutput, "\(result.standardError)")
    expectSame(["lstm/model-06.h5", "conv-lstm/model-03.h5"], "alone", "together")
  }

  /// A damaged store from elsewhere is read in a copy of the process first, under a launcher too: a byte of the strings' heap hangs or
  /// crashes libhdf5.
  @Test(.enabled(if: Outside.python != nil, "\(Outside.pythonHint)"))
  func damagedStoresEndInOneLine() throws {
    let script = """
      import h5py, sys
      with h5py.File(sys.argv[1]) as a, h5py.File(sys.argv[2], "w") as b:
        for name in a: a.copy(name, b)
        for name, value in a.attrs.items(): b.attrs[name] = value
      data = bytearray(open(sys.argv[2], "rb").read())
      heap = data.find(b"GCOL")
      data[heap + 8:heap + 16] = (64).to_bytes(8, "little")
      data[heap + 24:heap + 32] = (1 << 40).to_bytes(8, "little")
      open(sys.argv[2], "wb").write(data)
      """
    let (store, damaged) = (directory.path("store.h5"), directory.path("damaged.h5"))
    #expect(try Outside.runPython(script, [store, damaged]).status == 0)
    let alone = try alone.run(["--data", "damaged.h5", "--epochs", "1"], in: directory.path)
    #expect(alone.status == 65 && alone.errorLines.count == 1, "\(alone.standardError)")
    let result = try run(2, ["--data", "damaged.h5", "--epochs", "1"])
    #expect(result.status == 65 && result.errorLines.filter { $0.hasPrefix("har-train: ") } == alone.errorLines)
  }
}
