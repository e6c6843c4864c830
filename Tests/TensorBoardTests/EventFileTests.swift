import Foundation
import SystemSupport
import Testing
import _TestSupport

import TensorBoard

@Suite("Event files hold what they are given, and nothing else")
struct EventFileTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func file(startedAt: Double = 1_700_000_000.5, hostName: String = "host") -> EventFile {
    EventFile(folder: directory.path("run"), startedAt: startedAt, hostName: hostName)
  }

  private func written(_ file: EventFile) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: file.path)))
  }

  private func node(_ file: EventFile) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: file.path)[.systemFileNumber] as? Int
  }

  @Test func firstEventIsTheVersion() {
    // 1.0 as wall time, and "brain.Event:2".
    let event: [UInt8] = [0x09, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0x1A, 13] + Array("brain.Event:2".utf8)
    #expect(file(startedAt: 1).bytes == RecordFraming.record(event))
  }

  @Test func scalarsByHand() {
    var file = file(startedAt: 1)
    let start = file.bytes.count
    file.append(step: 300, wallTime: 1, scalars: [("a", 1), ("b", 0)])
    let values: [UInt8] = [0x0A, 8, 0x0A, 1, 0x61, 0x15, 0, 0, 0x80, 0x3F, 0x0A, 8, 0x0A, 1, 0x62, 0x15, 0, 0, 0, 0]
    let event = [0x09, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0x10, 0xAC, 0x02, 0x2A, 20] + values
    #expect(Array(file.bytes[start...]) == RecordFraming.record(event))
  }

  @Test func names() {
    func name(_ startedAt: Double, _ hostName: String) -> String {
      FileSystem.split(file(startedAt: startedAt, hostName: hostName).path).name
    }
    #expect(name(1_700_000_000.9, "a-b_c.example.org") == "events.out.tfevents.1700000000.a-b_c.example.org")
    #expect(name(12, "") == "events.out.tfevents.0000000012.localhost")
    #expect(name(0, "a/b ü\n\0") == "events.out.tfevents.0000000000.a-b----")
    for odd in [-1, -Double.infinity, .nan] { #expect(name(odd, "h") == "events.out.tfevents.0000000000.h") }
    #expect(name(1e300, "h") == "events.out.tfevents.9999999999.h")
    #expect(name(1, String(repeating: "x", count: 1000)).utf8.count == 131)
  }

  @Test func whatBeginsTheSameIsExtended() throws {
    var file = file()
    file.append(step: 0, wallTime: 2, scalars: [("loss", 1)])
    try file.write()
    #expect(try written(file) == file.bytes)
    let first = try node(file)
    file.append(step: 1, wallTime: 3, scalars: [("loss", 0.5)])
    try file.write()
    try file.write()
    #expect(try written(file) == file.bytes)
    #expect(try node(file) == first)
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path("run")).count == 1)
  }

  @Test func whatWasCutShortIsCompleted() throws {
    var file = file()
    file.append(step: 0, wallTime: 2, scalars: [("loss", 1)])
    try file.write()
    let first = try node(file)
    #expect(truncate(file.path, off_t(file.bytes.count - 5)) == 0)
    try file.write()
    #expect(try written(file) == file.bytes)
    #expect(try node(file) == first)
  }

  @Test(arguments: ["", "other", "longer"])
  func whatBeginsOtherwiseIsReplaced(_ kind: String) throws {
    let file = file()
    let others = [
      "": [], "other": file.bytes.dropLast() + [file.bytes[file.bytes.count - 1] ^ 1], "longer": file.bytes + [0],
    ]
    let old = try directory.write(Data(try #require(others[kind])), to: "run/" + FileSystem.split(file.path).name)
    let first = try node(file)
    // Keeps the old file's number from being given again.
    let held = open(old, O_RDONLY)
    defer { close(held) }
    try file.write()
    #expect(try written(file) == file.bytes)
    #expect(try node(file) != first)
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path("run")).count == 1)
  }

  @Test func placesWhereNothingCanBe() throws {
    try directory.write("", to: "run")
    let error = #expect(throws: OutputError.self) { try file().write() }
    #expect(error?.exitStatus == .cannotCreate)
  }

  /// In a process of its own, as the limit on the size of files that stands for a full disk is one of the process.
  @Test func fullDisk() async {
    await #expect(processExitsWith: .success) {
      let directory = try TemporaryDirectory()
      var file = EventFile(folder: directory.path, startedAt: 1, hostName: "host")
      try file.write()
      let count = file.bytes.count
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 50, rlim_max: 100)
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      file.append(step: 1, wallTime: 2, scalars: [("loss", 1)])
      let error = #expect(throws: OutputError.self) { try file.write() }
      #expect(error?.message == "\(file.path): cannot be written: File too large")
      #expect(error?.exitStatus == .io)
      // A later attempt goes on where this one stopped.
      limit.rlim_cur = 100
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      #expect(FileSystem.size(file.path) == 50 && count < 50 && file.bytes.count <= 100)
      try file.write()
      #expect(try [UInt8](Data(contentsOf: URL(fileURLWithPath: file.path))) == file.bytes)
    }
  }
}
