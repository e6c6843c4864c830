import Foundation
import HDF5
import Testing
import _TestSupport

/// har-train as a user starts it, on a small synthetic store.
@Suite("har-train")
struct TrainTests {
  let directory: TemporaryDirectory
  let train = Executable(product: "har-train")
  var store: String { directory.path("store.h5") }

  init() throws {
    directory = try TemporaryDirectory()
    try directory.makeStore(size: 300)
  }

  private func run(_ arguments: String..., environment: [String: String] = [:]) throws -> ProcessResult {
    try train.run(arguments, environment: environment, in: directory.path)
  }

  @Test func theProtocolAndNothingElseIsOnStandardOutput() throws {
    let result = try run("--data", store, "--repeats", "3", "--epochs", "2", "--threads", "2")
    #expect(result.status == 0)
    let lines = result.standardOutput.split(separator: "\n").map(String.init)
    try #require(lines.count == 6)
    for (index, line) in lines.prefix(3).enumerated() {
      #expect(line.wholeMatch(of: /(>#\d+): \d{1,3}\.\d{3}/)?.output.1 == ">#\(index + 1)")
    }
    // The list and the summary say the same as the lines.
    let list = try #require(lines[3].wholeMatch(of: /\[(.*)\]/)).output.1.split(separator: ", ").map {
      Double($0) ?? -1
    }
    #expect(list.map { String(format: "%.3f", $0) } == lines.prefix(3).map { String($0.split(separator: " ")[1]) })
    let mean = list.reduce(0, +) / 3
    let deviation = (list.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 3).squareRoot()
    #expect(lines[4] == String(format: "Accuracy: %.3f%% (+/-%.3f)", mean, deviation))
    #expect(lines[5].contains("synthetic"))
    #expect(result.standardError.contains("SYNTHETIC"))
    #expect(result.errorLines.filter { $0.contains("epoch 2/2") }.count == 3)
    #expect(!result.standardError.contains("\u{1B}"))
  }

  @Test(arguments: ["lstm", "cnn-lstm", "conv-lstm"])
  func sameModelAtEveryNumberOfThreads(_ model: String) throws {
    func predictions(_ threads: String, _ environment: [String: String] = [:]) throws -> (String, String) {
      let folder = directory.path("run-\(model)-\(threads)-\(environment.count)")
      let trained = try run(
        "--data", store, "--model", model, "--repeats", "2", "--epochs", "1", "--threads", threads, "--output", folder,
        "--quiet", environment: environment)
      #expect(trained.status == 0)
      #expect(trained.standardError == "")
      let predicted = try run("predict", "--model-file", "\(folder)/model-02.h5", "--data", store)
      #expect(predicted.status == 0)
      return (trained.standardOutput, predicted.standardOutput)
    }
    let one = try predictions("1")
    #expect(
      one.1.hasPrefix("model,window,person,activity,label,predicted_activity,predicted,WALKING,WALKING_UPSTAIRS,"))
    #expect(one.1.split(separator: "\n").count == 87)
    for threads in ["2", "3", "16"] { #expect(try predictions(threads) == one) }
    let sets = try run("versions").standardOutput
    if sets.contains("avx512") { #expect(try predictions("2", ["HAR_KERNELS": "avx2"]) == one) }
  }

  /// bf16 is refused where it would be emulated, unless kernels are asked for by name; the model's file keeps it, so that
  /// evaluation sees what training saw.
  @Test func mixedPrecisionFromTrainingToEvaluation() throws {
    let versions = try run("versions").standardOutput
    let kernels = try #require(versions.firstMatch(of: /kernels: (\S+)/)).output.1
    let hasBF16 = versions.contains("bf16 products: AVX512_BF16")
    #expect(hasBF16 == (kernels == "avx512bf16"))
    let options = ["--data", store, "--precision", "mixed", "--repeats", "1", "--epochs", "2", "--quiet"]
    let plain = try train.run(
      options + ["--output", directory.path("plain")], environment: ["HAR_KERNELS": ""], in: directory.path)
    #expect(plain.status == (hasBF16 ? 0 : 64))
    #expect(
      hasBF16
        || plain.standardError.contains("--precision mixed: this processor has no bf16 products (AVX512_BF16)"))

    let asked = ["HAR_KERNELS": String(kernels)]
    let folder = directory.path("mixed")
    let trained = try train.run(options + ["--output", folder], environment: asked, in: directory.path)
    #expect(trained.status == 0)
    let score = try #require(trained.standardOutput.firstMatch(of: />#1: (\S+)/)).output.1
    let evaluated = try run("evaluate", "--model-file", "\(folder)/model-01.h5", "--data", store)
    #expect(evaluated.standardOutput.hasPrefix("Accuracy: \(score)%"))

    // A network from that file is mixed too, to the same weights; --precision says otherwise where it is given.
    func weights(_ name: String, _ more: String...) throws -> String {
      let output = directory.path(name)
      let result = try train.run(
        ["--data", store, "--network", "\(folder)/model-01.h5", "--repeats", "1", "--epochs", "2", "--quiet"] + more
          + ["--output", output], environment: asked, in: directory.path)
      #expect(result.status == 0)
      let scores = try String(contentsOfFile: "\(output)/scores.json", encoding: .utf8)
      return String(try #require(scores.firstMatch(of: /"weights_sha256" *: *"([0-9a-f]+)"/)).output.1)
    }
    let original = try String(contentsOfFile: "\(folder)/scores.json", encoding: .utf8)
    #expect(original.contains(try weights("again")))
    #expect(try !original.contains(weights("f32", "--precision", "f32")))

    // Who never typed --precision reads which file asks for bf16.
    for option in ["--network", "--start-from"] {
      let file = "\(folder)/model-01.h5"
      let refused = try train.run(
        ["--data", store, option, file, "--repeats", "1", "--epochs", "1", "--quiet"]
          + ["--output", directory.path("from\(option)")], environment: ["HAR_KERNELS": ""], in: directory.path)
      #expect(refused.status == (hasBF16 ? 0 : 64))
      #expect(
        hasBF16
          || refused.standardError.hasPrefix("har-train: \(file) is in mixed precision: this processor has no bf16"))
      #expect(hasBF16 || refused.standardError.contains("--precision f32"))
    }
  }

  /// What early stopping did is said: where it stopped, whose epoch's weights were scored, on how many windows it learned.
  @Test func earlyStoppingSaysWhatItDid() throws {
    let options = [
      "--data", store, "--repeats", "1", "--epochs", "40", "--units", "4", "--learning-rate", "0.3", "--early-stopping",
      "2",
      "--validation-subjects", "1,3",
    ]
    func train(_ name: String, _ more: [String] = []) throws -> (errors: [String], scores: String) {
      let result = try self.train.run(options + more + ["--output", directory.path(name)], in: directory.path)
      #expect(result.status == 0, "\(result.standardError)")
      return (
        result.errorLines, try String(contentsOfFile: directory.path("\(name)/scores.json"), encoding: .utf8)
      )
    }
    let best = try train("best")
    let end = try #require(best.errors.last { $0.hasPrefix("LSTM #1: ") })
    let epochs = try #require(end.firstMatch(of: /stopped after epoch (\d+), weights of epoch (\d+)$/)).output
    #expect(Int(epochs.1)! == Int(epochs.2)! + 2)
    #expect(
      best.scores.contains("\"epochs\" : \(epochs.1),") && best.scores.contains("\"weights_epoch\" : \(epochs.2)"))
    #expect(best.scores.contains("\"is_stopped_early\" : true"))
    #expect(best.errors.contains { $0.contains("epoch 1/40: loss ") && $0.contains(", validation loss ") })
    let counts = try #require(best.errors[0].firstMatch(of: /(\d+) training, (\d+) validation and \d+ test windows/))
      .output
    #expect(Int(counts.2)! > 0)
    let all = try run("--data", store, "--repeats", "1", "--epochs", "1", "--output", directory.path("all"))
    let whole = try #require(all.errorLines[0].firstMatch(of: /(\d+) training and/)).output.1
    #expect(Int(counts.1)! + Int(counts.2)! == Int(whole)!)

    let last = try train("last", ["--no-restore-best"])
    #expect(last.errors.contains { $0.hasSuffix("stopped after epoch \(epochs.1), weights of that epoch") })
    #expect(last.scores.contains("\"weights_epoch\" : \(epochs.1)"))
    #expect(try run("--data", store, "--restore-best").status == 64)
  }

  /// Nothing that is asked for is passed over in silence.
  @Test(arguments: [
    (["--scale-per", "time-step"], "--scale-per: needs --scale"),
    (["--kernel-size", "5"], "--kernel-size: lstm has no such option"),
    (["--restore-best"], "--restore-best: needs --validation-subjects"),
  ])
  func optionsWithoutEffectAreRefused(_ options: [String], _ message: String) throws {
    let result = try train.run(["--data", store] + options, in: directory.path)
    #expect(result.status == 64)
    #expect(result.standardError.contains(message), "\(result.standardError)")
  }

  @Test func evaluateAgreesWithTheProtocol() throws {
    let folder = directory.path("run")
    let trained = try run("--data", store, "--repeats", "1", "--epochs", "3", "--output", folder, "--quiet")
    let score = try #require(trained.standardOutput.firstMatch(of: />#1: (\S+)/)).output.1
    let evaluated = try run("evaluate", "--model-file", "\(folder)/model-01.h5", "--data", store)
    #expect(evaluated.status == 0)
    #expect(evaluated.standardOutput.hasPrefix("Accuracy: \(score)%"))
    #expect(evaluated.standardOutput.contains("precision"))
    #expect(try directory.names().contains("run"))
    let metrics = try String(contentsOfFile: "\(folder)/metrics.csv", encoding: .utf8).split(separator: "\n")
    #expect(metrics.count == 4)
    #expect(metrics[0].hasPrefix("repeat,epoch,loss,accuracy,"))
  }

  @Test func modelsRunSideBySideGiveTheSame() throws {
    let options = ["--data", store, "--model", "all", "--repeats", "2", "--epochs", "1", "--quiet"]
    let one = try train.run(options + ["--threads", "1", "--concurrent-models", "1"], in: directory.path)
    let many = try train.run(options + ["--threads", "4", "--concurrent-models", "3"], in: directory.path)
    #expect(one.status == 0 && many.status == 0)
    #expect(one.standardOutput == many.standardOutput)
    #expect(one.standardOutput.contains("CNN-LSTM\n>#1: "))
  }

  @Test func wrongInputEndsWithOneLineAndItsStatus() throws {
    let text = try directory.write("no store", to: "text.h5")
    let whole = try Data(contentsOf: URL(fileURLWithPath: store))
    let cut = try directory.write(whole.prefix(whole.count / 2), to: "cut.h5")
    let empty = directory.path("empty.h5")
    try File.create(empty).close()
    let occupied = try directory.write("", to: "occupied/file")
    let cases: [([String], Int32, String)] = [
      (["--data", directory.path("none.h5")], 66, "none.h5"),
      (["--data", text], 65, "text.h5"),
      (["--data", cut], 65, "cut.h5"),
      (["--data", empty], 65, "empty.h5"),
      (["evaluate", "--model-file", store, "--data", store], 65, "model_config"),
      (["evaluate", "--model-file", directory.path("none.h5"), "--data", store], 66, "none.h5"),
      (["--data", store, "--validation-subjects", "1,99"], 64, "99"),
      (["--data", store, "--output", (occupied as NSString).deletingLastPathComponent], 73, "occupied"),
    ]
    for (arguments, status, found) in cases {
      let result = try train.run(arguments, in: directory.path)
      #expect(result.status == status, "\(arguments)")
      #expect(result.standardOutput == "")
      #expect(result.errorLines.count == 1, "\(result.standardError)")
      #expect(result.standardError.contains(found), "\(result.standardError)")
    }
  }

  /// A store whose test windows are longer than its training windows goes with no network, in whichever command.
  @Test func partsOfOtherLengthsAreRefused() throws {
    let odd = directory.path("odd.h5")
    let file = try File.create(odd)
    let root = try file.root
    for name in ["title", "source"] { try root.setAttribute(name, .string("odd")) }
    for (name, value) in [("schema_version", Int64(1)), ("synthetic", 0)] {
      try root.setAttribute(name, .integer(value))
    }
    try root.setAttribute("sampling_rate_hz", .double(50))
    try root.setAttribute("signal_names", .strings((0..<9).map { "s\($0)" }))
    try root.setAttribute("activity_names", .strings((0..<6).map { "a\($0)" }))
    for (split, steps) in [("train", 128), ("test", 132)] {
      let features = [Float](repeating: 0.5, count: 6 * steps * 9)
      try root.writeDataset("/\(split)/X", features, shape: [6, steps, 9])
      for name in ["y", "subject"] {
        try root.writeDataset("/\(split)/\(name)", [0, 1, 2, 3, 4, 5] as [UInt8], shape: [6])
      }
    }
    try file.close()
    let trained = try run("--data", store, "--repeats", "1", "--epochs", "1", "--output", "run", "--quiet")
    #expect(trained.status == 0)
    for arguments in [["--data", odd], ["evaluate", "--model-file", "run/model-01.h5", "--data", odd]] {
      let result = try train.run(arguments, in: directory.path)
      #expect(result.status == 65 && result.errorLines.count == 1, "\(result.standardError)")
      #expect(result.standardError.contains("132 time steps") && result.standardError.contains(odd))
    }
  }

  @Test(arguments: [
    ["--epochs", "0"], ["--repeats", "none"], ["--model", "gru"], ["--threads", "0"], ["--batch-size", "-1"],
    ["--early-stopping", "3"], ["--learning-rate", "nan"], ["--validation-subjects", "a"], ["--unknown"],
    ["--kernel-size", "5"], ["--filters", "8", "--model", "lstm"], ["--units", "9", "--model", "conv-lstm"],
    ["--bidirectional", "--model", "conv-lstm"], ["--recurrent-activation", "sigmoid", "--model", "cnn-lstm"],
    ["--network", "n.h5", "--model", "lstm"], ["--network", "n.h5", "--units", "5"], ["--shuffle", "maybe"],
    ["--convolution", "fft"],
    ["--start-from", "m.h5", "--network", "n.h5"], ["--start-from", "m.h5", "--dropout", "0.1"],
  ])
  func wrongUsage(_ arguments: [String]) throws {
    let result = try train.run(["--data", store] + arguments, in: directory.path)
    #expect(result.status == 64)
    #expect(result.standardOutput == "")
    #expect(result.errorLines.count == 1, "\(result.standardError)")
    #expect(
      result.standardError.hasPrefix("har-train: ") && result.standardError.hasSuffix("har-train train --help)\n"))
  }

  /// With several networks an option goes to those that have it.
  @Test func optionsOfSomeOfAllNetworks() throws {
    let result = try run(
      "--data", store, "--model", "all", "--filters", "4", "--units", "5", "--repeats", "1", "--epochs", "1",
      "--output", "run", "--quiet")
    #expect(result.status == 0, "\(result.standardError)")
    for (model, layer, option) in [("lstm", "LSTM", "units"), ("conv-lstm", "ConvLSTM2D", "filters")] {
      let text = try String(contentsOfFile: directory.path("run/config.json"), encoding: .utf8)
      #expect(
        text.contains("\"\(layer)\"") && text.contains("\"\(option)\" : \(option == "units" ? 5 : 4)"), "\(model)")
    }
  }

  /// What a file describes is trained from fresh weights, to the bits of the preset that it came from.
  @Test func networksFromFiles() throws {
    let options = ["--data", store, "--repeats", "1", "--epochs", "2", "--quiet"]
    let preset = try train.run(options + ["--units", "12", "--output", "preset"], in: directory.path)
    #expect(preset.status == 0, "\(preset.standardError)")
    let file = directory.path("preset/model-01.h5")
    let again = try train.run(options + ["--network", file, "--output", "again"], in: directory.path)
    #expect(again.status == 0, "\(again.standardError)")
    #expect(again.standardOutput == preset.standardOutput)
    let named = try train.run(options + ["--network", file], in: directory.path)
    #expect(named.status == 0)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: directory.path("runs"))[0].hasSuffix("-model-01"))
    let lost = try train.run(options + ["--network", "nowhere.h5"], in: directory.path)
    #expect(lost.status == 66 && lost.errorLines.count == 1)
    let none = try train.run(options + ["--network", store], in: directory.path)
    #expect(none.status == 65 && none.errorLines.count == 1)
  }

  /// A model's weights and its scaling are where the training starts; the run goes on without the file.
  @Test func fineTuning() throws {
    let options = ["--data", store, "--repeats", "1", "--quiet"]
    let base = try train.run(
      options + ["--units", "12", "--epochs", "3", "--scale", "standardize", "--output", "base"], in: directory.path)
    #expect(base.status == 0, "\(base.standardError)")
    let file = directory.path("base/model-01.h5")
    let tuned = options + ["--start-from", file, "--epochs", "1", "--output"]
    let result = try train.run(tuned + ["tuned", "--learning-rate", "1e-30"], in: directory.path)
    #expect(result.status == 0, "\(result.standardError)")
    // Steps of nothing keep what the model knew.
    #expect(result.standardOutput == base.standardOutput)
    let evaluated = try run("evaluate", "--model-file", "tuned/model-01.h5", "--data", store)
    let score = try #require(base.standardOutput.firstMatch(of: />#1: (\S+)/)).output.1
    #expect(evaluated.standardOutput.hasPrefix("Accuracy: \(score)%"))
    let whole = try train.run(tuned + ["whole"], in: directory.path)
    #expect(whole.standardOutput != base.standardOutput)
    try FileManager.default.moveItem(atPath: file, toPath: directory.path("moved.h5"))
    #expect(try run("resume", "whole", "--quiet").standardOutput == whole.standardOutput)
    let scaled = try train.run(
      options + ["--start-from", directory.path("moved.h5"), "--scale", "power"], in: directory.path)
    #expect(scaled.status == 64 && scaled.standardError.contains("scaling of its own"))
  }

  /// The SHA-256 of the weights of a short run in the folder that comes first.
  private func weights(_ arguments: String...) throws -> String { try weights(arguments) }

  private func weights(_ arguments: [String]) throws -> String {
    let result = try train.run(
      ["--data", store, "--repeats", "1", "--epochs", "1", "--quiet", "--output"] + arguments, in: directory.path)
    #expect(result.status == 0, "\(result.standardError)")
    let scores = try String(contentsOfFile: directory.path("\(arguments[0])/scores.json"), encoding: .utf8)
    return String(try #require(scores.firstMatch(of: /"weights_sha256" : "(\w+)"/)).output.1)
  }

  @Test func theStoresOrderIsKeptWhereAskedFor() throws {
    let usual = try weights("a")
    #expect(try weights("b", "--shuffle", "on") == usual)
    #expect(try weights("c", "--shuffle", "off") != usual)
    #expect(try weights("d", "--shuffle", "off") == weights("e", "--shuffle", "off", "--threads", "1"))
  }

  @Test func convolutionsAreComputedAsAskedFor() throws {
    func weights(_ folder: String, _ arguments: String...) throws -> String {
      try self.weights([folder, "--model", "cnn-lstm", "--filters", "8", "--units", "9"] + arguments)
    }
    let usual = try weights("a")
    #expect(try weights("b", "--convolution", "winograd") == usual)
    let direct = try weights("c", "--convolution", "direct")
    #expect(direct != usual)
    #expect(try weights("d", "--convolution", "direct", "--threads", "1") == direct)
    let configuration = try String(contentsOfFile: directory.path("c/config.json"), encoding: .utf8)
    #expect(configuration.contains("\"convolution\" : \"direct\""))
  }

  @Test func kernelsThatDoNotExist() throws {
    let result = try run("versions", environment: ["HAR_KERNELS": "sse9"])
    #expect(result.status == 64)
    #expect(result.standardError.contains("sse9"))
    let baseline = try run("versions", environment: ["HAR_KERNELS": "baseline"])
    #expect(baseline.standardOutput.contains("kernels: baseline"))
  }
}
