import Foundation
import Testing
import _TestSupport

/// Cross-validation over people as a user meets it.
@Suite("har-train cross-validate")
struct CrossValidateTests {
  let directory: TemporaryDirectory
  let train = Executable(product: "har-train")
  private static let options = [
    "cross-validate", "--data", "store.h5", "--units", "4", "--epochs", "2", "--batch-size", "16", "--quiet",
  ]

  init() throws {
    directory = try TemporaryDirectory()
    try directory.makeStore(size: 120)
  }

  private func run(_ arguments: [String], _ more: String...) throws -> ProcessResult {
    try train.run(arguments + more, in: directory.path)
  }

  private func summary(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test func everybodyIsHeldOutOnce() throws {
    let result = try run(Self.options, "--folds", "subjects", "--all-people", "--output", "cv", "--json")
    #expect(result.status == 0, "\(result.standardError)")
    let summary = try summary(result.standardOutput)
    let folds = try #require(summary["folds"] as? [[String: Any]])
    #expect(folds.compactMap { $0["people"] as? [Int] } == (1...30).map { [$0] })
    // Each window is judged once.
    #expect(folds.reduce(0) { $0 + ($1["windows"] as? Int ?? 0) } == 120)
    let confusion = try #require(summary["confusion"] as? [[Int]])
    #expect(confusion.joined().reduce(0, +) == 120)
    let right = confusion.indices.reduce(0) { $0 + confusion[$1][$1] }
    let people = try #require(summary["people"] as? [[String: Any]])
    let byPeople = people.reduce(0.0) { $0 + ($1["mean"] as? Double ?? 0) / 100 * Double($1["windows"] as? Int ?? 0) }
    #expect(abs(byPeople - Double(right)) < 1e-6)
    let means = folds.compactMap { $0["mean"] as? Double }
    #expect(abs((summary["mean"] as? Double ?? .nan) - means.reduce(0, +) / Double(means.count)) < 1e-9)
    for file in ["folds.csv", "people.csv", "confusion.csv", "report.html", "cross-validation.json"] {
      #expect(FileManager.default.fileExists(atPath: directory.path("cv/\(file)")))
    }
    let listed = try run(["list", "."]).standardOutput.split(separator: "\n")
    #expect(listed.contains { $0.contains(/\ lstm +30 folds +2 +1\/1 .* finished +\.\/cv$/) }, "\(listed)")
  }

  /// The folder that help promises where nobody names one.
  @Test func namesItsFolder() throws {
    let result = try run(Self.options, "--folds", "2")
    #expect(result.status == 0)
    // The deviation over repeats is shown where there are several.
    #expect(
      result.standardOutput.split(separator: "\n")[0].split(separator: " ") == [
        "fold", "windows", "accuracy", "macro", "F1",
      ])
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.path("runs"))
    #expect(names.count == 1 && names[0].wholeMatch(of: /\d{4}-\d\d-\d\d-\d{6}-cross-validation/) != nil, "\(names)")
    let help = try run(["cross-validate", "--help"]).standardOutput.split(separator: /\s+/).joined(separator: " ")
    #expect(help.contains("A new folder for the results. (default: runs/<date>-cross-validation)"))
  }

  /// The page says what is missing. Of folds of one person each nothing is: what the fold came to is what its person did.
  @Test(arguments: ["3", "subjects"])
  func withoutItsStoreThePageSaysWhatIsMissing(_ folds: String) throws {
    #expect(try run(Self.options, "--folds", folds, "--output", "cv").status == 0)
    func page() throws -> String { try String(contentsOfFile: directory.path("cv/report.html"), encoding: .utf8) }
    let whole = try page()
    try FileManager.default.moveItem(atPath: directory.path("store.h5"), toPath: directory.path("moved.h5"))
    let result = try run(["report", "cv"])
    #expect(result.status == 0 && result.standardOutput == "cv/report.html\n")
    #expect(result.errorLines.count == 1 && result.standardError.contains("store.h5: the store is not there"))
    if folds == "subjects" {
      #expect(try page() == whole)
    } else {
      let reduced = try page()
      #expect(reduced.contains("Accuracy per person is missing: the store "))
      #expect(!reduced.contains("Accuracy per held-out person") && whole.contains("Accuracy per held-out person"))
      // What is known without windows is as it was: the folds with their windows, and the activities.
      func part(_ page: String) throws -> Substring {
        let start = try #require(page.range(of: ">Folds<")).lowerBound
        return page[start..<(try #require(page.range(of: ">Reproduce<")).lowerBound)]
      }
      #expect(try part(reduced) == part(whole))
    }
    try directory.write("another", to: "other.h5")
    let other = try run(["report", "cv", "--data", "other.h5"])
    #expect(other.status == 0 && other.standardError.contains("other.h5: is another store than cv was trained on"))
    #expect(try run(["report", "cv", "--data", "moved.h5"]).standardError == "")
    #expect(try page() == whole)
  }

  /// The numbers depend on no thread, and a fold is what training without its people and judging on them comes to.
  @Test func sameBitsAtAnyNumberOfThreadsAndAfterInterruptions() throws {
    func outcome(_ arguments: String...) throws -> String {
      let result = try train.run(Self.options + ["--folds", "3", "--repeats", "2"] + arguments, in: directory.path)
      #expect(result.status == 0, "\(result.standardError)")
      return result.standardOutput
    }
    let one = try outcome("--threads", "1", "--output", "one")
    #expect(one.contains("over 3 folds") && one.contains("person"))
    #expect(try outcome("--threads", "3", "--output", "three") == one)

    let outputs = try TemporaryDirectory()
    let (process, _, _) = try train.start(
      Self.options + ["--folds", "3", "--repeats", "2", "--threads", "1", "--output", "stopped"], in: directory.path,
      outputs: outputs)
    func checkpoints() -> Int {
      (try? FileManager.default.contentsOfDirectory(atPath: directory.path("stopped/checkpoints")))?.count ?? 0
    }
    while process.isRunning, checkpoints() < 2 { usleep(1_000) }
    kill(process.processIdentifier, SIGINT)
    process.waitUntilExit()
    let resumed = try run(["resume", "stopped", "--quiet"])
    #expect(resumed.status == 0, "\(resumed.standardError)")
    #expect(resumed.standardOutput == one)
    #expect(
      try String(contentsOfFile: directory.path("stopped/people.csv"), encoding: .utf8)
        == String(contentsOfFile: directory.path("one/people.csv"), encoding: .utf8))
    #expect(try run(["report", "stopped"]).standardOutput == "stopped/report.html\n")
  }

  @Test func divergedFoldsCountInNoMean() throws {
    let result = try run(Self.options, "--folds", "2", "--learning-rate", "1e30", "--output", "diverged")
    #expect(result.status == 0, "\(result.standardError)")
    #expect(result.standardOutput.contains("Accuracy: none, every training diverged"))
    // Nobody is forgotten.
    let lines = result.standardOutput.split(separator: "\n").filter { $0.contains("diverged") }
    #expect(lines.count == 2 + 21 + 1, "\(result.standardOutput)")
    let folds = try String(contentsOfFile: directory.path("diverged/folds.csv"), encoding: .utf8)
    let windows = folds.split(separator: "\n").dropFirst().compactMap { Int($0.split(separator: ",")[2]) }
    #expect(windows.count == 2 && windows.allSatisfy { $0 > 0 })
  }

  @Test func wrongUsage() throws {
    #expect(try run(Self.options, "--folds", "1").status == 64)
    let many = try run(Self.options, "--folds", "22")
    #expect(many.status == 65 && many.errorLines.count == 1)
    #expect(many.standardError.contains("--folds: 22, expected from 2 to the 21 training people of store.h5"))
    #expect(try run(Self.options, "--validation-subjects", "3").status == 64)
    #expect(try run(Self.options, "--model", "all").status == 64)
  }
}
