import Foundation
import HDF5
import Testing
import _TestSupport

@Suite("har-synthesize")
struct SynthesizeTests {
  let directory: TemporaryDirectory
  let synthesize = Executable(product: "har-synthesize")
  let convert = Executable(product: "har-convert")
  var made: String { directory.path("made") }

  init() throws { directory = try TemporaryDirectory() }

  private func files(in folder: String) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder) {
      files[name] = FileManager.default.contents(atPath: "\(folder)/\(name)")
    }
    return files
  }

  @Test func layoutAndTextFormat() throws {
    let result = try synthesize.run([made, "--size", "300"])
    #expect(result.status == 0)
    #expect(result.standardError == "")
    #expect(result.standardOutput.contains("SYNTHETIC"))
    #expect(try directory.names() == ["made"])
    let files = try files(in: made)
    let field = /[ -]-?\d\.\d{7}e[+-]\d{3}/
    for signal in SmallDataset.signals {
      let data = try #require(files[SmallDataset.signalFile(signal, "train")])
      let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
      #expect(lines.count == 214)
      #expect(lines.allSatisfy { $0.utf8.count == 128 * 16 })
      #expect(lines[0].prefix(16).contains(field))
    }
    #expect(String(decoding: try #require(files["SYNTHETIC.txt"]), as: UTF8.self).hasPrefix("SYNTHETIC"))
    #expect(files["activity_labels.txt"] != nil)
  }

  @Test func storeIsMarkedAndHasAllActivitiesAndPeople() throws {
    #expect(try synthesize.run([made, "--size", "300", "--quiet"]).status == 0)
    let store = directory.path("store.h5")
    let result = try convert.run([made, store])
    #expect(result.status == 0)
    #expect(result.standardOutput.contains("SYNTHETIC"))
    let root = try File.open(store).root
    #expect(try root.attribute("synthetic").integer() == 1)
    #expect(try root.attribute("title").string().hasPrefix("SYNTHETIC"))
    #expect(Set(try root.dataset("train/y").read(as: UInt8.self)) == Set(0...5))
    #expect(Set(try root.dataset("test/y").read(as: UInt8.self)) == Set(0...5))
    let test: Set<UInt8> = [2, 4, 9, 10, 12, 13, 18, 20, 24]
    #expect(Set(try root.dataset("test/subject").read(as: UInt8.self)) == test)
    #expect(Set(try root.dataset("train/subject").read(as: UInt8.self)) == Set(1...30).subtracting(test))
  }

  @Test func bodyAndTotalDifferByGravityAndWindowsOverlapByHalf() throws {
    #expect(try synthesize.run([made, "--size", "300"]).status == 0)
    let store = directory.path("store.h5")
    #expect(try convert.run([made, store]).status == 0)
    let x = try File.open(store).root.dataset("train/X").read(as: Float.self)
    func reading(_ window: Int, _ step: Int) -> [Float] {
      let start = (window * 128 + step) * 9
      return Array(x[start..<(start + 9)])
    }
    for step in 0..<128 {
      let r = reading(0, step)
      let gravity = (0..<3).map { r[$0] - r[$0 + 3] }
      let length = gravity.reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(abs(length - 1) < 1e-5)
    }
    #expect(reading(0, 64) == reading(1, 0))
  }

  /// Both splits grow alike; beyond some hundred windows per person, text is written before all of it is made.
  @Test func timesTheRealRecordings() throws {
    let result = try synthesize.run([made, "--scale", "0.4", "--json", "--quiet"])
    #expect(result.status == 0, "\(result.standardError)")
    for (split, count) in [("train", 2941), ("test", 1179)] {
      let labels = try String(contentsOfFile: "\(made)/\(split)/y_\(split).txt", encoding: .utf8)
      #expect(labels.split(separator: "\n").count == count)
      #expect(result.standardOutput.contains("\"\(split)_windows\" : \(count)"))
    }
    #expect(try synthesize.run([directory.path("same"), "--size", "4120"]).status == 0)
    #expect(try files(in: made)["train/y_train.txt"] == files(in: directory.path("same"))["train/y_train.txt"])
  }

  @Test func seedAndSizeDecideEveryByte() throws {
    for (name, seed) in [("a", "7"), ("b", "7"), ("c", "8")] {
      #expect(try synthesize.run([directory.path(name), "--size", "60", "--seed", seed]).status == 0)
    }
    let (a, b, c) = (
      try files(in: directory.path("a")), try files(in: directory.path("b")), try files(in: directory.path("c"))
    )
    let signal = SmallDataset.signalFile("total_acc_x", "test")
    #expect(a == b)
    #expect(a[signal] != c[signal])
  }

  @Test func folderThatExists() throws {
    try directory.write("precious", to: "made/file")
    let result = try synthesize.run([made, "--size", "60"])
    #expect(result.status == 73)
    #expect(result.errorLines == ["har-synthesize: \(made): exists already and is not empty"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: made) == ["file"])
    let file = try synthesize.run([directory.path("made/file"), "--size", "60"])
    #expect(file.status == 73)
    #expect(file.errorLines == ["har-synthesize: \(made)/file: exists already and is no folder"])
  }

  @Test func emptyFolderIsFilled() throws {
    try FileManager.default.createDirectory(atPath: made, withIntermediateDirectories: false)
    #expect(try synthesize.run([made + "/", "--size", "60"]).status == 0)
    #expect(try directory.names() == ["made"])
  }

  @Test func folderThatCannotBeMade() throws {
    let result = try synthesize.run([directory.path("none/made")])
    #expect(result.status == 73)
    #expect(result.errorLines.count == 1)
  }

  @Test func fullDisk() throws {
    let shell = Executable(path: "/bin/sh")
    let result = try shell.run(["-c", "ulimit -f 50; exec \"$0\" \"$@\"", synthesize.path, made, "--size", "600"])
    #expect(result.status == 74)
    #expect(result.errorLines == ["har-synthesize: \(made): cannot be written: File too large"])
    #expect(try directory.names() == [])
  }

  @Test(arguments: [
    [], ["a", "--size", "29"], ["a", "--size", "0.001"], ["a", "--size", "many"], ["a", "--size", "nan"],
    ["a", "--size", "30.5"], ["a", "--size", "1.5"], ["a", "--size", "-5"], ["a", "--scale", "0"],
    ["a", "--scale", "1001"], ["a", "--scale", "0.001"], ["a", "--scale", "2", "--size", "60"], ["a", "--seed", "-1"],
    ["a", "b"],
  ])
  func wrongUsage(_ arguments: [String]) throws {
    let result = try synthesize.run(arguments, in: directory.path)
    #expect(result.status == 64)
    #expect(result.errorLines.count == 1, "\(result.standardError)")
    #expect(
      result.standardError.hasPrefix("har-synthesize: ") && result.standardError.hasSuffix("(har-synthesize --help)\n"))
    #expect(try directory.names() == [])
  }

  @Test func interruptionLeavesNothing() throws {
    let outputs = try TemporaryDirectory()
    let (process, _, _) = try synthesize.start([made, "--size", "1000000"], outputs: outputs)
    while process.isRunning, try !directory.names().contains(where: { $0.hasPrefix(".made.partial") }) { usleep(2000) }
    // The folder is made just before the handler is put in place; its first file comes after that.
    while process.isRunning, try files(in: directory.path).isEmpty { usleep(2000) }
    kill(process.processIdentifier, SIGTERM)
    process.waitUntilExit()
    #expect(process.terminationStatus == SIGTERM)
    #expect(try directory.names() == [])
  }
}
