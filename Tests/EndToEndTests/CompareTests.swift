import Foundation
import HDF5
import Testing
import _TestSupport

/// What `har-train compare` says of as little as there can be: one repeat each, judged by one window of one person.
@Suite("har-train compare")
struct CompareTests {
  let train = Executable(product: "har-train")
  let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    let file = try File.create(directory.path("store.h5"))
    let root = try file.root
    let attributes: [(String, AttributeValue)] = [
      ("schema_version", .integer(1)), ("title", .string("T")), ("source", .string("S")),
      ("sampling_rate_hz", .double(50)), ("signal_names", .strings(["a", "b", "c"])),
      ("activity_names", .strings(["walking", "lying"])), ("synthetic", .integer(1)),
    ]
    for (name, value) in attributes { try root.setAttribute(name, value) }
    for (split, count, person) in [("train", 6, 1), ("test", 1, 2)] as [(String, Int, UInt8)] {
      let values = (0..<count * 8 * 3).map { Float($0 * 7919 % 1009) / 1009 - 0.5 }
      try root.writeDataset("\(split)/X", values, shape: [count, 8, 3])
      try root.writeDataset("\(split)/y", (0..<count).map { UInt8($0 % 2) }, shape: [count])
      try root.writeDataset("\(split)/subject", Array(repeating: person, count: count), shape: [count])
    }
    try file.close()
  }

  @Test func oneOfEverything() throws {
    // One run that is right, and one that is wrong.
    var runs: [String: String] = [:]
    for seed in 1...40 where runs.count < 2 {
      let trained = try train.run(
        [
          "--data", "store.h5", "--units", "3", "--epochs", "1", "--repeats", "1", "--quiet", "--seed", "\(seed)",
          "--output", "run-\(seed)",
        ], in: directory.path)
      #expect(trained.status == 0, "\(trained.standardError)")
      runs[trained.standardOutput.hasPrefix(">#1: 100.000\n") ? "right" : "wrong"] = "run-\(seed)"
    }
    let (right, wrong) = (try #require(runs["right"]), try #require(runs["wrong"]))
    let lines = try train.run(["compare", right, wrong], in: directory.path).standardOutput.split(separator: "\n")
    #expect(lines.first == "A  100.000% (+/-0.000)  1 repeat  \(right) lstm")
    #expect(lines.last == "ensembles: A alone is right on 1 window, B alone on 0, p = 1.0000 (McNemar)")
    #expect(
      lines.contains { $0.contains("over people   not known: it needs the store, ") && $0.contains("two people") })
    // One person can't take turns with anybody.
    let folds = try train.run(["cross-validate", "--data", "store.h5"], in: directory.path)
    #expect(folds.status == 65)
    #expect(
      folds.errorLines == [
        "har-train: --folds: found 1 training person in store.h5, expected two or more who take turns"
      ])
  }
}
