import Foundation
import Testing
import _TestSupport

/// Results that standard output does not take are an error, and nothing of it lands in a file.
@Suite("Standard output")
struct StandardOutputTests {
  let directory: TemporaryDirectory
  let train = Executable(product: "har-train")

  init() throws {
    directory = try TemporaryDirectory()
    try directory.makeStore(size: 60)
  }

  private func run(_ product: String, _ redirection: String, _ arguments: [String]) throws -> ProcessResult {
    try Executable(path: "/bin/bash").run(
      ["-c", "exec \"$@\" \(redirection)", "bash", Executable(product: product).path] + arguments, in: directory.path)
  }

  @Test(
    arguments: [">/dev/full", ">&-"],
    [
      ["har-train", "versions"], ["har-train", "--help"], ["har-train", "--version"], ["har-convert", "--help"],
      ["har-convert", "made", "other.h5", "--quiet"], ["har-synthesize", "other", "--size", "60", "--quiet"],
    ])
  func isNotLost(_ redirection: String, _ command: [String]) throws {
    let result = try run(command[0], redirection, Array(command.dropFirst()))
    #expect(result.status == 74)
    #expect(result.errorLines.count == 1, "\(result.standardError)")
    #expect(result.standardError.hasPrefix("\(command[0]): standard output: cannot be written: "))
    // The store is there, and holds nothing but a store.
    if command.contains("other.h5") {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: directory.path("other.h5")))
      #expect(bytes == (try Data(contentsOf: URL(fileURLWithPath: directory.path("store.h5")))))
    }
  }

  /// The run is saved and goes on; with a pipe whose reader has gone too.
  @Test(arguments: [">/dev/full", ">&-", "| true"])
  func runsAreSaved(_ redirection: String) throws {
    let options = ["--data", "store.h5", "--repeats", "2", "--epochs", "1", "--units", "3", "--quiet", "--output"]
    let whole = try train.run(options + ["whole"], in: directory.path)
    let script = redirection == "| true" ? "\"$@\" | true; exit ${PIPESTATUS[0]}" : "exec \"$@\" \(redirection)"
    let result = try Executable(path: "/bin/bash").run(
      ["-c", script, "bash", train.path] + options + ["cut"], in: directory.path)
    #expect(result.status == 74)
    #expect(result.standardError.contains("har-train resume cut"))
    let resumed = try train.run(["resume", "cut", "--quiet"], in: directory.path)
    #expect(resumed.status == 0, "\(resumed.standardError)")
    #expect(resumed.standardOutput == whole.standardOutput)
  }

  @Test func predictionsAreNotLost() throws {
    let made = try train.run(
      ["--data", "store.h5", "--repeats", "1", "--epochs", "1", "--units", "3", "--quiet", "--output", "run"],
      in: directory.path)
    #expect(made.status == 0)
    for command in ["predict", "evaluate"] {
      for redirection in [">/dev/full", ">&-"] {
        let result = try run(
          "har-train", redirection, [command, "--model-file", "run/model-01.h5", "--data", "store.h5"])
        #expect(result.status == 74)
        #expect(result.errorLines.count == 1, "\(result.standardError)")
      }
    }
  }
}
