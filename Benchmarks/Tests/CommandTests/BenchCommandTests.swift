import Foundation
#if canImport(FoundationXML)
  import FoundationXML
#endif
import Testing
import _TestSupport

/// The built command, as people start it.
@Suite(.serialized, .timeLimit(.minutes(10))) struct BenchCommandTests {
  private let bench = Executable(product: "har-bench")
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    var store = HandMadeStore()
    store.timeSteps = 128
    store.signals = (0..<9).map { "signal \($0)" }
    store.activities = (0..<6).map { "activity \($0)" }
    for path in [\HandMadeStore.train, \.test] {
      store[keyPath: path].windows = store[keyPath: path].labels.map { _ in store.window() }
    }
    try store.write(directory.path("store.h5"))
  }

  private func run(_ arguments: String, status: Int32 = 0) throws -> ProcessResult {
    let result = try bench.run(
      arguments.split(separator: " ").map(String.init),
      environment: ["OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"], in: directory.path)
    #expect(result.status == status, "\(result.standardError)")
    return result
  }

  /// The rows of a table, each by the names of its columns.
  private func rows(_ name: String) throws -> [[String: String]] {
    let text = try String(contentsOfFile: directory.path(name), encoding: .utf8)
    let cells = text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let names = try #require(cells.first)
    return cells.dropFirst().map { row in
      #expect(row.count == names.count)
      return Dictionary(uniqueKeysWithValues: zip(names, row))
    }
  }

  private func number(_ row: [String: String], _ column: String) throws -> Double {
    try #require(row[column].flatMap(Double.init), "\(column)")
  }

  private func expectPicture(_ name: String) throws {
    let parser = XMLParser(data: try Data(contentsOf: URL(fileURLWithPath: directory.path(name))))
    #expect(parser.parse())
  }

  private static let hasCores = ProcessInfo.processInfo.activeProcessorCount > 1
  private static let coresHint = "the model is held against several cores"

  private static let simulation =
    "simulate --data store.h5 --model cnn-lstm --batch-size 8,24 --cores 1,2,64 --windows-per-core 4 --units-per-shard 2,4 "
    + "--repetitions 1 --csv figures.csv"

  @Test(.enabled(if: hasCores, "\(coresHint)"))
  func simulationHoldsEveryPlaceThatIsAskedFor() throws {
    // What a busy machine measures says little; here it is only about what is predicted.
    let output = try run(Self.simulation + " --tolerance 1000000 --plot figures.svg").standardOutput
    let all = try rows("figures.csv")
    func places(_ kind: String) -> [[String]] {
      all.filter { $0["kind"] == kind }.map { row in
        ["batch_size", "processes", "threads", "units_per_shard"].map { row[$0] ?? "" }
      }
    }
    #expect(
      places("strong")
        == ["8", "24"].flatMap { batch in ["1", "2", "64"].map { [batch, "1", $0, "1"] } })
    #expect(places("weak") == [["4", "1", "1", "1"], ["8", "1", "2", "1"], ["256", "1", "64", "1"]])
    #expect(
      places("divided")
        == ["8", "24"].flatMap { batch in
          ["2", "4"].flatMap { units in ["1", "2", "64"].map { [batch, "1", $0, units] } }
        })
    #expect(Set(places("check").map { $0[0] }).isSuperset(of: ["8", "24"]))
    for row in all {
      let predicted = try number(row, "predicted_seconds")
      #expect(predicted > 0)
      guard row["kind"] != "check" else {
        #expect(try number(row, "measured_seconds") > 0)
        continue
      }
      let parts = try ["work", "idle", "loops", "communication"].map { try number(row, "\($0)_seconds") }
      #expect(parts.allSatisfy { $0 >= 0 } && abs(parts.reduce(0, +) / predicted - 1) < 1e-6)
    }
    // Six shards of 24 windows keep one core at work, and leave most of 64 without any.
    func part(_ name: String, threads: String) throws -> Double {
      let row = try #require(
        all.first {
          [$0["kind"], $0["batch_size"], $0["threads"], $0["units_per_shard"]] == ["strong", "24", threads, "1"]
        })
      return try number(row, "\(name)_seconds") / number(row, "predicted_seconds")
    }
    #expect(try part("idle", threads: "1") < 1e-6)
    #expect(try part("work", threads: "64") < 0.25)
    #expect(output.contains("A unit of 2 to a shard, batches of 8:"))
    #expect(output.contains("A unit of 4 to a shard, batches of 24:"))
    #expect(output.contains("Units in 2 threads, batches of 24, against one alone: passes"))
    try expectPicture("figures.svg")
  }

  @Test(.enabled(if: hasCores, "\(coresHint)"))
  func whatIsOffIsRefused() throws {
    let result = try run(Self.simulation + " --tolerance 0", status: 1)
    #expect(result.standardOutput.contains("Minibatches of 8 in one process aren't predicted: the model is "))
    #expect(Set(try rows("figures.csv").map { $0["kind"] }) == ["check"])
  }

  private static let knowsProcesses = ProcessInfo.processInfo.environment["HAR_BENCH_MPI"] == "1"
  private static let processesHint =
    "needs a build with --traits MPI, said by HAR_BENCH_MPI=1: make test-bench with Open MPI"

  @Test(.enabled(if: hasCores && knowsProcesses, "\(processesHint)"))
  func processesArePredictedAfterTwoThatWereMeasured() throws {
    let output = try run(
      "simulate --data store.h5 --model cnn-lstm --batch-size 24 --cores 1 --ranks 1,2,3,8 --cores-per-rank 4 "
        + "--windows-per-core 0 --repetitions 1 --tolerance 1000000 --csv figures.csv"
    ).standardOutput
    let all = try rows("figures.csv")
    #expect(
      all.filter { $0["kind"] == "strong" }.map { [$0["processes"], $0["threads"]] }
        == [["1", "1"], ["2", "4"], ["3", "4"], ["8", "4"]])
    let check = try #require(all.first { $0["kind"] == "check" && $0["processes"] == "2" })
    #expect(try number(check, "measured_seconds") > 0 && number(check, "predicted_seconds") > 0)
    // Messages of 30 µs and more, one after the other.
    for row in all where row["kind"] == "strong" {
      let communication = try number(row, "communication_seconds")
      #expect(row["processes"] == "1" ? communication == 0 : communication > 60e-6)
    }
    #expect(output.contains("A message between two processes here: "))
    #expect(output.contains("Units in process 2 of 2, halves of 24, against one alone: passes"))
  }

  @Test(.enabled(if: knowsProcesses, "\(processesHint)"))
  func processesAreMeasured() throws {
    _ = try run(
      "scaling --data store.h5 --model cnn-lstm --threads 1 --ranks 1,2 --windows 64 --batch-size 16 --repetitions 1 "
        + "--csv figures.csv")
    let all = try rows("figures.csv")
    #expect(all.map { $0["processes"] } == ["1", "2"])
    #expect(try number(all[0], "communication_seconds") == 0)
    #expect(try number(all[1], "communication_seconds") > 0)
  }

  @Test(.enabled(if: !knowsProcesses, "this build knows processes"), arguments: ["simulate", "scaling"])
  func processesNeedAnotherBuild(_ command: String) throws {
    let result = try run("\(command) --data store.h5 --ranks 1,2", status: 64)
    #expect(result.standardError.contains("--ranks 1,2: several processes need a build with MPI (make bench-mpi)."))
  }

  @Test func scalingMeasuresEachWay() throws {
    _ = try run(
      "scaling --data store.h5 --model cnn-lstm --threads 1,2 --strategy both --windows 64 --batch-size 16 --repetitions 2 "
        + "--csv figures.csv --plot figures.svg")
    let all = try rows("figures.csv")
    #expect(all.map { $0["strategy"] } == ["shards", "shards", "models", "models"])
    #expect(all.map { $0["threads"] } == ["1", "2", "1", "2"])
    for row in all {
      let rate = try number(row, "samples_per_second")
      let (least, most) = (try number(row, "least"), try number(row, "most"))
      #expect(least > 0 && least <= rate && rate <= most)
      // What a step is made of, of one model on all threads.
      let phases = row.filter { $0.key.hasSuffix("_seconds") }.compactMap { Double($0.value) }
      #expect(row["strategy"] == "shards" ? phases.count == 7 && phases.reduce(0, +) > 0 : phases.isEmpty)
    }
    try expectPicture("figures.svg")
  }

  @Test func predictionsAreTimed() throws {
    _ = try run("predict --data store.h5 --model cnn-lstm --threads 1,2 --repetitions 1 --csv figures.csv")
    #expect(try rows("figures.csv").map { $0["threads"] } == ["1", "2"])
  }

  @Test func epochsAreTimed() throws {
    let output = try run("epoch --data store.h5 --model cnn-lstm --epochs 1").standardOutput
    #expect(output.split(separator: "\n").count == 1 && output.hasPrefix("CNN-LSTM, "))
  }

  @Test(arguments: [
    ("simulate --batch-size 9000", "--batch-size must hold numbers from 1 to 4096, found 9000"),
    ("simulate --cores 1,x", "1,x"),
    ("simulate --tolerance=-1", "--tolerance must be from 0"),
    ("simulate --bandwidth 0", "--bandwidth must be from 0.000001"),
    ("scaling --windows 3", "--windows must be from 64"),
    ("scaling --strategy models --ranks 1,2", knowsProcesses ? "--ranks needs --strategy shards" : "make bench-mpi"),
    ("scaling --threads 5000", "--threads must hold numbers from 1 to 1024, found 5000"),
    ("scaling --launcher=", "Missing value for '--launcher"),
  ])
  func mistakesAreSaid(_ arguments: String, _ expected: String) throws {
    let result = try run(arguments + " --data store.h5", status: 64)
    #expect(result.standardError.contains(expected), "\(result.standardError)")
    #expect(result.standardOutput.isEmpty)
  }

  @Test func aStoreThatIsNotThereIsSaid() throws {
    let result = try run("simulate --data nowhere.h5", status: 1)
    #expect(result.standardError.contains("nowhere.h5"))
  }
}
