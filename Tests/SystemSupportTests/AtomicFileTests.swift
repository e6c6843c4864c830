import Foundation
import SystemSupport
import Testing
import _TestSupport

@Suite("A file or folder appears complete or not at all")
struct AtomicFileTests {
  let directory: TemporaryDirectory
  var path: String { directory.path("out") }

  init() throws { directory = try TemporaryDirectory() }

  private func text(_ name: String = "out") throws -> String {
    try String(contentsOfFile: directory.path(name), encoding: .utf8)
  }

  private func fill(_ file: AtomicFile, _ text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: file.temporaryPath))
  }

  private func refusal(_ path: String, _ kind: AtomicFile.Kind, _ existing: AtomicFile.Existing) -> OutputError? {
    #expect(throws: OutputError.self) { try AtomicFile(path, kind: kind, existing: existing) }
  }

  @Test func fileAppearsWhenItIsDone() throws {
    let file = try AtomicFile(path)
    try fill(file, "new")
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(FileSystem.split(file.temporaryPath).folder == directory.path)
    try file.commit()
    #expect(try text() == "new")
    #expect(try directory.names() == ["out"])
    let error = #expect(throws: OutputError.self) { try file.commit() }
    #expect(error?.exitStatus == .software)
    file.discard()
    #expect(try text() == "new")
  }

  /// Lines are written in blocks: none is lost or doubled where one ends, be it longer than a block.
  @Test(arguments: [0, 1, 100, 32 << 10, 100_000])
  func linesFollowEachOther(_ length: Int) throws {
    let lines = (0..<200).map { "\($0) \(String(repeating: "x", count: $0 % 3 == 0 ? length : 9))\n" }
    try AtomicFile.replace(path, withLines: lines.lazy.map { $0 })
    #expect(try text() == lines.joined())
    try AtomicFile.replace(path, withLines: [])
    #expect(try text() == "")
    #expect(try directory.names() == ["out"])
  }

  @Test func whatIsNotFinishedGoes() throws {
    var file: AtomicFile? = try AtomicFile(path)
    try fill(try #require(file), "new")
    file = nil
    #expect(try directory.names() == [])
    let folder = try AtomicFile(path, kind: .folder)
    try Data().write(to: URL(fileURLWithPath: "\(folder.temporaryPath)/x"))
    folder.discard()
    #expect(try directory.names() == [])
    #expect(throws: OutputError.self) { try folder.commit() }
  }

  @Test func fileThatExistsIsKeptOrReplaced() throws {
    try directory.write("old", to: "out")
    #expect(refusal(path, .file, .refuse)?.message == "\(path): exists already")
    let hint = "\(path): exists already; --overwrite would replace it"
    #expect(refusal(path, .file, .refuseWithoutOverwrite)?.message == hint)
    let file = try AtomicFile(path, existing: .replace)
    try fill(file, "new")
    #expect(try text() == "old")
    try file.commit()
    #expect(try text() == "new")
    #expect(try directory.names() == ["out"])
  }

  @Test func whatAppearsInTheMeantimeIsKept() throws {
    let file = try AtomicFile(path)
    try directory.write("theirs", to: "out")
    let error = #expect(throws: OutputError.self) { try file.commit() }
    #expect(error?.reason == "exists already")
    #expect(error?.exitStatus == .cannotCreate)
    file.discard()
    #expect(try text() == "theirs")
    #expect(try directory.names() == ["out"])
  }

  @Test func twoOfOneNameAtOnce() throws {
    let (one, other) = (try AtomicFile(path, existing: .replace), try AtomicFile(path, existing: .replace))
    try fill(one, "one")
    try fill(other, "other")
    try other.commit()
    try one.commit()
    #expect(try text() == "one")
    #expect(try directory.names() == ["out"])
  }

  @Test func folders() throws {
    for path in [path, path + "/"] {
      // The second time it is there, empty.
      let folder = try AtomicFile(path, kind: .folder)
      try folder.commit()
      #expect(FileSystem.isFolder(path))
    }
    let folder = try AtomicFile(path, kind: .folder)
    try Data("x".utf8).write(to: URL(fileURLWithPath: "\(folder.temporaryPath)/x"))
    try folder.commit()
    #expect(try text("out/x") == "x")
    #expect(try directory.names() == ["out"])
    for existing in [AtomicFile.Existing.refuse, .replace] {
      #expect(refusal(path, .folder, existing)?.reason == "exists already and is not empty")
      #expect(refusal("\(path)/x", .folder, existing)?.reason == "exists already and is no folder")
      #expect(refusal(path, .file, existing)?.reason == "exists already and is no regular file")
    }
  }

  @Test func folderThatIsFilledInTheMeantimeIsKept() throws {
    let folder = try AtomicFile(path, kind: .folder)
    try directory.write("theirs", to: "out/x")
    #expect(throws: OutputError.self) { try folder.commit() }
    folder.discard()
    #expect(try text("out/x") == "theirs")
    #expect(try directory.names() == ["out"])
  }

  @Test(arguments: [AtomicFile.Kind.file, .folder])
  func placesWhereNothingCanBe(_ kind: AtomicFile.Kind) throws {
    let absent = refusal(directory.path("absent/out"), kind, .refuse)
    #expect(absent?.reason == "cannot be created: there is no folder \(directory.path("absent"))")
    #expect(absent?.exitStatus == .cannotCreate)
    for path in ["", "/", "\(path)\0b"] { #expect(refusal(path, kind, .replace) != nil) }
    #expect(refusal("/dev/null", kind, .replace) != nil)
    if kind == .file { #expect(refusal(path + "/", kind, .replace)?.reason == "is not a name for a file") }
    #expect(try directory.names() == [])
  }

  @Test func linksAreFollowed() throws {
    try directory.write("old", to: "folder/target")
    #expect(symlink("folder/target", path) == 0)
    #expect(refusal(path, .file, .refuse) != nil)
    try AtomicFile.replace(path, with: Data("new".utf8))
    #expect(try text("folder/target") == "new")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path) == "folder/target")
    #expect(try directory.names() == ["folder", "out"])
    // What leads nowhere is in the way of a new file, and gives way to a replacement.
    try directory.remove("folder/target")
    let file = try AtomicFile(path)
    #expect(throws: OutputError.self) { try file.commit() }
    try AtomicFile.replace(path, with: Data("other".utf8))
    #expect(try text() == "other")
  }

  @Test func replaceTakesAnyBytes() throws {
    try AtomicFile.replace(path, with: Data("data".utf8))
    #expect(try text() == "data")
    try AtomicFile.replace(path, with: Array("array".utf8))
    #expect(try text() == "array")
    try AtomicFile.replace(path, with: "tap".utf8.reversed().lazy.map { $0 })
    #expect(try text() == "pat")
    try AtomicFile.replace(path, with: [])
    #expect(try text() == "")
    #expect(try directory.names() == ["out"])
  }

  @Test func whatFailsLeavesTheOldFile() throws {
    struct Failure: Error, Equatable {}
    try directory.write("old", to: "out")
    #expect(throws: Failure()) {
      try AtomicFile.replace(path) { temporaryPath in
        try Data("half".utf8).write(to: URL(fileURLWithPath: temporaryPath))
        throw Failure()
      }
    }
    // The writer removed its own file.
    #expect(throws: OutputError.self) { try AtomicFile.replace(path) { unlink($0) } }
    #expect(try text() == "old")
    #expect(try directory.names() == ["out"])
    try AtomicFile.replace(path) { try Data("new".utf8).write(to: URL(fileURLWithPath: $0)) }
    #expect(try text() == "new")
  }

  /// In a process of its own, as the limit on the size of files that stands for a full disk is one of the process.
  @Test func fullDisk() async {
    await #expect(processExitsWith: .success) {
      let directory = try TemporaryDirectory()
      let path = try directory.write("old", to: "out")
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 100, rlim_max: 100)
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      let error = #expect(throws: OutputError.self) {
        try AtomicFile.replace(path, with: [UInt8](repeating: 1, count: 101))
      }
      #expect(error?.message == "\(path): cannot be written: File too large")
      #expect(error?.exitStatus == .io)
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
      #expect(try directory.names() == ["out"])
    }
  }

  /// Whoever could not read the old file can't read the new one.
  @Test(arguments: [0o600, 0o644, 0o640, 0o664] as [mode_t])
  func permissionsStay(_ mode: mode_t) throws {
    let path = try directory.write("old", to: "out")
    #expect(chmod(path, mode) == 0)
    try AtomicFile.replace(path, with: "new".utf8)
    var status = stat()
    #expect(stat(path, &status) == 0)
    #expect(status.st_mode & 0o777 == mode)
    #expect(try text() == "new")
  }

  /// What killed processes left goes when the name is written again; what living ones write stays.
  @Test func leftoversOfKilledProcessesAreSwept() throws {
    let process = try Executable(path: "/bin/sleep").start(["60"], outputs: directory).process
    defer { process.terminate() }
    let living = ".out.partial-\(process.processIdentifier)-1"
    let dead = try Executable(path: "/bin/bash").run(["-c", "echo $$"]).standardOutput.dropLast()
    for name in [living, ".out.partial-\(dead)-1", ".out.partial-\(dead)-2.abandoned", ".other.partial-\(dead)-1"] {
      try directory.write("half", to: name)
    }
    try AtomicFile.replace(directory.path("out"), with: "new".utf8)
    let left = try directory.names().filter { $0.contains("partial") }
    #expect(left == [".other.partial-\(dead)-1", living].sorted())
  }

  @Test func leftoversAreRemoved() throws {
    try directory.write("", to: "a/.model.h5.partial-123-4")
    try directory.write("", to: "a/.folder.partial-5-6/deep/x")
    try directory.write("", to: "a/model.h5")
    try directory.write("", to: "a/x.partial-1-2")
    try directory.write("", to: "b/.lock")
    try directory.write("", to: "b/.scores.json.partial-77-1")
    AtomicFile.removeLeftovers(in: [directory.path("a"), directory.path("absent"), directory.path("b")])
    #expect(FileSystem.names(in: directory.path("a")).sorted() == ["model.h5", "x.partial-1-2"])
    #expect(FileSystem.names(in: directory.path("b")) == [".lock"])
    // They are what an AtomicFile leaves.
    let file = try AtomicFile(path)
    AtomicFile.removeLeftovers(in: [directory.path])
    #expect(!FileSystem.exists(file.temporaryPath))
  }
}
