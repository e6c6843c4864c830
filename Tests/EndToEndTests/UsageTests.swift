import CommandSupport
import Foundation
import Testing
import _TestSupport

/// Wrong usage ends with one line that says what may have been meant.
@Suite("Wrong usage")
struct UsageTests {
  let train = Executable(product: "har-train")

  @Test(
    arguments: [
      (["evalute", "run"], "evalute: no such command, did you mean evaluate? (har-train --help)"),
      (
        ["--data", "s.h5", "--lr", "0.1"],
        "--lr: no such option, did you mean --learning-rate? (har-train train --help)"
      ),
      (["--data", "s.h5", "--out", "x"], "--out: no such option, did you mean --output? (har-train train --help)"),
      (["--data", "s.h5", "--epoch", "3"], "--epoch: no such option, did you mean --epochs? (har-train train --help)"),
      (
        ["train", "--data", "s.h5", "--batchsize", "3"],
        "--batchsize: no such option, did you mean --batch-size? (har-train train --help)"
      ),
      (
        ["predict", "m.h5", "--treads", "3"],
        "--treads: no such option, did you mean --threads? (har-train predict --help)"
      ),
      (["versions", "--qqqqqqqq"], "--qqqqqqqq: no such option (har-train versions --help)"),
      (["evaluate"], "Missing expected argument '<RUN_DIR|MODEL.h5>' (har-train evaluate --help)"),
      (["--epochs", "3"], "Missing expected argument '--data <STORE.h5>' (har-train train --help)"),
      ([], "nothing to do; to train: har-train --data STORE.h5, to see all there is: har-train --help"),
    ] as [([String], String)])
  func isAnsweredInOneLine(_ arguments: [String], _ answer: String) throws {
    let result = try train.run(arguments)
    #expect(result.status == 64)
    #expect(result.standardOutput == "")
    #expect(result.standardError == "har-train: \(answer)\n")
  }

  @Test func ofTheConverter() throws {
    let result = try Executable(product: "har-convert").run(["a", "b", "--compress", "gzip"])
    #expect(result.status == 64)
    #expect(
      result.standardError
        == "har-convert: --compress: no such option, did you mean --compression? (har-convert --help)\n")
  }

  /// Every command's help has examples and exit statuses, and keeps within 80 columns.
  @Test(
    arguments: [
      "", "train", "resume", "tune", "cross-validate", "evaluate", "predict", "report", "compare", "list", "summary",
      "inspect", "versions",
    ])
  func helpIsWhole(_ command: String) throws {
    let help = try train.run([command, "--help"].filter { !$0.isEmpty }, environment: ["COLUMNS": "80"])
    #expect(help.status == 0)
    #expect(help.standardOutput.contains("EXAMPLE"))
    #expect(help.standardOutput.contains("EXIT STATUS\n  0    done\n  64   wrong usage\n"))
    // An example is one line, so that it can be copied.
    let examples = help.standardOutput.split(separator: "\n", omittingEmptySubsequences: false)
      .drop { !$0.hasPrefix("EXAMPLE") }.dropFirst().prefix { !$0.isEmpty }
    #expect(!examples.isEmpty)
    #expect(examples.allSatisfy { $0.hasPrefix("  har-") || $0.hasPrefix("  HAR_") }, "\(examples)")
    // The argument parser never wraps the line of usage.
    let long = help.standardOutput.split(separator: "\n").filter { $0.count > 80 && !$0.hasPrefix("USAGE: ") }
    #expect(long == [], "\(long)")
  }

  /// Who is held out is what the folds are, so that there are no options for it, and a cross-validation is of one network.
  @Test func crossValidationOffersNothingThatItRefuses() throws {
    let help = try train.run(["cross-validate", "--help"], environment: ["COLUMNS": "200"]).standardOutput
    for option in ["--validation-subjects", "--early-stopping", "--restore-best"] {
      #expect(!help.contains(option), "\(option)")
      #expect(try train.run(["cross-validate", "--data", "s.h5", option, "3"]).status == 64)
    }
    let model = try #require(help.split(separator: "\n").first { $0.contains("--model <MODEL>") })
    #expect(model.hasSuffix("(values: lstm, cnn-lstm, conv-lstm)"))
    let repeats = try #require(help.split(separator: "\n").first { $0.contains("--repeats <R>") })
    #expect(repeats.hasSuffix("(default: 1)"))
  }

  /// What most calls need comes first.
  @Test func commonOptionsComeFirst() throws {
    let help = try train.run(["train", "--help"], environment: ["COLUMNS": "80"]).standardOutput
    let headings = help.split(separator: "\n").filter { $0.hasSuffix(":") && !$0.hasPrefix(" ") }
    #expect(
      headings == [
        "COMMON OPTIONS:", "NETWORK:", "OPTIMIZATION:", "VALIDATION:", "WINDOWS:",
        "SEVERAL PROCESSES:", "MODELS AND CHECKPOINTS:", "REPORTS:", "OPTIONS:",
      ])
    let common = help.matches(of: /\n  (--[a-z-]+)/).prefix(7).map { String($0.output.1) }
    #expect(
      common == ["--data", "--model", "--epochs", "--repeats", "--threads", "--concurrent-models", "--output"])
  }

  @Test(
    arguments: [
      ("learning_rate", "--learning-rate"), ("LR", "--learning-rate"), ("output-dir", "--output"), ("x", nil),
      ("", nil),
      ("seeed", "--seed"), ("dtaa", "--data"), ("weights", nil),
    ] as [(String, String?)])
  func nearestNames(_ name: String, _ nearest: String?) {
    let options = ["--data", "--learning-rate-schedule", "--learning-rate", "--output", "--seed"]
    #expect(UsageHint.nearest(name, among: options) == nearest)
  }
}
