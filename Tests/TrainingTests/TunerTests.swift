import Foundation
import Kernels
import NeuralNetworks
import Testing
import Training
import Windows
import _TestSupport

/// A search over small networks: who is held out, who goes on, and that neither threads nor interruptions matter.
@Suite struct TunerTests {
  private let directory: TemporaryDirectory
  private let kernels: KernelSet
  private let windows = toyWindows(count: 150)

  init() throws {
    directory = try TemporaryDirectory()
    kernels = try KernelSet(KernelSet.bestName)
    try directory.write("not looked into", to: "store.h5")
  }

  /// Six learning rates, one of them hopeless and one that diverges, on two rungs of 1 and 3 epochs.
  private func configuration() throws -> TuningConfiguration {
    let rates: [Float] = [0.01, 0.003, 1e-6, 1e38, 0.02, 0.001]
    let trials = try rates.enumerated().map { index, rate in
      var training = TrainingSettings(epochs: 3, seed: 2)
      training.batchSize = 20
      training.learningRate = rate
      var settings = ExperimentSettings(
        models: [.init(name: "conv-lstm", network: try toyNetwork(.convLSTM), training: training)], repeats: 1)
      settings.scaling = .standardize
      return TuningConfiguration.Trial(
        number: index + 1, values: ["\(rate)"], arguments: ["--learning-rate", "\(rate)"], settings: settings,
        rungEpochs: [1, 3])
    }
    let run = try RunConfiguration(
      settings: trials[0].settings, storePath: directory.path("store.h5"), activityNames: ["a", "b", "c", "d"],
      isSynthetic: true, kernels: kernels, versions: [:])
    return TuningConfiguration(
      parameterNames: ["learning-rate"], trials: trials,
      folds: SubjectFolds.make(subjects: [1, 2, 3, 4, 5], count: 3, seed: 2), reduction: 3, repeats: 2, run: run)
  }

  private func search(
    _ name: String, resumes: Bool = false, threads: Int = 2, concurrentModels: Int = 2, stopAfter: Int? = nil
  ) throws -> (ranking: TuningRanking?, steps: Int) {
    let folder =
      resumes
      ? try TuningFolder.open(directory.path(name), warn: { _ in })
      : try TuningFolder.create(directory.path(name), configuration: try configuration(), warn: { _ in })
    defer { folder.close() }
    let stop = StopRequest(afterSteps: stopAfter ?? .max)
    let context = RunContext(
      kernels: kernels, stop: stop, events: EventStream(stop: stop), threads: threads,
      concurrentModels: concurrentModels)
    return (try Tuner.run(windows, in: folder, context), stop.stepCount)
  }

  private func table(_ name: String) throws -> [[Substring]] {
    try String(contentsOfFile: directory.path(name), encoding: .utf8).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
  }

  @Test func theBestGoOnAndTheRestEnd() throws {
    let (ranking, _) = try search("a")
    let entries = try #require(ranking?.entries)
    #expect(entries.map(\.trial).sorted() == [0, 1, 2, 3, 4, 5])
    #expect(entries.prefix(2).allSatisfy { $0.rung == 1 && $0.epochs == 3 })
    #expect(entries.dropFirst(2).allSatisfy { $0.rung == 0 && $0.epochs == 1 })
    // What learns wins over what can't, and what diverged comes last.
    #expect(entries[0].mean! > 40)
    #expect(entries.last?.trial == 3 && entries.last?.mean == nil)
    #expect(!entries.prefix(2).contains { $0.trial == 2 })
    let trials = try table("a/trials.csv")
    #expect(trials.count == 1 + 6 * 3 + 2 * 3)
    #expect(trials[0].joined(separator: ",") == "trial,fold,held_out,rung,epochs,accuracy,loss,seconds,learning-rate")
    // The mean of the folds is what the ranking says.
    let rows = trials.dropFirst().filter { $0[0] == "\(entries[0].trial + 1)" && $0[3] == "2" }
    let mean = rows.compactMap { Double($0[5]) }.reduce(0, +) / 3
    #expect(abs(mean - entries[0].mean!) < 1e-9)
    #expect(try table("a/ranking.csv").dropFirst().map { String($0[1]) } == entries.map { "\($0.trial + 1)" })
    // No checkpoint is left of what won't go on.
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path("a/checkpoints")) == [])
  }

  @Test func neitherThreadsNorInterruptionsMatter() throws {
    let whole = try search("whole", threads: 1, concurrentModels: 1)
    #expect(try search("wide", threads: 5, concurrentModels: 4).ranking == whole.ranking)
    var (ranking, steps) = try search("cut", stopAfter: 10)
    var rounds = 0
    while ranking == nil {
      rounds += 1
      let next = try search("cut", resumes: true, threads: rounds % 3 + 1, stopAfter: 23)
      (ranking, steps) = (next.ranking, steps + next.steps)
    }
    #expect(rounds > 2)
    #expect(ranking == whole.ranking)
    // Not a step is done twice, and the second rung goes on from the first.
    #expect(steps == whole.steps)
    func scores(_ name: String) throws -> [[String]] {
      try table("\(name)/trials.csv").map { $0.prefix(7).map(String.init) }
    }
    #expect(try scores("cut") == scores("whole"))
  }

  @Test func finishedSearchIsRankedAsBefore() throws {
    let whole = try search("whole")
    let again = try search("whole", resumes: true)
    #expect(again.ranking == whole.ranking)
    #expect(again.steps == 0)
  }

  @Test func lostTablesAreMadeAgain() throws {
    _ = try search("search")
    let tables = ["trials.csv", "ranking.csv"]
    let before = try tables.map { try String(contentsOfFile: directory.path("search/\($0)"), encoding: .utf8) }
    for table in tables { try directory.remove("search/\(table)") }
    _ = try search("search", resumes: true)
    #expect(try tables.map { try String(contentsOfFile: directory.path("search/\($0)"), encoding: .utf8) } == before)
  }

  /// Stores number people from 0 or from 1.
  @Test func personZeroCanBeHeldOut() throws {
    var configuration = try configuration()
    configuration.folds = [[0, 3], [1], [2]]
    try configuration.write(directory.path("tune.json"))
    #expect(try TuningConfiguration.read(directory.path("tune.json")) == configuration)
  }

  @Test func lostCheckpointsCostTimeAlone() throws {
    let whole = try search("whole")
    _ = try search("cut", stopAfter: whole.steps - 3)
    let folder = directory.path("cut/checkpoints")
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    }
    #expect(try search("cut", resumes: true).ranking == whole.ranking)
  }

  @Test(arguments: [
    ("\"reduction\" : 3", "\"reduction\" : 1"), ("\"rung_epochs\" : [\n", "\"rung_epochs\" : [\n 5,"),
    ("\"format\" : 3", "\"format\" : 9"), ("\"filters\" : 8", "\"filters\" : 0"),
    ("\"folds\" : [", "\"folds\" : [ [],"),
    ("\"batch_size\" : 20", "\"batch_size\" : 1e9"),
  ])
  func wrongConfigurations(_ good: String, _ bad: String) throws {
    _ = try search("a", stopAfter: 1)
    let path = directory.path("a/tune.json")
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try directory.write(text.replacing(good, with: bad), to: "a/tune.json")
    #expect(text.contains(good))
    let error = #expect(throws: RunFolderError.self) { try search("a", resumes: true) }
    #expect(error?.exitStatus == .data)
  }

  @Test func equalTrialsKeepTheirOrderAndDivergedOnesComeLast() throws {
    let scores: [[Double?]] = [
      [50, 60, 70], [60, 60, 60], [90, nil, 90], [70, 70, 70], [10, 10, 10], [60, 60, 60],
    ]
    var results: [TuningJob: TuningResult] = [:]
    for (trial, folds) in scores.enumerated() {
      for (fold, score) in folds.enumerated() {
        let score = score.map { "\"score\": \($0), " } ?? ""
        let text = #"{"job": {"trial": \#(trial), "fold": \#(fold), "rung": 0}, \#(score)"seconds": 1}"#
        let result = try RunJSON.decode(TuningResult.self, Data(text.utf8))
        results[result.job] = result
      }
    }
    let ranking = TuningRanking(try configuration(), results)
    #expect(ranking.entries.map(\.trial) == [3, 0, 1, 5, 4, 2])
    #expect(ranking.entries.map(\.mean) == [70, 60, 60, 60, 10, nil])
  }
}

/// Groups of people.
@Suite struct SubjectFoldsTests {
  @Test func everybodyIsHeldOutOnce() {
    let people = [1, 3, 5, 6, 7, 8, 11, 14, 15, 16, 17, 19, 21, 22, 23, 25, 26, 27, 28, 29, 30]
    for count in [2, 3, 5, 21] {
      let folds = SubjectFolds.make(subjects: people + people, count: count, seed: 1)
      #expect(folds.count == count)
      #expect(folds.joined().sorted() == people)
      #expect((folds.map(\.count).max() ?? 0) - (folds.map(\.count).min() ?? 0) <= 1)
    }
    #expect(
      SubjectFolds.make(subjects: people, count: 5, seed: 1)
        == SubjectFolds.make(subjects: people.reversed(), count: 5, seed: 1))
    #expect(
      SubjectFolds.make(subjects: people, count: 5, seed: 1) != SubjectFolds.make(subjects: people, count: 5, seed: 2))
  }
}
