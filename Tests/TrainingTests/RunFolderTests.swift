import Foundation
import NeuralNetworks
import Testing

import Training

/// What a run leaves behind, and what it refuses.
@Suite struct RunFolderTests {
  private func names(_ path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }

  @Test func everyModelIsKept() throws {
    let toy = try ToyRun([.lstm])
    _ = try toy.run()
    #expect(
      try names(toy.path()) == [
        ".lock", "checkpoints", "config.json", "confusion.csv", "metrics.csv", "model-01.h5", "model-02.h5",
        "scores.json",
      ])
    #expect(try names(toy.path() + "/checkpoints") == ["repeat-01.h5", "repeat-02.h5"])
    let file = try KerasModelFile.read(path: toy.path() + "/model-01.h5")
    #expect(file.configuration.units == toy.settings.models[0].configuration.units)
    #expect(file.attributes["har_repeat"] == "1")
  }

  @Test func bestIsTheOneWithTheLowestValidationLoss() throws {
    var toy = try ToyRun([.convLSTM])
    toy.settings.repeats = 5
    toy.settings.keep = .best
    let records = try #require(try toy.run(concurrentModels: 3).records)
    let best = try #require(
      records.min { $0.value.epochs.last!.validationLoss! < $1.value.epochs.last!.validationLoss! }?.key)
    #expect(try names(toy.path()).filter { $0.hasPrefix("model-") } == ["model-0\(best.repeatIndex + 1).h5"])
    #expect(try KerasModelFile.read(path: toy.path() + "/model-0\(best.repeatIndex + 1).h5").model.classCount == 4)
  }

  @Test func noModelIsKept() throws {
    var toy = try ToyRun([.lstm])
    toy.settings.keep = .none
    _ = try toy.run()
    #expect(try names(toy.path()).filter { $0.hasPrefix("model-") } == [])
  }

  @Test func divergedRepeatsAreMarkedAndCountInNoMean() throws {
    var toy = try ToyRun([.lstm])
    toy.settings.models[0].training.learningRate = 1e38
    toy.settings.models[0].training.clipNorm = nil
    let outcome = try toy.run()
    #expect(outcome.records?.values.allSatisfy { $0.status == .diverged && $0.score == nil } == true)
    let text = try Data(contentsOf: URL(fileURLWithPath: toy.path() + "/scores.json"))
    let scores = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
    #expect(scores["diverged"] as? [Int] == [1, 2])
    #expect(scores["mean"] == nil)
    // Going on changes nothing.
    #expect(try toy.run(resumes: true).records == outcome.records)
  }

  @Test func occupiedFolderIsLeftAlone() throws {
    let toy = try ToyRun([.lstm])
    try toy.directory.write("mine", to: "run/notes.txt")
    #expect(throws: RunFolderError(toy.path(), .exists)) { try toy.run() }
    #expect(try names(toy.path()) == ["notes.txt"])
  }

  @Test func twoProcessesCannotShareAFolder() throws {
    let toy = try ToyRun([.lstm])
    _ = try toy.run(stopAfter: 3)
    let first = try RunFolder.open(toy.path(), warn: { _ in })
    #expect(throws: RunFolderError(toy.path(), .inUse)) { try toy.run(resumes: true) }
    first.close()
    #expect(try toy.run(resumes: true).records?.count == 2)
  }

  @Test func leftoversOfAKilledProcessAreRemoved() throws {
    let toy = try ToyRun([.lstm])
    _ = try toy.run(stopAfter: 3)
    try toy.directory.write("half", to: "run/checkpoints/.repeat-01.h5.partial-1-1")
    try toy.directory.write("half", to: "run/.scores.json.partial-1-2")
    _ = try toy.run(resumes: true)
    #expect(try names(toy.path() + "/checkpoints").count == 2)
    #expect(try names(toy.path()).contains { $0.contains("partial") } == false)
  }

  @Test func configurationReadsBackAsItWas() throws {
    let toy = try ToyRun()
    let configuration = try toy.configuration()
    try configuration.write(toy.path("config.json"))
    #expect(try RunConfiguration.read(toy.path("config.json")) == configuration)
  }

  @Test(arguments: [
    ("\"format\" : 1", "\"format\" : 2", "format 2"), ("\"units\" : 20", "\"units\" : -1", "-1 units"),
    ("\"units\" : 20", "\"units\" : \"many\"", "units"), ("\"batch_size\" : 20", "\"batch_size\" : 0", "batch size"),
    ("\"repeats\" : 2", "\"repeats\" : 0", "0 repeats"), ("\"beta1\" : 0.9", "\"beta1\" : 1", "beta"),
    ("\"epochs\" : 3", "\"epochs\" : -3", "-3 epochs"),
    ("\"learning_rate\" : 0.001", "\"learning_rate\" : 0", "learning rate"),
    ("\"time_warp\" : 0", "\"time_warp\" : 5", "time warp"), ("\"jitter\" : 0", "\"jitter\" : -1", "jitter"),
    ("\"models\" : [", "\"model\" : [", "models"), ("{", "", "JSON"),
  ])
  func wrongConfigurations(_ good: String, _ bad: String, _ word: String) throws {
    let toy = try ToyRun([.lstm])
    _ = try toy.run(stopAfter: 1)
    let path = toy.path() + "/config.json"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let range = try #require(text.range(of: good))
    try Data(text.replacingCharacters(in: range, with: bad).utf8).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: RunFolderError.self) { try RunFolder.open(toy.path(), warn: { _ in }) }
    #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
    #expect(error?.exitStatus == .data)
    #expect(error?.path == path)
  }

  @Test func otherStoreIsRefused() throws {
    let toy = try ToyRun([.lstm])
    let configuration = try toy.configuration()
    try configuration.check(storePath: toy.path("store.h5"), kernels: toy.kernels)
    try toy.directory.write("changed", to: "store.h5")
    let error = #expect(throws: RunFolderError.self) {
      try configuration.check(storePath: toy.path("store.h5"), kernels: toy.kernels)
    }
    #expect(error?.message.contains(configuration.store.sha256) == true)
  }

  @Test func digestIsThatOfThePublishedVectors() throws {
    // FIPS 180-2, appendix B.1.
    #expect(
      SHA256Digest.of(Data("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    let toy = try ToyRun([.lstm])
    try toy.directory.write("abc", to: "abc")
    #expect(try SHA256Digest.ofFile(toy.path("abc")) == SHA256Digest.of(Data("abc".utf8)))
  }

  @Test func newFoldersAreNamedByDateAndModel() throws {
    let date = Date(timeIntervalSince1970: 1_790_000_000)
    let toy = try ToyRun([.lstm])
    let first = RunFolder.newPath(models: [.convLSTM], in: toy.path("runs"), at: date)
    #expect(first.wholeMatch(of: /.*\/runs\/2026-09-\d\d-\d{6}-conv-lstm/) != nil)
    try FileManager.default.createDirectory(atPath: first, withIntermediateDirectories: true)
    #expect(RunFolder.newPath(models: [.convLSTM], in: toy.path("runs"), at: date) == first + "-2")
    #expect(RunFolder.newPath(models: Architecture.allCases, in: toy.path("runs"), at: date).hasSuffix("-all"))
  }
}
