import Foundation
import HDF5
import Testing
import _TestSupport

@Suite("What is written is read back")
struct RoundTripTests {
  let directory: TemporaryDirectory
  let path: String

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.path("file.h5")
  }

  private func write(_ body: (Group) throws -> Void) throws -> Group {
    let file = try File.create(path)
    try body(try file.root)
    try file.close()
    return try File.open(path).root
  }

  #if os(Linux)
    @Test func startedProcessesDoNotHaveTheFile() throws {
      let created = try File.create(path)
      defer { try? created.close() }
      try created.root.writeDataset("x", [Float(1)], shape: [1])
      let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap(Int32.init)
        .filter { (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == path }
      #expect(descriptors.count == 1)
      for descriptor in descriptors { #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0) }
    }
  #endif

  @Test func numbersOfEveryTypeAndRank() throws {
    let root = try write { root in
      try root.writeDataset("float", [Float(1.5), -.pi, .leastNonzeroMagnitude, 0], shape: [2, 2])
      try root.writeDataset("double", [1e300, -0.1], shape: [1, 2, 1])
      try root.writeDataset("uint8", [UInt8](0...255), shape: [256])
      try root.writeDataset("int32", [Int32.min, .max], shape: [2])
      try root.writeDataset("int64", [Int64.min, .max], shape: [2])
      try root.writeDataset("scalar", [Float(7)], shape: [])
      try root.writeDataset("empty", [Float](), shape: [0, 128, 9])
    }
    #expect(try root.dataset("float").read() == [Float(1.5), -.pi, .leastNonzeroMagnitude, 0])
    #expect(try root.dataset("double").read() == [1e300, -0.1])
    #expect(try root.dataset("double").shape == [1, 2, 1])
    #expect(try root.dataset("uint8").read() == [UInt8](0...255))
    #expect(try root.dataset("int32").read() == [Int32.min, .max])
    #expect(try root.dataset("int64").read() == [Int64.min, .max])
    #expect(try root.dataset("scalar").shape == [])
    #expect(try root.dataset("scalar").read() == [Float(7)])
    #expect(try root.dataset("empty").read(as: Float.self) == [])
    #expect(try root.dataset("empty").shape == [0, 128, 9])
  }

  @Test func numbersConvertWhereTheirMeaningStays() throws {
    let root = try write { root in
      try root.writeDataset("double", [0.1, 2.5], shape: [2])
      try root.writeDataset("whole", [UInt8(3)], shape: [1])
    }
    #expect(try root.dataset("double").read() == [Float(0.1), 2.5])
    #expect(try root.dataset("whole").read() == [Float(3)])
    #expect(try root.dataset("whole").read() == [Int64(3)])
    #expect(try root.dataset("double").elementType == .float(bytes: 8))
    let error = #expect(throws: HDF5Error.self) { try root.dataset("double").read(as: UInt8.self) }
    #expect(error?.kind == .wrongType)
    #expect(error?.description == "\(path): /double: holds float64, expected uint8")
  }

  @Test func numbersGoStraightIntoMemory() throws {
    let root = try write { root in
      try root.writeDataset("x", [1.5, -2, .infinity, 0.1, 5, 6], shape: [2, 3])
      try root.writeDataset("empty", [Float](), shape: [0, 3])
      try root.writeStringDataset("text", "abc")
    }
    func values(_ name: String, _ count: Int) throws -> [Float] {
      var values = [Float](repeating: .nan, count: count)
      try values.withUnsafeMutableBufferPointer { try root.dataset(name).read(into: $0) }
      return values
    }
    #expect(try root.dataset("x").count(as: Float.self) == 6)
    #expect(try values("x", 6) == [1.5, -2, .infinity, 0.1, 5, 6])
    #expect(try values("empty", 0) == [])
    for count in [5, 7] {
      let error = #expect(throws: HDF5Error.self) { try values("x", count) }
      #expect(error?.description == "\(path): /x: holds 6 values, expected \(count)")
    }
    #expect(throws: HDF5Error.self) { try values("text", 1) }
    #expect(throws: HDF5Error.self) { try root.dataset("text").count(as: Float.self) }
  }

  @Test(arguments: [Compression.none, .gzip(level: 1), .gzip(level: 9)])
  func rowsOfChunkedDatasets(_ compression: Compression) throws {
    let values = (0..<(100 * 3 * 2)).map { Float($0) }
    let root = try write { root in
      let dataset = try root.createDataset(
        "deep/down/X", of: Float.self, shape: [100, 3, 2], chunk: [16, 3, 2], compression: compression)
      for start in stride(from: 0, to: 100, by: 30) {
        let rows = start..<min(100, start + 30)
        try dataset.write(Array(values[(rows.lowerBound * 6)..<(rows.upperBound * 6)]), rows: rows)
      }
    }
    let dataset = try root.dataset("/deep/down/X")
    #expect(try dataset.read() == values)
    #expect(try dataset.read(rows: 31..<47) == Array(values[(31 * 6)..<(47 * 6)]))
    #expect(try dataset.read(rows: 5..<5, as: Float.self) == [])
    #expect(throws: HDF5Error.self) { try dataset.read(rows: 90..<101, as: Float.self) }
    #expect(throws: HDF5Error.self) { try dataset.read(rows: -1..<1, as: Float.self) }
  }

  @Test func attributesOfEveryKind() throws {
    let long = String(repeating: "{\"größe\": 1}", count: 20_000)
    let names = (0..<3000).map { "layer_\($0)_with_a_rather_long_name_so_that_the_list_is_large" }
    let values: [(String, AttributeValue)] = [
      ("string", .string("Größe ✓")), ("strings", .strings(["a", "", "ccc"])), ("bytes", .bytes("tensorflow")),
      ("fixed", .fixedLengthStrings(["lstm", "dense_1"])), ("integer", .integer(-5)), ("integers", .integers([1, 2])),
      ("double", .double(0.1)), ("doubles", .doubles([1, .infinity])), ("none", .fixedLengthStrings([])),
      ("long", .string(long)), ("many", .fixedLengthStrings(names)),
    ]
    let root = try write { root in
      try root.setAttribute("string", .integer(1))
      for (name, value) in values { try root.setAttribute(name, value) }
      try root.createGroup("g").setAttribute("many", .fixedLengthStrings(names))
      try root.writeDataset("d", [UInt8(1)], shape: [1]).setAttribute("many", .fixedLengthStrings(names))
    }
    #expect(try root.attributeNames() == values.map(\.0).sorted())
    #expect(try root.attribute("string").string() == "Größe ✓")
    #expect(try root.attribute("strings").strings() == ["a", "", "ccc"])
    #expect(try root.attribute("bytes").string() == "tensorflow")
    #expect(try root.attribute("fixed").strings() == ["lstm", "dense_1"])
    #expect(try root.attribute("integer").integer() == -5)
    #expect(try root.attribute("integers").read() == [Int64(1), 2])
    #expect(try root.attribute("double").double() == 0.1)
    #expect(try root.attribute("doubles").read() == [1, Double.infinity])
    #expect(try root.attribute("none").strings() == [])
    #expect(try root.attribute("long").string() == long)
    #expect(try root.attribute("many").strings() == names)
    #expect(try root.group("g").attribute("many").strings() == names)
    #expect(try root.dataset("d").attribute("many").strings() == names)
    #expect(try root.hasAttribute("absent") == false)
    #expect(try root.attribute("strings").shape == [3])
    #expect(try root.attribute("integer").elementType == .integer(bytes: 8, signed: true))
    let error = #expect(throws: HDF5Error.self) { try root.attribute("strings").string() }
    #expect(error?.description == "\(path): /@strings: holds 3 values, expected one")
    #expect(throws: HDF5Error.self) { try root.attribute("string").integer() }
  }

  @Test func groupsAndNames() throws {
    let root = try write { root in
      try root.createGroup("b/c")
      try root.writeDataset("a", [UInt8(1)], shape: [1])
      try root.writeStringDataset("ünïcode", "Größe")
    }
    #expect(try root.memberNames() == ["a", "b", "ünïcode"])
    #expect(try root.group("b").memberNames() == ["c"])
    #expect(try root.group("b").group("c").name == "/b/c")
    #expect(root.contains("b/c"))
    #expect(root.contains("/b/c"))
    #expect(!root.contains("b/d/e"))
    #expect(!root.contains("a/x"))
    #expect(try root.dataset("ünïcode").string() == "Größe")
    #expect(try root.dataset("ünïcode").elementType == .string)
  }

  @Test func equalContentsGiveEqualBytes() throws {
    func bytes(_ name: String) throws -> [UInt8] {
      let file = try File.create(directory.path(name))
      try file.root.writeDataset("g/h/x", [Float](repeating: 1, count: 100), shape: [100]).setDimensionLabels(["n"])
      try file.root.setAttribute("title", .string("x"))
      try file.close()
      return try readBytes(directory.path(name))
    }
    #expect(try bytes("1.h5") == bytes("2.h5"))
  }

  @Test func objectsKeepTheirFileOpen() throws {
    let root = try write { root in try root.writeDataset("a/b", [Float(4)], shape: [1]) }
    let dataset = try root.group("a").dataset("b")
    #expect(try dataset.read() == [Float(4)])
  }

  @Test func manyThreadsMayReadAndWriteAtOnce() async throws {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for task in 0..<16 {
        group.addTask { [directory] in
          let path = directory.path("\(task).h5")
          let values = (0..<1000).map { Float($0 * task) }
          let file = try File.create(path)
          try file.root.writeDataset("x", values, shape: [1000])
          try file.close()
          return try File.open(path).root.dataset("x").read() == values
        }
      }
      for try await isEqual in group { #expect(isEqual) }
    }
  }
}
