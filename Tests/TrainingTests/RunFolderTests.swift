import Foundation
import HDF5
import ModelFiles
import NeuralNetworks
import Synchronization
import SystemSupport
import Testing
import Training
import _TestSupport

/// What a run leaves behind, and what it refuses.
@Suite struct RunFolderTests {
  private func names(_ path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }

  @Test func everyModelIsKept() throws {
    let toy = try ToyRun([.lstm])
    _ = try toy.run()
    #expect(
      try names(toy.path()) == [
        ".lock", "checkpoints", "config.json", "confusion.csv", "metrics.csv", "model-01.h5", "model-02.h5",
        "scores.json",
      ])
    #expect(try names(toy.path() + "/checkpoints") == ["repeat-01.h5", "repeat-02.h5"])
    let file = try KerasModelFile.read(path: toy.path() + "/model-01.h5")
    #expect(file.description == toy.settings.models[0].network)
    #expect(file.attributes["har_repeat"] == "1")
  }

  @Test func bestIsTheOneWithTheLowestValidationLoss() throws {
    var toy = try ToyRun([.convLSTM])
    toy.settings.repeats = 5
    toy.settings.keep = .best
    let records = try #require(try toy.run(concurrentModels: 3).records)
    let best = try #require(
      records.min { $0.value.epochs.last!.validationLoss! < $1.value.epochs.last!.validationLoss! }?.key)
    #expect(try names(toy.path()).filter { $0.hasPrefix("model-") } == ["model-0\(best.repeatIndex + 1).h5"])
    #expect(try KerasModelFile.read(path: toy.path() + "/model-0\(best.repeatIndex + 1).h5").model.classCount == 4)
  }

  @Test func noModelIsKept() throws {
    var toy = try ToyRun([.lstm])
    toy.settings.keep = .none
    _ = try toy.run()
    #expect(try names(toy.path()).filter { $0.hasPrefix("model-") } == [])
  }

  @Test func divergedRepeatsAreMarkedAndCountInNoMean() throws {
    var toy = try ToyRun([.lstm])
    toy.settings.models[0].training.learningRate = 1e38
    toy.settings.models[0].training.clipNorm = nil
    let outcome = try toy.run()
    #expect(outcome.records?.values.allSatisfy { $0.status == .diverged && $0.score == nil } == true)
    let text = try Data(contentsOf: URL(fileURLWithPath: toy.path() + "/scores.json"))
    let scores = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
    #expect(scores["diverged"] as? [Int] == [1, 2])
    #expect(scores["mean"] == nil)
    // Going on changes nothing.
    #expect(try toy.run(resumes: true).records == outcome.records)
  }

  @Test func occupiedFolderIsLeftAlone() throws {
    let toy = try ToyRun([.lstm])
    try toy.directory.write("mine", to: "run/notes.txt")
    #expect(throws: RunFolderError(toy.path(), .exists)) { try toy.run() }
    #expect(try names(toy.path()) == ["notes.txt"])
  }

  @Test func twoProcessesCannotShareAFolder() throws {
    let toy = try ToyRun([.lstm])
    _ = try toy.run(stopAfter: 3)
    let first = try RunFolder.open(toy.path(), warn: { _ in })
    #expect(throws: RunFolderError(toy.path(), .inUse)) { try toy.run(resumes: true) }
    first.close()
    #expect(try toy.run(resumes: true).records?.count == 2)
  }

  @Test func leftoversOfAKilledProcessAreRemoved() throws {
    let toy = try ToyRun([.lstm])
    _ = try toy.run(stopAfter: 3)
    try toy.directory.write("half", to: "run/checkpoints/.repeat-01.h5.partial-1-1")
    try toy.directory.write("half", to: "run/.scores.json.partial-1-2")
    _ = try toy.run(resumes: true)
    #expect(try names(toy.path() + "/checkpoints").count == 2)
    #expect(try names(toy.path()).contains { $0.contains("partial") } == false)
  }

  /// A process that is killed before config.json is whole leaves a folder that a new run may take.
  @Test func foldersWithoutAConfigurationCanBeTakenAgain() throws {
    let toy = try ToyRun([.lstm])
    for name in [".lock", ".config.json.partial-77-1", "start-from.h5"] {
      try toy.directory.write("", to: "run/\(name)")
    }
    #expect(throws: RunFolderError.self) { try RunFolder.open(toy.path(), warn: { _ in }) }
    #expect(try toy.run().records?.count == 2)
    #expect(try names(toy.path()).filter { $0.contains("partial") } == [])
  }

  /// The first file of a run is its configuration, with which it can go on whatever is missing besides.
  @Test func aConfigurationAloneCanGoOn() throws {
    let toy = try ToyRun([.lstm])
    try FileManager.default.createDirectory(atPath: toy.path(), withIntermediateDirectories: true)
    try toy.configuration().write(toy.path() + "/config.json")
    #expect(try toy.run(resumes: true).results == toy.run("whole").results)
  }

  /// Keras goes on training a model as the run did: with its learning rate and its clipping.
  @Test func modelsStateHowTheyWereTrained() throws {
    var toy = try ToyRun([.lstm])
    toy.settings.models[0].training.learningRate = 0.004
    toy.settings.models[0].training.beta1 = 0.8
    toy.settings.models[0].training.clipNorm = 0.25
    _ = try toy.run()
    let text = try File.open(toy.path() + "/model-01.h5").root.attribute("training_config").string()
    let json = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let optimizer = try #require((json["optimizer_config"] as? [String: Any])?["config"] as? [String: Any])
    #expect(abs((optimizer["learning_rate"] as? Double ?? 0) - Double(Float(0.004))) < 1e-12)
    #expect(optimizer["beta_1"] as? Double == 0.8)
    #expect(optimizer["global_clipnorm"] as? Double == 0.25)
  }

  /// What the numbers depend on is part of a checkpoint's identity, the scaling too.
  @Test func checkpointsOfAnotherScalingAreForeign() throws {
    var toy = try ToyRun([.lstm])
    let plain = try toy.configuration()
    toy.settings.scaling = .standardize
    let scaled = try toy.configuration()
    toy.settings.scalingGranularity = .timeStep
    let perStep = try toy.configuration()
    let id = TrainingID(model: 0, repeatIndex: 0)
    let identities = try [plain, scaled, perStep].map { try $0.identity(id) }
    #expect(Set(identities).count == 3)
    #expect(try plain.identity(TrainingID(model: 0, repeatIndex: 1)) != identities[0])
  }

  /// A digest that changes makes every checkpoint of earlier versions foreign: what is new must leave it as it was where it isn't used.
  @Test func identitiesStayWhatTheyWere() throws {
    var configuration = try ToyRun([.lstm]).configuration()
    configuration.arithmetic = "fused"
    let id = TrainingID(model: 0, repeatIndex: 0)
    let identity = try configuration.identity(id)
    #expect(identity == "e6445bd3411f3da1dae661a8efdfb6f16e872d353e5c23e5d730230b9419412f")
    configuration.settings.models[0].network.precision = .mixed
    #expect(try configuration.identity(id) != identity)
  }

  @Test func metricsHoldEveryEpochWithItsRate() throws {
    let toy = try ToyRun([.lstm])
    let outcome = try toy.run()
    let lines = try String(contentsOfFile: toy.path() + "/metrics.csv", encoding: .utf8).split(separator: "\n")
    #expect(
      lines[0]
        == "repeat,epoch,loss,accuracy,validation_loss,validation_accuracy,learning_rate,seconds,samples_per_second")
    #expect(lines.count == 1 + 2 * 3)
    for line in lines.dropFirst() {
      let fields = line.split(separator: ",").map { Double($0) ?? .nan }
      let id = TrainingID(model: 0, repeatIndex: Int(fields[0]) - 1)
      let report = try #require(outcome.records?[id]?.epochs[Int(fields[1]) - 1])
      #expect(fields[2] == report.loss && fields[4] == report.validationLoss && fields[6] == report.learningRate)
    }
  }

  /// Every repeat starts from the weights of a file, of which the folder keeps a copy, so that the run can go on without it.
  @Test func repeatsStartFromAModelsWeights() throws {
    var toy = try ToyRun([.lstm], epochs: 1)
    let first = try toy.run("first")
    let path = first.folder.modelPath(TrainingID(model: 0, repeatIndex: 0))
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    // Steps of nothing leave the weights as they were.
    toy.settings.models[0].training.learningRate = 1e-30
    toy.settings.models[0].startsFrom = SHA256Digest.of(bytes)
    var data = toy.data
    data.startingWeights = [0: try KerasModelFile.read(path: path).parameters.array]
    toy.data = data
    let folder = try RunFolder.create(
      toy.path("second"), configuration: try toy.configuration(), startFrom: bytes, warn: { _ in })
    #expect(try folder.startingModel()?.parameters.array == KerasModelFile.read(path: path).parameters.array)
    folder.close()
    let second = try toy.run("second", resumes: true)
    let digest = first.records?[TrainingID(model: 0, repeatIndex: 0)]?.weightsDigest
    #expect(second.records?.values.allSatisfy { $0.weightsDigest == digest } == true)
    try Data("other".utf8).write(to: URL(fileURLWithPath: toy.path("second/start-from.h5")))
    let again = try RunFolder.open(toy.path("second"), warn: { _ in })
    #expect(throws: RunFolderError.self) { try again.startingModel() }
  }

  @Test func configurationReadsBackAsItWas() throws {
    let toy = try ToyRun()
    let configuration = try toy.configuration()
    try configuration.write(toy.path("config.json"))
    #expect(try RunConfiguration.read(toy.path("config.json")) == configuration)
  }

  @Test(arguments: [
    ("\"format\" : 3", "\"format\" : 4", "format 4"), ("\"format\" : 3", "\"format\" : 2", "older"),
    ("\"units\" : 20", "\"units\" : -1", "units"),
    ("\"units\" : 20", "\"units\" : \"many\"", "units"), ("\"batch_size\" : 20", "\"batch_size\" : 0", "batch size"),
    ("\"repeats\" : 2", "\"repeats\" : 0", "0 repeats"), ("\"beta1\" : 0.9", "\"beta1\" : 1", "beta"),
    ("\"epochs\" : 3", "\"epochs\" : -3", "-3 epochs"),
    ("\"learning_rate\" : 0.001", "\"learning_rate\" : 0", "learning rate"),
    ("\"time_warp\" : 0", "\"time_warp\" : 5", "time warp"), ("\"jitter\" : 0", "\"jitter\" : -1", "jitter"),
    ("\"models\" : [", "\"model\" : [", "models"), ("{", "", "JSON"),
    ("\"d\"", "\"d\", \"e\"", "a network of 4 activities, expected the store's 5"),
  ])
  func wrongConfigurations(_ good: String, _ bad: String, _ word: String) throws {
    let toy = try ToyRun([.lstm])
    _ = try toy.run(stopAfter: 1)
    let path = toy.path() + "/config.json"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let range = try #require(text.range(of: good))
    try Data(text.replacingCharacters(in: range, with: bad).utf8).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: RunFolderError.self) { try RunFolder.open(toy.path(), warn: { _ in }) }
    #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
    #expect(error?.exitStatus == .data)
    #expect(error?.path == path)
  }

  /// Keras's own keys stand below `network`, and are neither parted nor joined there as ours are.
  @Test func networksPassThroughJSONUnchanged() throws {
    struct Holder: Codable, Equatable {
      var network: ModelDescription
      var learningRate: Float
      var modelNames: [String: Int]
    }
    let holder = Holder(
      network: ModelDescription(
        inputShape: [4, 32, 9],
        layers: [
          TimeDistributed(Conv1D(filters: 8, kernelSize: 3, activation: .relu)), TimeDistributed(MaxPooling1D()),
          TimeDistributed(Flatten()), Bidirectional(GRU(units: 5, returnsSequences: true)),
          LSTM(units: 6, name: "myLayer_A"), Dropout(rate: 0.1), Dense(units: 6, activation: .softmax),
        ]), learningRate: 0.1, modelNames: ["conv": 1])
    for isPretty in [false, true] {
      let data = try RunJSON.encode(holder, isPretty: isPretty)
      #expect(try RunJSON.decode(Holder.self, data) == holder)
    }
    let text = String(decoding: try RunJSON.encode(holder), as: UTF8.self)
    for key in ["network", "learning_rate", "model_names"] { #expect(text.contains("\"\(key)\""), "\(key)") }
    // What stands there is what the network is encoded as by itself, key by key.
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let alone = String(decoding: try encoder.encode(holder.network), as: UTF8.self)
    #expect(try JSONValue(parsing: text)["network"] == JSONValue(parsing: alone))
    for key in ["input_shape", "class_name", "kernel_size", "return_sequences"] {
      #expect(text.contains("\"\(key)\""), "\(key)")
    }
  }

  /// Whether a repeat has ended is seen from its record, without its numbers.
  @Test func recordsAreReadAlone() throws {
    let toy = try ToyRun([.lstm])
    let outcome = try toy.run()
    let id = TrainingID(model: 0, repeatIndex: 0)
    let whole = try #require(try Checkpoint.read(outcome.folder.checkpointPath(id)))
    let record = try #require(try Checkpoint.read(outcome.folder.checkpointPath(id), withNumbers: false))
    #expect(record.record == whole.record && record.identity == whole.identity && record.scaling == whole.scaling)
    #expect(!whole.parameters.isEmpty && record.parameters.isEmpty)
    #expect(record.firstMoment.isEmpty && record.secondMoment.isEmpty)
    #expect(try outcome.folder.endedRecord(id) == whole.record)
  }

  @Test func otherStoreIsRefused() throws {
    let toy = try ToyRun([.lstm])
    let configuration = try toy.configuration()
    try configuration.check(storePath: toy.path("store.h5"), kernels: toy.kernels)
    try toy.directory.write("changed", to: "store.h5")
    let error = #expect(throws: RunFolderError.self) {
      try configuration.check(storePath: toy.path("store.h5"), kernels: toy.kernels)
    }
    #expect(error?.message.contains(configuration.store.sha256) == true)
  }

  @Test func newFoldersAreNamedByDateAndModel() throws {
    let date = Date(timeIntervalSince1970: 1_790_000_000)
    let toy = try ToyRun([.lstm])
    let first = try RunFolder.makeNew(named: "conv-lstm", in: toy.path("runs"), at: date)
    #expect(first.wholeMatch(of: /.*\/runs\/2026-09-\d\d-\d{6}-conv-lstm/) != nil)
    #expect(try RunFolder.makeNew(named: "conv-lstm", in: toy.path("runs"), at: date) == first + "-2")
    #expect(try RunFolder.makeNew(named: "all", in: toy.path("runs"), at: date).hasSuffix("-all"))
  }

  @Test func runsOfOneMomentGetFoldersOfTheirOwn() throws {
    let directory = try TemporaryDirectory()
    let paths = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: 16) { _ in
      let path = try? RunFolder.makeNew(named: "lstm", in: directory.path("runs"), at: Date(timeIntervalSince1970: 0))
      paths.withLock { $0.append(path ?? "") }
    }
    #expect(Set(paths.withLock { $0 }).count == 16)
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path("runs")).count == 16)
  }

  /// A model that was lost is made again from its repeat's checkpoint, to the same bytes.
  @Test(arguments: [ExperimentSettings.Keep.all, .best])
  func lostModelsAreRestored(_ keep: ExperimentSettings.Keep) throws {
    var toy = try ToyRun([.lstm], epochs: 1)
    toy.settings.keep = keep
    toy.settings.scaling = .standardize
    toy.data = try ExperimentData(
      train: toyWindows(count: 130), test: toyWindows(count: 30), settings: toy.settings, isOnlyUse: true)
    _ = try toy.run()
    let models = try names(toy.path()).filter { $0.hasPrefix("model-") }
    #expect(models.count == (keep == .all ? 2 : 1))
    let before = try models.map { try Data(contentsOf: URL(fileURLWithPath: toy.path() + "/" + $0)) }
    for model in models { try toy.directory.remove("run/\(model)") }
    _ = try toy.run(resumes: true)
    #expect(try names(toy.path()).filter { $0.hasPrefix("model-") } == models)
    #expect(try models.map { try Data(contentsOf: URL(fileURLWithPath: toy.path() + "/" + $0)) } == before)
  }

  /// A process that is killed after a repeat's end was saved, and before the checkpoint before it was removed.
  @Test func previousCheckpointOfAnEndedRepeatGoes() throws {
    let toy = try ToyRun([.lstm], epochs: 1)
    let outcome = try toy.run()
    let id = TrainingID(model: 0, repeatIndex: 0)
    let path = outcome.folder.checkpointPath(id)
    try FileManager.default.copyItem(atPath: path, toPath: outcome.folder.checkpointPath(id, isPrevious: true))
    _ = try toy.run(resumes: true)
    #expect(try names(toy.path() + "/checkpoints") == ["repeat-01.h5", "repeat-02.h5"])
  }

  /// Whatever became of the current one, the whole checkpoint is what the model is made from again.
  @Test func previousCheckpointStaysWhereTheCurrentOneIsDamaged() throws {
    let toy = try ToyRun([.lstm], epochs: 1)
    let outcome = try toy.run()
    let id = TrainingID(model: 0, repeatIndex: 0)
    let path = outcome.folder.checkpointPath(id)
    try FileManager.default.moveItem(atPath: path, toPath: outcome.folder.checkpointPath(id, isPrevious: true))
    try toy.directory.write("damaged", to: "run/checkpoints/repeat-01.h5")
    let model = try Data(contentsOf: URL(fileURLWithPath: toy.path() + "/model-01.h5"))
    try toy.directory.remove("run/model-01.h5")
    let again = try toy.run(resumes: true)
    #expect(again.results == outcome.results)
    #expect(again.warnings.contains { $0.contains("repeat-01.h5: is cut off") })
    #expect(try Data(contentsOf: URL(fileURLWithPath: toy.path() + "/model-01.h5")) == model)
  }
}
