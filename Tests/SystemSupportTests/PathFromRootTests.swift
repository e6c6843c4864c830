import Foundation
import Testing
import SystemSupport
import _TestSupport

/// Paths from the root on.
@Suite struct PathFromRootTests {
  let directory: TemporaryDirectory

  /// `link` leads to `data/inside`.
  init() throws {
    directory = try TemporaryDirectory()
    try directory.write("", to: "data/inside/file")
    try FileManager.default.createSymbolicLink(
      atPath: directory.path("link"), withDestinationPath: directory.path("data/inside"))
  }

  @Test func linksStayAsTheyWereTyped() {
    #expect(pathFromRoot(directory.path("link/file")) == directory.path("link/file"))
    #expect(pathFromRoot(directory.path("./data//inside/./file")) == directory.path("data/inside/file"))
    #expect(pathFromRoot("some/file") == FileManager.default.currentDirectoryPath + "/some/file")
  }

  @Test func theFolderAboveALinkIsThatOfWhatItLeadsTo() throws {
    let real = try #require(realpath(directory.path("data"), nil).map { String(cString: $0) })
    #expect(pathFromRoot(directory.path("link/../store.h5")) == "\(real)/store.h5")
    #expect(pathFromRoot(directory.path("data/../link/..")) == real)
    // Behind the last `..` nothing is followed.
    #expect(pathFromRoot(directory.path("link/../../link/file")).hasSuffix("/link/file"))
    // What isn't there is left to whoever opens it.
    #expect(pathFromRoot(directory.path("none/../file")) == directory.path("none/../file"))
  }
}
