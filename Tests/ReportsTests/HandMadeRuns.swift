import Kernels
import NeuralNetworks
import Reports
import Training
import Windows
import _TestSupport

/// Folders as training leaves them, of which a test chooses what the trainings came to; nothing is trained.
///
/// The store's 48 test windows are of the people 3 (the first half) and 4, its activities take turns.
struct HandMadeRuns {
  let directory: TemporaryDirectory
  let store: WindowStore
  let context: PredictionContext

  /// - Parameter change: what the store holds.
  init(_ change: (inout HandMadeStore) -> Void = { _ in }) throws {
    directory = try TemporaryDirectory()
    var made = HandMadeStore()
    change(&made)
    try made.write(directory.path("store.h5"))
    store = try WindowStore.read(path: directory.path("store.h5"))
    context = PredictionContext(kernels: try KernelSet(.baseline), threads: 1)
  }

  // MARK: What trainings came to

  /// A repeat that has finished after some epochs, 100 windows per second in the first, 200 in the second and so on.
  static func record(
    score: Double, confusion: [[Int]] = [[24, 0], [0, 24]], epochs: Int = 2, hasValidation: Bool = false
  ) -> RepeatRecord {
    var record = RepeatRecord()
    record.status = .finished
    record.epochs = (0..<epochs).map { epoch in
      EpochReport(
        epoch: epoch, loss: 1 / Double(epoch + 1), accuracy: 0.5, validationLoss: hasValidation ? 0.75 : nil,
        validationAccuracy: hasValidation ? 0.25 : nil, learningRate: 0.001, seconds: 1.25,
        samplesPerSecond: Double(100 * (epoch + 1)))
    }
    record.progress.epoch = epochs
    record.score = score
    record.testLoss = 0.5
    record.confusion = confusion
    record.weightsDigest = "digest of \(score)"
    return record
  }

  /// What a network says of the test windows: it is equally sure of all, and misclassifies some.
  func predictions(wrong: Set<Int> = [], confidence: Float = 0.75) -> Predictions {
    let probabilities = store.test.labels.enumerated().flatMap { window, label in
      let predicted = wrong.contains(window) ? 1 - label : label
      return predicted == 0 ? [confidence, 1 - confidence] : [1 - confidence, confidence]
    }
    return Predictions(store: store, split: .test, probabilities: probabilities)
  }

  // MARK: Folders

  /// The settings of networks that fit the store, and of as many repeats.
  func configuration(_ networks: [String], repeats: Int) throws -> RunConfiguration {
    var sizes = PresetSizes()
    (sizes.timeSteps, sizes.channels, sizes.classes) = (store.test.timeSteps, store.test.channels, 2)
    let description = try ModelPreset.lstm.description(sizes)
    let training = TrainingSettings(epochs: 2, seed: 1)
    return try RunConfiguration(
      settings: ExperimentSettings(
        models: networks.map { .init(name: $0, network: description, training: training) }, repeats: repeats),
      storePath: directory.path("store.h5"), activityNames: store.activityNames, isSynthetic: true,
      kernels: context.kernels, versions: ["package": "1.2.3"])
  }

  /// A run of networks with what their repeats came to, in the order of its settings.
  func run(
    _ networks: KeyValuePairs<String, [RepeatRecord]>, in name: String = "run",
    change: (inout RunConfiguration) -> Void = { _ in }
  ) throws -> RunResults {
    var configuration = try configuration(networks.map(\.key), repeats: networks.map(\.value.count).max() ?? 1)
    change(&configuration)
    let records = networks.enumerated().flatMap { model, network in
      network.value.enumerated().map { (TrainingID(model: model, repeatIndex: $0), $1) }
    }
    try write(configuration, name, records)
    return try RunResults(path: directory.path(name))
  }

  /// A folder's configuration and the checkpoints of its trainings, whose numbers nobody looks at.
  func write<Configuration: FolderConfiguration>(
    _ configuration: Configuration, _ name: String, _ records: [(Configuration.Job, RepeatRecord)]
  ) throws {
    try directory.write("", to: "\(name)/empty")
    for subfolder in configuration.subfolders { try directory.write("", to: "\(name)\(subfolder)/checkpoints/empty") }
    try configuration.write(directory.path("\(name)/\(Configuration.fileName)"))
    for (job, record) in records {
      let checkpoint = Checkpoint(
        identity: try configuration.identity(job), record: record, scaling: "", parameters: [0], firstMoment: [0],
        secondMoment: [0])
      try checkpoint.write(directory.path("\(name)\(configuration.checkpointName(job)).h5"))
    }
  }

  /// The report of a run with what its networks' repeats say of the test windows.
  func report(_ run: RunResults, _ members: [[Predictions]] = []) -> RunReport {
    RunReport(
      run,
      networks: run.configuration.settings.models.indices.map {
        NetworkResults(run, network: $0, members: members.indices.contains($0) ? members[$0] : [])
      })
  }
}
