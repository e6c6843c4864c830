import Foundation
import Testing
import _TestSupport

/// Paths through links lead where the system takes them, now and later from elsewhere.
@Suite struct LinkedPathTests {
  let train = Executable(product: "har-train")
  let directory: TemporaryDirectory

  /// `link` leads to `data/inside`, so that `link/..` is `data`.
  init() throws {
    directory = try TemporaryDirectory()
    try FileManager.default.createDirectory(
      atPath: directory.path("data/inside"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: directory.path("link"), withDestinationPath: directory.path("data/inside"))
    try directory.makeStore(size: 60, at: "data/store.h5")
  }

  @Test func theFolderAboveALink() throws {
    let trained = try train.run(
      [
        "--data", "link/../store.h5", "--units", "3", "--epochs", "1", "--repeats", "1", "--quiet", "--output", "run",
      ], in: directory.path)
    #expect(trained.status == 0, "\(trained.standardError)")
    // The run finds its store again, and so does whoever types its command, from elsewhere too.
    let elsewhere = try TemporaryDirectory()
    let evaluated = try train.run(["evaluate", directory.path("run")], in: elsewhere.path)
    #expect(evaluated.status == 0, "\(evaluated.standardError)")
    let page = try String(contentsOfFile: directory.path("run/report.html"), encoding: .utf8)
    let command = try #require(page.firstMatch(of: /<pre>har-train ([^<]*)<\/pre>/)).output.1
    #expect(!command.contains(".."))
    let again = try Executable(path: "/bin/bash").run(
      ["-c", "\"$0\" \(command) --output again --quiet", train.path], in: elsewhere.path)
    #expect(again.status == 0 && again.standardOutput == trained.standardOutput, "\(again.standardError)")
  }

  /// By whatever path, a store is not taken for a page to replace.
  @Test func theStoreIsNoPage() throws {
    let store = directory.path("data/store.h5")
    let before = try Data(contentsOf: URL(fileURLWithPath: store))
    let result = try train.run(
      ["inspect", "data/store.h5", "--html", "link/../store.h5", "--overwrite"], in: directory.path)
    #expect(result.status == 64 && result.standardError.contains("--html: data/store.h5 is the store"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: store)) == before)
  }
}
