import Foundation
import Testing
import _TestSupport

/// A signal after the last training, while the page is made of what the trainings came to.
@Suite struct PageSignalTests {
  let train = Executable(product: "har-train")
  let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    try directory.makeStore(size: 120)
  }

  private func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: directory.path(name)) }

  /// Whether all of a run's repeats have ended.
  private func isTrained(_ run: String, repeats: Int) -> Bool {
    guard let data = FileManager.default.contents(atPath: directory.path("\(run)/scores.json")),
      let scores = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
    else { return false }
    return (scores["repeats"] as? [Any])?.count == repeats
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func endsTheProcessAndLosesNothing(_ signal: Int32) throws {
    let repeats = 25
    // The page may be there before the signal is; the next time it may not.
    for attempt in 1...8 {
      let run = "run-\(attempt)"
      let outputs = try TemporaryDirectory()
      let (process, out, errors) = try train.start(
        [
          "--data", "store.h5", "--repeats", "\(repeats)", "--epochs", "1", "--units", "40", "--batch-size", "16",
          "--threads", "1", "--quiet", "--output", run,
        ], in: directory.path, outputs: outputs)
      while process.isRunning, !isTrained(run, repeats: repeats) { usleep(1_000) }
      kill(process.processIdentifier, signal)
      process.waitUntilExit()
      let names = try FileManager.default.contentsOfDirectory(atPath: directory.path(run))
      #expect(!names.contains { $0.contains(".partial-") }, "\(names)")
      if exists("\(run)/report.html") { continue }
      // By itself or by the signal, which a shell calls the same.
      let isSignalled = process.terminationReason == .uncaughtSignal
      #expect(process.terminationStatus == (isSignalled ? signal : 128 + signal))
      let message = try String(contentsOfFile: errors, encoding: .utf8)
      #expect(message == "har-train: stopped; all is saved, go on with: har-train resume \(run)\n")
      let resumed = try train.run(["resume", run, "--quiet"], in: directory.path)
      #expect(resumed.status == 0 && exists("\(run)/report.html"))
      // What was printed before is what there is to print.
      #expect(try resumed.standardOutput == String(contentsOfFile: out, encoding: .utf8))
      return
    }
    Issue.record("no signal came before the page")
  }
}
