import Foundation
import Testing
import Training
import _TestSupport

/// When a training began, which its folder says, and which nothing that is computed depends on.
@Suite struct BeginningTests {
  private func text(_ toy: ToyRun, _ name: String = "run") throws -> String {
    try String(contentsOfFile: toy.path(name) + "/config.json", encoding: .utf8)
  }

  @Test func isKeptToTheSecond() throws {
    let toy = try ToyRun([.lstm])
    let date = Date(timeIntervalSince1970: 1_790_000_000.75)
    let folder = try RunFolder.create(toy.path(), configuration: toy.configuration(), at: date, warn: { _ in })
    folder.close()
    #expect(try text(toy).contains("\"began\" : \"2026-09-21T14:13:20Z\""))
    let read = try RunConfiguration.read(toy.path() + "/config.json")
    #expect(read.began(in: toy.path()) == Date(timeIntervalSince1970: 1_790_000_000))
    #expect(read == folder.configuration)
    // Going on is no new beginning.
    let resumed = try RunFolder.open(toy.path(), warn: { _ in })
    #expect(resumed.configuration == read)
  }

  @Test func identitiesDoNotDependOnIt() throws {
    let toy = try ToyRun([.lstm])
    let without = try toy.configuration()
    var with = without
    with.began = Moment(Date(timeIntervalSince1970: 1_790_000_000))
    let id = TrainingID(model: 0, repeatIndex: 0)
    #expect(try with.identity(id) == without.identity(id))
    var folds = CrossValidationConfiguration(folds: [[1], [2]], takesAllPeople: false, run: without)
    let identity = try folds.identity(id)
    folds.began = with.began
    #expect(folds.run.began == with.began)
    #expect(try folds.identity(id) == identity)
  }

  /// What an earlier version began has its file's date, also after the file was changed.
  @Test func filesWithoutItHaveTheirDate() throws {
    let toy = try ToyRun([.lstm])
    let date = Date(timeIntervalSince1970: 1_700_000_000)
    _ = try toy.run(stopAfter: 3)
    let path = toy.path() + "/config.json"
    let old = try text(toy).replacing(/\ *"began" : "[^"]*",\n/, with: "")
    #expect(!old.contains("began"))
    try toy.directory.write(old, to: "run/config.json")
    try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
    #expect(try RunConfiguration.read(path).began == nil)
    #expect(try RunResults(path: toy.path()).began == date)
    let folder = try RunFolder.open(
      toy.path(), changing: { configuration in configuration.settings.repeats = 3 }, warn: { _ in })
    folder.close()
    #expect(try RunConfiguration.read(path).began?.date == date)
    #expect(try RunResults(path: toy.path()).began == date)
  }

  @Test(arguments: ["2026-02-31T14:25:30Z", "2026-01-31T14:25:30Z ", "2026-01-31 14:25", "yesterday", ""])
  func wrongMomentsAreRefused(_ moment: String) throws {
    let toy = try ToyRun([.lstm])
    _ = try toy.run(stopAfter: 1)
    let wrong = try text(toy).replacing(/"began" : "[^"]*"/, with: "\"began\" : \"\(moment)\"")
    try toy.directory.write(wrong, to: "run/config.json")
    let error = #expect(throws: RunFolderError.self) { try RunFolder.open(toy.path(), warn: { _ in }) }
    #expect(error?.message.contains("began: \(moment), expected a moment such as 2026-01-31T14:25:30Z") == true)
  }
}
