import Foundation
import HDF5
import Testing
import _TestSupport

/// What `har-train inspect` says of stores, to people and to programs.
@Suite("har-train inspect")
struct InspectTests {
  let directory: TemporaryDirectory
  let train = Executable(product: "har-train")
  static let schema = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("docs/schemas/inspect.json").path
  static let longName = String(repeating: "acceleration ", count: 9) + "x"

  init() throws { directory = try TemporaryDirectory() }

  private func run(_ arguments: String...) throws -> ProcessResult {
    try train.run(["inspect"] + arguments, in: directory.path)
  }

  /// Writes a store in which person 2 is in both splits and, in test, three windows are one.
  private func write(
    _ name: String, signals: [String] = ["a", "b"], activities: [String] = ["walking", "standing"], first: Float = 0
  ) throws {
    let file = try File.create(directory.path(name))
    let root = try file.root
    let attributes: [(String, AttributeValue)] = [
      ("schema_version", .integer(1)), ("title", .string("T")), ("source", .string("S")),
      ("sampling_rate_hz", .double(50)), ("signal_names", .strings(signals)),
      ("activity_names", .strings(activities)), ("synthetic", .integer(1)),
    ]
    for (name, value) in attributes { try root.setAttribute(name, value) }
    for (split, count, people) in [("train", 24, [1, 2]), ("test", 6, [2, 3])] as [(String, Int, [UInt8])] {
      let values = (0..<count * 4 * signals.count).map { index -> Float in
        let place = split == "test" && index >= 12 * signals.count ? index % (4 * signals.count) : index
        return index == 0 ? first : Float(place * 7919 % 1009) / 1009
      }
      try root.writeDataset("\(split)/X", values, shape: [count, 4, signals.count])
      try root.writeDataset("\(split)/y", (0..<count).map { UInt8($0 % 4 / 2) }, shape: [count])
      try root.writeDataset("\(split)/subject", (0..<count).map { people[$0 % 2] }, shape: [count])
    }
    try file.close()
  }

  @Test func writesAPageAndNothingOver() throws {
    try write("store.h5")
    let bytes = try Data(contentsOf: URL(fileURLWithPath: directory.path("store.h5")))
    #expect(try run("store.h5", "--html", "store.html").status == 0)
    let page = try String(contentsOfFile: directory.path("store.html"), encoding: .utf8)
    #expect(page.contains("Windows per activity") && page.contains("<svg") && page.contains("Training window"))
    #expect(try run("store.h5", "--html", "store.html").status == 73)
    #expect(try run("store.h5", "--html", "store.html", "--overwrite").status == 0)
    #expect(try run("store.h5", "--html", "store.h5", "--overwrite").status == 64)
    #expect(try run("store.h5", "--html", "./store.h5").status == 64)
    #expect(try Data(contentsOf: URL(fileURLWithPath: directory.path("store.h5"))) == bytes)
  }

  @Test func saysWhatIsThere() throws {
    try write("store.h5")
    let result = try run("store.h5")
    #expect(result.status == 0 && result.standardError == "", "\(result.standardError)")
    let lines = result.standardOutput.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(lines[0] == "store.h5: 30 windows of 4 × 2 at 50 Hz, synthetic")
    let bar = String(repeating: "█", count: 54)
    #expect(
      lines[2...6] == [
        "train: 24 windows, 2 people", "activity  windows  share", "walking        12  50.0%  \(bar)",
        "standing       12  50.0%  \(bar)", "windows by person: 1 (12), 2 (12)",
      ])
    #expect(lines[8] == "test: 6 windows, 2 people")
    #expect(lines.contains { $0.hasPrefix("a         train          0") })
    #expect(lines.contains { $0.hasPrefix("          test           0") })
    #expect(lines.contains("! Person 2 is in both splits: results on test say nothing about new people."))
    let text = result.standardOutput.replacing(/\n +/, with: " ")
    #expect(text.contains("! In test, 3 windows of 6 repeat an earlier one reading by reading (rows, from 0: "))
  }

  /// However long names and paths are, and however many activities there are.
  @Test func keepsWithin80Columns() throws {
    let name = String(repeating: "long-", count: 40) + "store.h5"
    try write(name, signals: [Self.longName, "b"], activities: [Self.longName, "活動"] + (0..<20).map { "\($0)" })
    let result = try run(name)
    #expect(result.status == 0, "\(result.standardError)")
    let long = result.standardOutput.split(separator: "\n").filter { $0.count > 80 }
    #expect(long == [])
    #expect(result.standardOutput.contains("long-store.h5: 30 windows"))
  }

  @Test(.enabled(if: Outside.python != nil, "\(Outside.pythonHint)"))
  func jsonIsWhatTheSchemaSays() throws {
    try write("store.h5", signals: [Self.longName, "b"])
    let result = try run("store.h5", "--json")
    #expect(result.status == 0, "\(result.standardError)")
    let file = try directory.write(result.standardOutput, to: "output.json")
    let checked = try Outside.runPython(
      """
      import json, sys, jsonschema
      schema = json.load(open(sys.argv[1]))
      jsonschema.Draft202012Validator.check_schema(schema)
      jsonschema.Draft202012Validator(schema).validate(json.load(open(sys.argv[2])))
      """, [Self.schema, file])
    #expect(checked.status == 0, "\(checked.standardError)")
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(result.standardOutput.utf8)) as? [String: Any])
    #expect(json["data"] as? String == "store.h5" && json["is_synthetic"] as? Bool == true)
    #expect(json["signal_names"] as? [String] == [Self.longName, "b"])
    let test = try #require(json["test"] as? [String: Any])
    #expect((test["people"] as? [[String: Any]])?.map { $0["person"] as? Int } == [2, 3])
    let between = (json["duplicates"] as? [String: Any])?["test"] as? [String: Any]
    #expect(between?["windows"] as? Int == 3)
    let findings = try #require(json["findings"] as? [[String: Any]])
    #expect(findings.first { $0["kind"] as? String == "shared_people" }?["people"] as? [Int] == [2])
  }

  @Test func whatCannotBeInspected() throws {
    #expect(try run().status == 64)
    #expect(try run("none.h5").status == 66)
    try directory.write("no store", to: "text.h5")
    #expect(try run("text.h5").status == 65)
    try write("store.h5", first: .nan)
    let result = try run("store.h5")
    #expect(result.status == 65)
    #expect(result.standardError == "har-train: store.h5: /train/X: holds nan at [0, 0, 0], expected finite numbers\n")
  }
}
