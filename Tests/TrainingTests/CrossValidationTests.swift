import Foundation
import Kernels
import NeuralNetworks
import Testing
import Training
import Windows
import _TestSupport

/// Who learns, who is judged, and what the folds come to together.
@Suite struct CrossValidationTests {
  private let directory: TemporaryDirectory
  private let kernels: KernelSet
  private let store: WindowStore
  private static let folds = [[1, 4], [2], [3, 5]]

  /// 30 windows of each of five people, the last two of them in the test split.
  init() throws {
    directory = try TemporaryDirectory()
    kernels = try KernelSet(KernelSet.bestName)
    let path = directory.path("store.h5")
    try writeToyStore(path)
    store = try WindowStore.read(path: path)
  }

  private func configuration(
    folds: [[Int]] = Self.folds, takesAllPeople: Bool = true, repeats: Int = 2
  ) throws -> CrossValidationConfiguration {
    var training = TrainingSettings(epochs: 2, seed: 6)
    training.batchSize = 20
    var settings = ExperimentSettings(
      models: [.init(name: "conv-lstm", network: try toyNetwork(.convLSTM), training: training)], repeats: repeats)
    settings.scaling = .standardize
    return CrossValidationConfiguration(
      folds: folds, takesAllPeople: takesAllPeople,
      run: try RunConfiguration(
        settings: settings, storePath: directory.path("store.h5"), activityNames: store.activityNames,
        isSynthetic: true, kernels: kernels, versions: [:]))
  }

  /// Trains every fold. Returns the closed folder.
  private func trained(_ configuration: CrossValidationConfiguration) throws -> CrossValidationFolder {
    let folder = try CrossValidationFolder.create(directory.path("cv"), configuration: configuration, warn: { _ in })
    defer { folder.close() }
    let stop = StopRequest()
    let context = RunContext(
      kernels: kernels, stop: stop, events: EventStream(stop: stop), threads: 2, concurrentModels: 2)
    #expect(try CrossValidation.run(store, in: folder, context)?.count == configuration.trainings.count)
    return folder
  }

  private func results() throws -> CrossValidationResults {
    try CrossValidationResults(
      path: directory.path("cv"), store: store, PredictionContext(kernels: kernels, threads: 2))
  }

  private func table(_ name: String) throws -> [String] {
    try String(contentsOfFile: directory.path("cv/\(name)"), encoding: .utf8).split(separator: "\n").map(String.init)
  }

  /// Each fold is to the bit a run that knows nothing of its people, and is tested with them.
  @Test func foldsAreTrainedWithoutTheirPeople() throws {
    let configuration = try configuration()
    _ = try trained(configuration)
    let found = try results()
    #expect(found.trainings.map(\.id) == configuration.trainings && found.warnings.isEmpty)
    let windows = toyWindows(count: 150)
    var toy = try ToyRun([.convLSTM])
    toy.settings = configuration.run.settings
    for (fold, people) in Self.folds.enumerated() {
      toy.data = try ExperimentData(
        train: windows.selecting { $0 < 4 && !people.contains($0) }.joined(
          with: windows.selecting { $0 > 3 && !people.contains($0) }),
        test: windows.selecting { $0 < 4 && people.contains($0) }.joined(
          with: windows.selecting { $0 > 3 && people.contains($0) }), settings: toy.settings, isOnlyUse: true)
      let records = try #require(try toy.run("fold-\(fold)").records)
      for training in found.trainings where training.id.model == fold {
        let expected = try #require(records[TrainingID(model: 0, repeatIndex: training.id.repeatIndex)])
        #expect(training.record.weightsDigest == expected.weightsDigest)
        #expect(training.record.score == expected.score && training.record.confusion == expected.confusion)
        // What a fold's network says of its people adds up to what it was judged as.
        #expect(Set(training.people.keys) == Set(people))
        #expect(ConfusionMatrix.sum(Array(training.people.values)) == expected.confusion)
      }
    }
    let rows = found.people
    #expect(rows.map(\.people) == [[1], [2], [3], [4], [5]] && rows.allSatisfy { $0.windows == 30 })
    for row in rows {
      let judged = found.trainings.compactMap { $0.people[row.people[0]] }
      #expect(row.scores == judged.map { Double(ConfusionMatrix.correct($0).correct) / 30 * 100 })
      #expect(row.scores.count == 2 && row.mean == row.scores.reduce(0, +) / 2)
      #expect(row.macroF1 == ConfusionMatrix.macroF1(ConfusionMatrix.sum(judged)))
    }
  }

  /// Every training gets a score and a confusion of which the tables are known.
  @Test func tablesByHand() throws {
    let configuration = try configuration()
    let folder = try trained(configuration)
    let right = [[4, 0, 0, 0], [0, 4, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]
    let wrong = [[0, 4, 0, 0], [4, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]
    let others = [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 8, 0], [0, 0, 0, 8]]
    let chosen: [(score: Double?, confusion: [[Int]]?)] = [
      (50, right), (70, wrong), (90, others), (nil, nil), (80, right), (60, right),
    ]
    for (id, (score, confusion)) in zip(configuration.trainings, chosen) {
      var checkpoint = try #require(try Checkpoint.read(folder.checkpointPath(id)))
      checkpoint.record.score = score
      checkpoint.record.confusion = confusion
      if score == nil { checkpoint.record.status = .diverged }
      try checkpoint.write(folder.checkpointPath(id))
    }
    let found = try results()
    try found.writeTables()
    #expect(
      try table("folds.csv") == [
        "fold,held_out,windows,repeats,accuracy,deviation,macro_f1", "1,1 4,60,2,60.0,10.0,0.5",
        "2,2,30,1,90.0,0.0,1.0", "3,3 5,60,2,70.0,10.0,1.0",
      ])
    #expect(try table("confusion.csv") == ["activity,a,b,c,d", "a,12,4,0,0", "b,4,12,0,0", "c,0,0,8,0", "d,0,0,0,8"])
    // The folds' means are 60, 90 and 70, those of all trainings 70.
    #expect(found.foldScores.values == [60, 90, 70] && found.foldScores.mean == 220.0 / 3)
    // F1 of 0.75, 0.75, 1 and 1; the folds' macro F1 have another mean.
    #expect(found.macroF1 == 0.875)
    // A training that diverged says nothing of its person.
    let second = try #require(found.people.first { $0.people == [2] })
    #expect(second.scores.count == 1 && second.windows == 30)
    #expect(try table("people.csv").count == 1 + 5)
  }

  /// Who is learned from and who is judged, of five people of whom the last two are the store's test people.
  @Test func recipesDivideAsTheySay() throws {
    let windows = StoreWindows(train: store.train, test: store.test)
    let settings = try configuration().run.settings
    func people(_ division: DataRecipe.Division) throws -> [Set<UInt8>] {
      let data = try DataRecipe(division, settings).data(windows)
      #expect(data.train.count + data.test.count == 30 * Set(data.train.subjects + data.test.subjects).count)
      return [Set(data.train.subjects), Set(data.test.subjects)]
    }
    #expect(try people(.splits) == [[1, 2, 3], [4, 5]])
    #expect(try people(.holdingOut([2], ofBothSplits: false)) == [[1, 3], [2]])
    #expect(try people(.holdingOut([2, 5], ofBothSplits: true)) == [[1, 3, 4], [2, 5]])
  }

  @Test func testPeopleTakePartOnlyWhereAskedFor() throws {
    let without = try configuration(folds: [[1], [2, 3]], takesAllPeople: false)
    #expect(without.windows(store) == store.train)
    let all = try configuration().windows(store)
    #expect(all.count == 150 && all.subjects == store.train.subjects + store.test.subjects)
  }

  /// A fold's checkpoint is another fold's as little as another repeat's, but the same however many repeats there are.
  @Test func identities() throws {
    let two = try configuration()
    #expect(Set(try two.trainings.map(two.identity)).count == 6)
    let one = try configuration(repeats: 1)
    #expect(try one.identity(one.trainings[1]) == two.identity(two.trainings[2]))
    let fewer = try configuration(takesAllPeople: false)
    #expect(try fewer.identity(fewer.trainings[0]) != two.identity(two.trainings[0]))
  }

  @Test(arguments: [[[1], [2, 1]], [[1, 2]], [[1], []], [[1], [256]], [[1], [-1]], []])
  func foldsThatCannotBe(_ folds: [[Int]]) throws {
    try configuration(folds: [[0, 1], [255]]).validate()
    let wrong = try configuration(folds: folds)
    let error = #expect(throws: SettingsError.self) { try wrong.validate() }
    #expect(error?.message == "folds of people that can't be")
  }
}
