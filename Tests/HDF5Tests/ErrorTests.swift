import Foundation
import HDF5
import Testing
import _TestSupport

func readBytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

@Suite("Errors say what is wrong")
struct ErrorTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func makeFile() throws -> String {
    let path = directory.path("file.h5")
    let file = try File.create(path)
    try file.root.writeDataset("x", [Float](repeating: 1, count: 10_000), shape: [100, 100])
    try file.close()
    return path
  }

  @Test func missingFile() throws {
    let error = #expect(throws: HDF5Error.self) { try File.open(directory.path("none.h5")) }
    #expect(error?.kind == .notFound)
    #expect(error?.reason == "cannot be opened: No such file or directory")
  }

  @Test(arguments: ["", "hello, this is text, and rather more of it than the signature of a file is long"])
  func notHDF5(_ text: String) throws {
    let path = try directory.write(text, to: "text.h5")
    let error = #expect(throws: HDF5Error.self) { try File.open(path) }
    #expect(error?.kind == .notHDF5)
  }

  @Test func folder() throws {
    let error = #expect(throws: HDF5Error.self) { try File.open(directory.path) }
    #expect(error?.kind == .notHDF5)
  }

  @Test func truncatedFile() throws {
    let bytes = try readBytes(try makeFile())
    for count in [bytes.count - 1, bytes.count / 2, 200] {
      let path = try directory.write(Data(bytes[..<count]), to: "short.h5")
      let error = #expect(throws: HDF5Error.self) { try File.open(path) }
      #expect(error?.kind == .truncated, "\(count) bytes: \(String(describing: error))")
    }
    let path = try directory.write(Data(bytes[..<20]), to: "short.h5")
    #expect(throws: HDF5Error.self) { try File.open(path) }
  }

  @Test func damagedFilesNeverTrap() throws {
    let bytes = try readBytes(try makeFile())
    var state: UInt64 = 1
    for _ in 0..<300 {
      var damaged = bytes
      for _ in 0..<3 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        damaged[Int(state >> 33) % 900] = UInt8(truncatingIfNeeded: state >> 20)
      }
      let path = try directory.write(Data(damaged), to: "damaged.h5")
      // Whatever comes of it, it is a value or an error.
      _ = try? File.open(path).root.dataset("x").read(as: Float.self)
      if let dataset = try? File.open(path).root.dataset("x"), let count = try? dataset.count(as: Float.self) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { try? dataset.read(into: $0) }
      }
    }
  }

  @Test func missingAndMisplacedObjects() throws {
    let path = try makeFile()
    let root = try File.open(path).root
    #expect(throws: HDF5Error(.notFound, file: path, object: "/train/X", reason: "is missing")) {
      try root.dataset("train/X")
    }
    #expect(throws: HDF5Error(.wrongType, file: path, object: "/x", reason: "is not a group")) { try root.group("x") }
    #expect(throws: HDF5Error(.notFound, file: path, object: "/@title", reason: "is missing")) {
      try root.attribute("title")
    }
    #expect(throws: HDF5Error.self) { try root.dataset("") }
    #expect(throws: HDF5Error.self) { try root.dataset("a\0b") }
  }

  @Test func wrongWrites() throws {
    let root = try File.create(directory.path("new.h5")).root
    let dataset = try root.createDataset("x", of: Float.self, shape: [4, 2])
    #expect(throws: HDF5Error.self) { try dataset.write([Float(1)]) }
    #expect(throws: HDF5Error.self) { try dataset.write([Float](repeating: 0, count: 4), rows: 3..<5) }
    #expect(throws: HDF5Error.self) { try dataset.setDimensionLabels(["only one"]) }
    #expect(throws: HDF5Error.self) { try root.createDataset("x", of: Float.self, shape: [1]) }
    #expect(throws: HDF5Error.self) { try root.createDataset("y", of: Float.self, shape: [-1]) }
    #expect(throws: HDF5Error.self) {
      try root.createDataset("z", of: Float.self, shape: [4], compression: .gzip(level: 4))
    }
    #expect(throws: HDF5Error.self) { try root.setAttribute("s", .string("a\0b")) }
  }

  @Test func fileThatCannotBeCreated() throws {
    let error = #expect(throws: HDF5Error.self) { try File.create(directory.path("no/folder.h5")) }
    #expect(error?.kind == .cannotCreate)
    #expect(error?.reason == "cannot be created: No such file or directory")
  }

  /// Who still holds a lock on a file, such as a process that was being started when it was written, keeps nobody from making it
  /// anew, but from reading it while it may be changing.
  @Test func locksOfOthers() throws {
    let path = try makeFile()
    let descriptor = open(path, O_RDWR)
    defer { close(descriptor) }
    #expect(descriptor >= 0 && flock(descriptor, LOCK_EX) == 0)
    #expect(
      throws: HDF5Error(.unreadable, file: path, reason: "is open for writing in another process")
    ) { try File.open(path) }
    #expect(try makeFile() == path)
    #expect(flock(descriptor, LOCK_UN) == 0)
    #expect(try File.open(path).root.dataset("x").shape == [100, 100])
  }

  @Test func useAfterClose() throws {
    let file = try File.create(directory.path("new.h5"))
    let root = try file.root
    try file.close()
    #expect(throws: HDF5Error.self) { try root.createGroup("g") }
    #expect(throws: HDF5Error.self) { try root.hasAttribute("a") }
    #expect(throws: HDF5Error.self) { try root.attributeNames() }
    #expect(throws: HDF5Error.self) { try file.close() }
  }
}
