import Communication
import Foundation
import Kernels
import NeuralNetworks
import SystemSupport
import Testing
import Training
import Windows
import _TestSupport

/// Experiments, cross-validations and searches that several processes carry out, against those of one.
@Suite(.timeLimit(.minutes(10))) struct RankTeamTests {
  private let directory: TemporaryDirectory
  private var store: String { directory.path("store.h5") }

  init() throws {
    directory = try TemporaryDirectory()
    try writeToyStore(directory.path("store.h5"))
  }

  /// How a job is divided.
  private struct Division: Sendable, CustomTestStringConvertible {
    var ranks = 1
    var distribution = Distribution.auto
    var sharesStore = false
    var streams = false
    var threads = 2
    var concurrentModels = 2
    var stopAfter = Int.max
    /// Which process is asked to stop.
    var asked = 0

    var testDescription: String {
      "\(ranks) processes, \(distribution)\(sharesStore ? ", sharing the store" : "")\(streams ? ", streaming" : "")"
    }
  }

  /// Runs a body in the first of some processes; the others follow it.
  private func asFirst<Result: Sendable>(
    _ division: Division, version: String = "1", followersVersion: String = "1",
    _ body: @escaping @Sendable (WindowStore, RunContext) throws -> Result
  ) throws -> Result {
    let store = store
    let results = try asRanks(division.ranks) { communicator -> Result? in
      let kernels = try KernelSet(KernelSet.bestName)
      let stop = StopRequest(afterSteps: communicator.rank == division.asked ? division.stopAfter : .max)
      guard communicator.rank == 0 else {
        try RankFollower(communicator, kernels: kernels, version: followersVersion, cores: 2, stop: stop).run()
        return nil
      }
      defer { RankTeam.dismiss(communicator, isGreeted: true) }
      let team =
        division.ranks == 1
        ? nil
        : try RankTeam(
          communicator, distribution: division.distribution, sharesStore: division.sharesStore,
          threads: division.threads,
          version: version, arithmetic: RunConfiguration.arithmetic(kernels))
      let read = try WindowStore.read(path: store, division.streams ? .file : .memory)
      let events = EventStream(stop: stop)
      let context = RunContext(
        kernels: kernels, stop: stop, events: events, threads: division.threads,
        concurrentModels: division.concurrentModels, team: team)
      return try body(read, context)
    }
    return try #require(results[0])
  }

  private func settings(_ presets: [ModelPreset] = [.lstm, .cnnLSTM], repeats: Int = 3) throws -> ExperimentSettings {
    var settings = ExperimentSettings(
      models: try presets.map { preset in
        var training = TrainingSettings(epochs: 4, seed: 5)
        training.batchSize = 20
        training.clipNorm = 0.5
        training.learningRate = 0.01
        training.schedule = preset == .lstm ? .onPlateau : .cosine
        return .init(name: preset.rawValue, network: try toyNetwork(preset), training: training)
      }, repeats: repeats)
    settings.validationSubjects = [2]
    settings.earlyStoppingPatience = 3
    settings.restoresBest = true
    settings.scaling = .standardize
    return settings
  }

  private func configuration(_ settings: ExperimentSettings) throws -> RunConfiguration {
    try RunConfiguration(
      settings: settings, storePath: store, activityNames: ["a", "b", "c", "d"], isSynthetic: true,
      kernels: try KernelSet(KernelSet.bestName), versions: [:])
  }

  /// What of a record must not depend on who made it.
  private static func lasting(_ records: [TrainingID: RepeatRecord]?) -> [TrainingID: RepeatRecord]? {
    records?.mapValues { record in
      var record = record
      record.progress.seconds = 0
      for index in record.epochs.indices {
        record.epochs[index].seconds = 0
        record.epochs[index].samplesPerSecond = 0
      }
      return record
    }
  }

  /// The run in a folder, from its beginning or from where it was; nil where it was stopped.
  private func run(
    _ name: String, _ settings: ExperimentSettings, _ division: Division, resumes: Bool = false
  ) throws -> [TrainingID: RepeatRecord]? {
    let (path, configuration) = (directory.path(name), try configuration(settings))
    return try asFirst(division) { store, context in
      let folder =
        resumes
        ? try RunFolder.open(path, warn: { context.events.warn($0) })
        : try RunFolder.create(path, configuration: configuration, warn: { context.events.warn($0) })
      defer { folder.close() }
      try context.team?.announce(store, sha256: configuration.store.sha256)
      let data = try ExperimentData(
        train: store.train, test: store.test, settings: settings, isOnlyUse: true)
      let records = try Experiment.run(data, in: folder, context)
      try context.events.finish()
      return Self.lasting(records)
    }
  }

  private static let divisions = [
    Division(ranks: 2, distribution: .repeats), Division(ranks: 3, distribution: .repeats, sharesStore: true),
    Division(ranks: 2, distribution: .shards, sharesStore: true), Division(ranks: 3, distribution: .shards),
    Division(ranks: 8, distribution: .auto, threads: 1), Division(ranks: 4, distribution: .auto),
  ]

  @Test(arguments: divisions)
  private func runs(_ division: Division) throws {
    let settings = try settings()
    let alone = try #require(try run("alone", settings, Division()))
    #expect(alone.count == 6 && alone.values.allSatisfy { $0.status == .finished && $0.weightsDigest != nil })
    let together = try run("together", settings, division)
    #expect(together == alone)
    for name in ["lstm/confusion.csv", "cnn-lstm/model-02.h5"] {
      let (a, b) = (directory.path("alone/\(name)"), directory.path("together/\(name)"))
      #expect(FileManager.default.contentsEqual(atPath: a, andPath: b), "\(name)")
    }
    let rows = try (["alone", "together"]).map { folder in
      try String(contentsOfFile: directory.path("\(folder)/lstm/metrics.csv"), encoding: .utf8)
        .split(separator: "\n").map { $0.split(separator: ",").prefix(7) }
    }
    #expect(rows[0] == rows[1] && rows[0].count > 9)
  }

  /// A store of one block, which is one pool: its windows' order is another than in memory, but the same for all processes.
  @Test(arguments: [
    Division(ranks: 2, distribution: .repeats, streams: true), Division(ranks: 3, distribution: .shards, streams: true),
  ])
  private func runsOnStreamedWindows(_ division: Division) throws {
    let settings = try settings([.convLSTM])
    let alone = try #require(try run("alone", settings, Division(streams: true)))
    #expect(alone.count == 3 && alone.values.allSatisfy { $0.status == .finished })
    #expect(try run("together", settings, division) == alone)
  }

  @Test func streamedWindowsAreNotSent() throws {
    let settings = try settings([.lstm])
    let error = #expect(throws: RankError.self) {
      try run("run", settings, Division(ranks: 2, sharesStore: true, streams: true))
    }
    #expect(error?.exitStatus == .usage)
  }

  /// What one number of processes saves, another goes on with; whoever of them was asked to stop.
  @Test(arguments: [
    Division(ranks: 2, distribution: .repeats, stopAfter: 9),
    Division(ranks: 3, distribution: .repeats, stopAfter: 5, asked: 2),
    Division(ranks: 3, distribution: .shards, stopAfter: 13, asked: 1),
    Division(ranks: 2, distribution: .shards, stopAfter: 30),
  ])
  private func stopsAndGoesOn(_ division: Division) throws {
    let settings = try settings([.convLSTM], repeats: 4)
    let alone = try #require(try run("alone", settings, Division()))
    #expect(try run("cut", settings, division) == nil)
    var other = Division(
      ranks: division.ranks == 2 ? 3 : 2, distribution: division.distribution == .shards ? .repeats : .shards)
    other.stopAfter = 5
    // Who takes which repeat is left to chance, and so is whether the first process gets that far.
    if let early = try run("cut", settings, other, resumes: true) { #expect(early == alone) }
    #expect(try run("cut", settings, Division(ranks: 1), resumes: true) == alone)
  }

  @Test(arguments: [
    Division(ranks: 3, distribution: .repeats), Division(ranks: 2, distribution: .shards, sharesStore: true),
  ])
  private func crossValidations(_ division: Division) throws {
    var settings = try settings([.convLSTM], repeats: 2)
    (settings.validationSubjects, settings.earlyStoppingPatience, settings.restoresBest) = ([], nil, nil)
    let configuration = CrossValidationConfiguration(
      folds: [[1, 4], [2], [3, 5]], takesAllPeople: true, run: try configuration(settings))
    func records(_ name: String, _ division: Division) throws -> [TrainingID: RepeatRecord]? {
      let path = directory.path(name)
      return try asFirst(division) { store, context in
        let folder = try CrossValidationFolder.create(path, configuration: configuration, warn: { _ in })
        defer { folder.close() }
        try context.team?.announce(store, sha256: configuration.run.store.sha256)
        return Self.lasting(try CrossValidation.run(store, in: folder, context))
      }
    }
    let alone = try #require(try records("alone", Division()))
    #expect(alone.count == 6)
    #expect(try records("together", division) == alone)
  }

  /// A run that has ended has nothing to hand out.
  @Test(arguments: [Distribution.repeats, .shards])
  private func endedRunsEndAtOnce(_ distribution: Distribution) throws {
    let settings = try settings([.lstm], repeats: 2)
    let alone = try #require(try run("run", settings, Division()))
    #expect(try run("run", settings, Division(ranks: 3, distribution: distribution), resumes: true) == alone)
  }

  /// More epochs than were asked for at first: repeats that had ended go on, wherever.
  @Test(arguments: [Division(ranks: 2, distribution: .repeats), Division(ranks: 3, distribution: .shards)])
  private func endedRunsGoOn(_ division: Division) throws {
    var settings = try settings([.cnnLSTM], repeats: 3)
    (settings.earlyStoppingPatience, settings.models[0].training.schedule) = (nil, .constant)
    let alone = try #require(try run("alone", settings, Division()))
    settings.models[0].training.epochs = 2
    _ = try run("run", settings, Division())
    let folder = try RunFolder.open(directory.path("run"), changing: { try $0.extend(toEpochs: 4) }, warn: { _ in })
    folder.close()
    #expect(try run("run", folder.configuration.settings, division, resumes: true) == alone)
  }

  /// Weights to start from reach the others.
  @Test(arguments: [Division(ranks: 3, distribution: .repeats), Division(ranks: 2, distribution: .shards)])
  private func weightsToStartFrom(_ division: Division) throws {
    var settings = try settings([.lstm], repeats: 3)
    settings.models[0].startsFrom = "of these tests"
    let configuration = try configuration(settings)
    func records(_ name: String, _ division: Division) throws -> [TrainingID: RepeatRecord]? {
      let path = directory.path(name)
      return try asFirst(division) { [settings] store, context in
        let folder = try RunFolder.create(path, configuration: configuration, warn: { _ in })
        defer { folder.close() }
        try context.team?.announce(store, sha256: configuration.store.sha256)
        var data = try ExperimentData(train: store.train, test: store.test, settings: settings, isOnlyUse: true)
        let count = try Sequential(settings.models[0].network).parameterBufferCount
        data.startingWeights = [0: (0..<count).map { Float($0 % 7) * 0.02 - 0.06 }]
        return Self.lasting(try Experiment.run(data, in: folder, context))
      }
    }
    let alone = try #require(try records("alone", Division()))
    #expect(alone.values.allSatisfy { $0.weightsDigest != nil })
    #expect(try records("together", division) == alone)
    settings.models[0].startsFrom = nil
    #expect(try run("fresh", settings, Division()) != alone)
  }

  /// A checkpoint of windows that were scaled otherwise, wherever its repeat is to go on.
  @Test(arguments: [Distribution.repeats, .shards])
  private func checkpointsOfOtherScaling(_ distribution: Distribution) throws {
    let settings = try settings([.lstm], repeats: 4)
    #expect(try run("run", settings, Division(stopAfter: 40)) == nil)
    let folder = "\(directory.path("run"))/checkpoints"
    var changed = 0
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      guard var state = try Checkpoint.read("\(folder)/\(name)"), state.record.status == .running else { continue }
      state.scaling = ""
      try state.write("\(folder)/\(name)")
      changed += 1
    }
    #expect(changed > 0)
    let error = #expect(throws: (any Error).self) {
      try run("run", settings, Division(ranks: 3, distribution: distribution), resumes: true)
    }
    #expect((error as? any UserFacingError)?.exitStatus == .data, "\(String(describing: error))")
  }

  /// Two rungs: what the others trained up to the first goes on behind it.
  @Test(arguments: [Division(ranks: 3, distribution: .repeats), Division(ranks: 2, distribution: .shards)])
  private func searches(_ division: Division) throws {
    let trials = try [Float(0.01), 0.003, 1e-6, 0.02].enumerated().map { index, rate in
      var settings = try settings([.convLSTM], repeats: 1)
      (settings.validationSubjects, settings.earlyStoppingPatience, settings.restoresBest) = ([], nil, nil)
      settings.models[0].training.learningRate = rate
      settings.models[0].training.epochs = 3
      return TuningConfiguration.Trial(
        number: index + 1, values: ["\(rate)"], arguments: ["--learning-rate", "\(rate)"], settings: settings,
        rungEpochs: [1, 3])
    }
    let configuration = TuningConfiguration(
      parameterNames: ["learning-rate"], trials: trials,
      folds: SubjectFolds.make(subjects: [1, 2, 3], count: 3, seed: 2), reduction: 2, repeats: 1,
      run: try configuration(trials[0].settings))
    func table(_ name: String, _ division: Division) throws -> [[Substring]] {
      let path = directory.path(name)
      _ = try asFirst(division) { store, context in
        let folder = try TuningFolder.create(path, configuration: configuration, warn: { _ in })
        defer { folder.close() }
        try context.team?.announce(store, sha256: configuration.run.store.sha256)
        return try Tuner.run(store.train, in: folder, context)?.entries.count
      }
      // Without the seconds, which come after these.
      return try String(contentsOfFile: "\(path)/trials.csv", encoding: .utf8).split(separator: "\n")
        .map { Array($0.split(separator: ",", omittingEmptySubsequences: false).prefix(7)) }
    }
    let alone = try table("alone", Division())
    #expect(alone.count == 1 + 4 * 3 + 2 * 3)
    #expect(try table("together", division) == alone)
  }

  /// A store that only the first process can read is shared, or refused in one line.
  @Test func storesThatOthersCannotRead() throws {
    let settings = try settings([.lstm], repeats: 2)
    let configuration = try configuration(settings)
    let alone = try run("alone", settings, Division())
    func together(_ name: String, sharesStore: Bool) throws -> [TrainingID: RepeatRecord]? {
      let (path, store) = (directory.path(name), store)
      return try asFirst(Division(ranks: 3, sharesStore: sharesStore)) { read, context in
        try FileManager.default.moveItem(atPath: store, toPath: "\(store).away")
        defer { try? FileManager.default.moveItem(atPath: "\(store).away", toPath: store) }
        let folder = try RunFolder.create(path, configuration: configuration, warn: { _ in })
        defer { folder.close() }
        try context.team?.announce(read, sha256: configuration.store.sha256)
        let data = try ExperimentData(train: read.train, test: read.test, settings: settings, isOnlyUse: true)
        return Self.lasting(try Experiment.run(data, in: folder, context))
      }
    }
    #expect(try together("shared", sharesStore: true) == alone)
    let error = #expect(throws: RankError.self) { try together("refused", sharesStore: false) }
    #expect(error?.rank == 1 && error?.exitStatus == .noInput)
    #expect(error?.message.hasPrefix("process 1 on ") == true && error?.message.contains("store.h5") == true)
  }

  /// A file of the same name that is another one.
  @Test func otherStoresOfTheSameName() throws {
    let error = #expect(throws: RankError.self) {
      try asFirst(Division(ranks: 2)) { read, context in
        try context.team?.announce(read, sha256: String(repeating: "0", count: 64))
      }
    }
    let message = error?.message ?? ""
    #expect(error?.exitStatus == .data && message.contains("is not the file that the run began with"), "\(message)")
  }

  @Test func processesOfOtherVersions() throws {
    let error = #expect(throws: RankError.self) {
      try asFirst(Division(ranks: 3), followersVersion: "2") { _, _ in 0 }
    }
    #expect(error?.message.hasSuffix("has version 2, expected 1 as process 0 has") == true, "\(error?.message ?? "")")
  }
}
