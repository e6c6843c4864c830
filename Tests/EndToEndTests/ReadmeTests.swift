import Foundation
import Testing
import _TestSupport

/// What the README tells a user to type works as it stands there.
@Suite("README")
struct ReadmeTests {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  /// What keeps a command short that would search or train for long.
  private static let shortening = [
    ("har-train tune", "--budget 2 --repeats 1"), ("--model all", "--repeats 1 --epochs 2"),
  ]

  /// The commands under a heading: the indented lines, without their comments.
  private static func commands(under heading: String) throws -> [String] {
    let text = try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
    let start = try #require(text.range(of: "\n\(heading)\n"))
    let section = text[start.upperBound...]
    let end = section.range(of: "\n## ")?.lowerBound ?? section.endIndex
    return section[..<end].split(separator: "\n").filter { $0.hasPrefix("    ") }.map { line in
      String(line.drop { $0 == " " }).replacing(/\ +# .*/, with: "")
    }
  }

  @Test func commandsWorkAsTheyStand() throws {
    let directory = try TemporaryDirectory()
    let made = try Executable(product: "har-synthesize").run(
      ["HARDataset", "--size", "90", "--quiet"], in: directory.path)
    #expect(made.status == 0)
    try FileManager.default.createSymbolicLink(
      atPath: directory.path("examples"), withDestinationPath: Self.root.appendingPathComponent("examples").path)
    let bin = URL(fileURLWithPath: Executable(product: "har-train").path).deletingLastPathComponent().path
    let commands = try Self.commands(under: "## Using it")
    #expect(commands.count > 10)
    for command in commands {
      let more = Self.shortening.filter { command.contains($0.0) }.map(\.1).joined(separator: " ")
      let result = try Executable(path: "/bin/bash").run(
        ["-c", "PATH=\(bin):$PATH; \(command) \(more)"], in: directory.path)
      #expect(result.status == 0, "\(command): \(result.standardError.suffix(500))")
      // The user's own model is one that Keras could have saved.
      if command.contains("--output run") {
        try FileManager.default.copyItem(
          atPath: directory.path("run/model-01.h5"), toPath: directory.path("my-keras-model.h5"))
        try FileManager.default.copyItem(atPath: directory.path("run"), toPath: directory.path("other-run"))
      }
    }
  }
}
