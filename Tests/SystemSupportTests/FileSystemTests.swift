import Foundation
import SystemSupport
import Testing
import _TestSupport

@Suite("File system")
struct FileSystemTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test func contentsOfFiles() throws {
    let bytes = Data((0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 * $0 >> 8) })
    #expect(try FileSystem.contents(directory.write(bytes, to: "file")) == bytes)
    #expect(try FileSystem.contents(directory.write("", to: "empty")) == Data())
    #expect(try FileSystem.contents(directory.path("absent")) == nil)
    #expect(try FileSystem.contents(directory.path("absent/file")) == nil)
    #expect(try FileSystem.contents(directory.path("file/file")) == nil)
    let error = #expect(throws: InputError.self) { try FileSystem.contents(directory.path) }
    #expect(error?.exitStatus == .noInput)
  }

  @Test func pipesAreNotWaitedFor() throws {
    #expect(mkfifo(directory.path("pipe"), 0o600) == 0)
    let pipe = directory.path("pipe")
    let errors = [
      #expect(throws: InputError.self) { try FileSystem.contents(pipe) },
      #expect(throws: InputError.self) { try SHA256Digest.ofFile(pipe) },
      #expect(throws: InputError.self) { try FileSeal.state(of: pipe) },
    ]
    #expect(errors.allSatisfy { $0?.found == "something that is no file" && $0?.exitStatus == .noInput })
  }

  @Test func foldersAreMadeOnTheWay() throws {
    for _ in 0..<2 {
      try FileSystem.makeFolders(directory.path("a/b/c"))
      #expect(FileSystem.isFolder(directory.path("a/b/c")))
    }
    try FileSystem.makeFolders(directory.path("a/d/"))
    #expect(FileSystem.names(in: directory.path("a")).sorted() == ["b", "d"])
    try directory.write("", to: "file")
    for path in [directory.path("file"), directory.path("file/x"), directory.path("file/x/y"), "", "a\0b"] {
      let error = #expect(throws: OutputError.self) { try FileSystem.makeFolders(path) }
      #expect(error?.exitStatus == .cannotCreate)
    }
  }

  @Test(arguments: [
    ("a", ".", "a"), ("a/b", "a", "b"), ("/a", "/", "a"), ("/a/b//", "/a", "b"), ("/", "/", ""), ("", ".", ""),
  ])
  func split(_ path: String, _ folder: String, _ name: String) {
    #expect(FileSystem.split(path) == (folder, name))
  }

  @Test func removingFoldersAndLinks() throws {
    try directory.write("", to: "kept/file")
    try directory.write("", to: "gone/deep/file")
    #expect(symlink(directory.path("kept"), directory.path("gone/link")) == 0)
    FileSystem.remove(directory.path("gone"))
    FileSystem.remove(directory.path("absent"))
    #expect(try directory.names() == ["kept"])
    #expect(FileSystem.isRegularFile(directory.path("kept/file")))
  }

  @Test(arguments: [
    (0.215, 2, "0.22"), (-0.001, 2, "0.00"), (-1.5, 0, "-2"), (12.0, 3, "12.000"), (.infinity, 1, "inf"),
    (1e18, 2, "1e+18"),
  ])
  func decimals(_ number: Double, _ digits: Int, _ text: String) { #expect(number.decimal(digits: digits) == text) }
}
