import Foundation
import NeuralNetworks
import Testing

import Training

/// A run that was interrupted ends with the bits of one that was not, or with a clear error.
@Suite struct ResumeTests {
  /// The steps of a whole run: 104 windows are 6 minibatches of 20 at most, 3 epochs, 2 repeats.
  static let stepsOfOne = 36

  @Test(arguments: ModelPreset.allCases, [1, 5, 6, 7, 17, 35])
  func stoppedAnywhere(_ preset: ModelPreset, _ step: Int) throws {
    let toy = try ToyRun([preset])
    let whole = try toy.run("whole", threads: 1, concurrentModels: 1)
    #expect(whole.steps == Self.stepsOfOne)
    #expect(whole.results?.count == 2)
    #expect(whole.results?.values.allSatisfy { $0.weightsDigest?.count == 64 } == true)
    let stopped = try toy.run(threads: 3, concurrentModels: 1, stopAfter: step)
    #expect(stopped.records == nil)
    #expect(stopped.steps == step)
    let resumed = try toy.run(resumes: true, threads: 2, concurrentModels: 2)
    // Not a step is done twice.
    #expect(resumed.steps == Self.stepsOfOne - step)
    #expect(resumed.results == whole.results)
    #expect(resumed.warnings == [])
  }

  @Test func stoppedAgainAndAgainWithSeveralModelsAtOnce() throws {
    let toy = try ToyRun()
    let whole = try toy.run("whole")
    var outcome = try toy.run(concurrentModels: 3, stopAfter: 5)
    var rounds = 0
    while outcome.records == nil {
      rounds += 1
      outcome = try toy.run(resumes: true, threads: rounds % 4 + 1, concurrentModels: rounds % 5 + 1, stopAfter: 9)
    }
    #expect(rounds > 5)
    #expect(outcome.results == whole.results)
    for model in 0..<3 {
      for name in ["scores.json", "confusion.csv", "model-01.h5", "model-02.h5"] {
        func contents(_ run: String) throws -> Data {
          let folder = ModelPreset.allCases[model].rawValue
          return try Data(contentsOf: URL(fileURLWithPath: "\(toy.path(run))/\(folder)/\(name)"))
        }
        let (found, expected) = (try contents("run"), try contents("whole"))
        #expect(found == expected, "\(name)")
      }
    }
  }

  @Test func finishedRunGivesItsResultsAgain() throws {
    let toy = try ToyRun([.lstm])
    let whole = try toy.run()
    let again = try toy.run(resumes: true)
    #expect(again.steps == 0)
    #expect(again.records == whole.records)
  }

  /// The current checkpoint of the first repeat after three epochs of five, and the one before it.
  private func interrupted() throws -> (ToyRun, whole: ToyRun.Outcome, current: String, previous: String) {
    let toy = try ToyRun([.lstm], epochs: 5)
    let whole = try toy.run("whole", threads: 1, concurrentModels: 1)
    let folder = try toy.run(threads: 1, concurrentModels: 1, stopAfter: 20).folder
    let id = TrainingID(model: 0, repeatIndex: 0)
    return (toy, whole, folder.checkpointPath(id), folder.checkpointPath(id, isPrevious: true))
  }

  @Test(arguments: 0..<24)
  func damagedCheckpointIsPassedOver(_ part: Int) throws {
    let (toy, whole, current, _) = try interrupted()
    var bytes = try Data(contentsOf: URL(fileURLWithPath: current))
    if part < 4 {
      bytes = bytes.prefix(bytes.count * part / 4)
    } else {
      bytes[(bytes.count - 1) * (part - 4) / 19] ^= 4
    }
    try bytes.write(to: URL(fileURLWithPath: current))
    let resumed = try toy.run(resumes: true)
    #expect(resumed.results == whole.results)
    #expect(resumed.warnings.count >= 1)
    #expect(resumed.warnings.allSatisfy { $0.contains("repeat-01.h5") })
    // The state before is that of the third epoch's end: less is to be done than the whole run, more than was left.
    #expect(resumed.steps == 60 - 18)
  }

  @Test func missingCheckpointFallsBackToTheOneBefore() throws {
    let (toy, whole, current, _) = try interrupted()
    try FileManager.default.removeItem(atPath: current)
    let resumed = try toy.run(resumes: true)
    #expect(resumed.results == whole.results)
    #expect(resumed.steps == 60 - 18)
  }

  @Test func withoutAnyGoodStateTheRepeatStartsAnew() throws {
    let (toy, whole, current, previous) = try interrupted()
    for path in [current, previous] { try Data("no checkpoint".utf8).write(to: URL(fileURLWithPath: path)) }
    let resumed = try toy.run(resumes: true)
    #expect(resumed.results == whole.results)
    #expect(resumed.steps == 60)
    #expect(resumed.warnings.contains { $0.contains("starts from its beginning") })
  }

  @Test func foreignCheckpointIsRefused() throws {
    let (toy, _, current, _) = try interrupted()
    let other = try ToyRun([.lstm], epochs: 5, seed: 4)
    let foreign = try other.run(stopAfter: 20).folder.checkpointPath(TrainingID(model: 0, repeatIndex: 0))
    let expected = RunFolderError(current, .foreignCheckpoint)
    try FileManager.default.removeItem(atPath: current)
    try FileManager.default.copyItem(atPath: foreign, toPath: current)
    #expect(throws: expected) { try toy.run(resumes: true) }
    // Another repeat's is as foreign.
    let second = (current as NSString).deletingLastPathComponent + "/repeat-02.h5"
    try? FileManager.default.removeItem(atPath: second)
    try FileManager.default.moveItem(atPath: current, toPath: second)
    #expect(throws: RunFolderError(second, .foreignCheckpoint)) { try toy.run(resumes: true) }
    #expect(expected.exitStatus == .data)
  }

  @Test func checkpointOfWholeBytesButImpossibleNumbers() throws {
    let (toy, whole, current, _) = try interrupted()
    let good = try #require(try Checkpoint.read(current))
    var impossible = good
    impossible.record.progress.position = 1_000_000
    try impossible.write(current)
    var resumed = try toy.run(resumes: true, stopAfter: 1)
    #expect(resumed.warnings.contains { $0.contains("another model's") })
    impossible = good
    impossible.parameters = [1]
    try impossible.write(current)
    resumed = try toy.run(resumes: true)
    #expect(resumed.results == whole.results)
  }

  /// Numbers between two steps can't be gone on from.
  @Test func checkpointsInsideAMinibatchArePassedOver() throws {
    let toy = try ToyRun([.lstm])
    let whole = try toy.run("whole")
    let stopped = try toy.run(stopAfter: 4)
    for repeatIndex in 0..<2 {
      let id = TrainingID(model: 0, repeatIndex: repeatIndex)
      let path = stopped.folder.checkpointPath(id)
      guard var checkpoint = try Checkpoint.read(path) else { continue }
      checkpoint.record.progress.position = 1
      try checkpoint.write(path)
      try? FileManager.default.removeItem(atPath: stopped.folder.checkpointPath(id, isPrevious: true))
    }
    let resumed = try toy.run(resumes: true)
    #expect(resumed.warnings.contains { $0.contains("holds another model's numbers") })
    #expect(resumed.results == whole.results)
  }

  /// As on a system whose logarithms differ in a last bit: the numbers would go on with other windows.
  @Test func checkpointsOfOtherwiseScaledWindowsAreRefused() throws {
    var toy = try ToyRun([.lstm])
    toy.settings.scaling = .power
    toy.data = try ExperimentData(
      train: toyWindows(count: 130), test: toyWindows(count: 30), settings: toy.settings, isOnlyUse: true)
    let stopped = try toy.run(concurrentModels: 1, stopAfter: 4)
    let path = stopped.folder.checkpointPath(TrainingID(model: 0, repeatIndex: 0))
    var checkpoint = try #require(try Checkpoint.read(path))
    #expect(!checkpoint.scaling.isEmpty)
    checkpoint.scaling += " "
    try checkpoint.write(path)
    #expect(throws: RunFolderError(path, .foreignCheckpoint)) { try toy.run(resumes: true) }
  }
}
