import Foundation
import Testing
import _TestSupport

/// Large batches as a user meets them.
@Suite("har-train --optimizer lamb") struct LargeBatchCommandTests {
  let directory: TemporaryDirectory
  let train = Executable(product: "har-train")
  private static let options = [
    "--data", "store.h5", "--units", "4", "--repeats", "1", "--batch-size", "65536", "--optimizer", "lamb",
    "--weight-decay", "0.01", "--warmup-epochs", "1", "--quiet",
  ]

  init() throws {
    directory = try TemporaryDirectory()
    try directory.makeStore(size: 120)
  }

  private func run(_ arguments: [String], _ more: String...) throws -> ProcessResult {
    try train.run(arguments + more, in: directory.path)
  }

  /// More epochs afterwards are as if they had been asked for at first, and the page says how it was trained.
  @Test func trainsAndGoesOn() throws {
    let whole = try run(Self.options, "--epochs", "4", "--output", "whole")
    #expect(whole.status == 0, "\(whole.standardError)")
    #expect(try run(Self.options, "--epochs", "2", "--output", "longer").status == 0)
    #expect(try run(["resume", "longer", "--epochs", "4", "--quiet"]).status == 0)
    let scores = try ["whole", "longer"].map {
      try String(contentsOfFile: directory.path("\($0)/metrics.csv"), encoding: .utf8).split(separator: "\n").map {
        $0.split(separator: ",").prefix(5)
      }
    }
    #expect(scores[0].count == 5 && scores[0] == scores[1])
    let page = try String(contentsOfFile: directory.path("whole/report.html"), encoding: .utf8)
    #expect(page.contains("optimizer lamb, weight decay 0.01, warm-up of 1 epoch"))
  }

  /// Keras has another weight decay, so its file doesn't say how to go on; the model itself is one as any other.
  @Test(.enabled(if: Outside.python != nil, "\(Outside.pythonHint)"))
  func modelFileHasNoTrainingConfig() throws {
    #expect(try run(Self.options, "--epochs", "1", "--output", "run").status == 0)
    let result = try Outside.runPython(
      """
      import h5py, sys
      with h5py.File(sys.argv[1]) as model:
          assert "training_config" not in model.attrs and "model_config" in model.attrs, list(model.attrs)
      """, [directory.path("run/model-01.h5")])
    #expect(result.status == 0, "\(result.standardError)")
    #expect(try run(["evaluate", "run"]).status == 0)
  }

  @Test(
    arguments: [
      (["--weight-decay", "0.1"], "--weight-decay: needs --optimizer lamb"),
      (["--optimizer", "lamb", "--weight-decay", "2"], "--weight-decay: 2.0, expected 0 to 1"),
      (["--warmup-epochs", "0"], "--warmup-epochs: 0, expected 1 to 100000"),
      (["--warmup-epochs", "5", "--epochs", "3"], "5 epochs of warm-up, expected 1 to 3"),
      (["--batch-size", "65537"], "--batch-size: 65537, expected 1 to 65536"),
    ])
  func wrongUsage(_ arguments: [String], _ message: String) throws {
    let result = try run(["--data", "store.h5"] + arguments)
    #expect(result.status == 64)
    #expect(result.standardError.contains(message) && result.errorLines.count == 1, "\(result.standardError)")
  }
}
