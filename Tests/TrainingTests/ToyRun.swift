import ActivityData
import Foundation
import Kernels
import NeuralNetworks
import Synchronization
import Training
import _TestSupport

/// An experiment of small networks in a run's folder.
struct ToyRun {
  let directory: TemporaryDirectory
  let kernels: KernelSet
  var settings: ExperimentSettings
  let data: ExperimentData

  /// Two repeats of each network on 130 windows, with everything on that a checkpoint has to know.
  init(_ architectures: [Architecture] = Architecture.allCases, epochs: Int = 3, seed: UInt64 = 3) throws {
    directory = try TemporaryDirectory()
    kernels = try KernelSet(KernelSet.bestName)
    settings = ExperimentSettings(
      models: architectures.map { architecture in
        var training = TrainingSettings(epochs: epochs, seed: seed)
        training.batchSize = 20
        training.clipNorm = 0.5
        training.schedule = architecture == .lstm ? .onPlateau : .cosine
        return .init(configuration: toyModel(architecture), training: training)
      }, repeats: 2)
    settings.validationSubjects = [2]
    settings.earlyStoppingPatience = 50
    data = try ExperimentData(
      train: toyWindows(count: 130), test: toyWindows(count: 30), settings: settings)
    try directory.write("not looked into", to: "store.h5")
  }

  func path(_ name: String = "run") -> String { directory.path(name) }

  func configuration() throws -> RunConfiguration {
    try RunConfiguration(
      settings: settings, storePath: directory.path("store.h5"), activityNames: ["a", "b", "c", "d"],
      isSynthetic: true, kernels: kernels, versions: [:])
  }

  /// What a run came to.
  struct Outcome {
    let folder: RunFolder
    /// nil where it was stopped.
    let records: [TrainingID: RepeatRecord]?
    let warnings: [String]
    let steps: Int

    /// The weights' digests by repeat, and everything else that must not depend on interruptions.
    var results: [TrainingID: RepeatRecord]? {
      records?.mapValues { record in
        var record = record
        for index in record.epochs.indices {
          record.epochs[index].result.seconds = 0
          record.epochs[index].result.windowsPerSecond = 0
        }
        return record
      }
    }
  }

  /// Makes the folder or goes on in it, until its end or until so many steps of all repeats are done.
  func run(
    _ name: String = "run", resumes: Bool = false, threads: Int = 2, concurrentModels: Int = 2, stopAfter: Int? = nil
  ) throws -> Outcome {
    let warnings = Mutex<[String]>([])
    let warn: @Sendable (String) -> Void = { line in warnings.withLock { $0.append(line) } }
    let folder =
      resumes
      ? try RunFolder.open(path(name), warn: warn)
      : try RunFolder.create(path(name), configuration: try configuration(), warn: warn)
    let stop = StopRequest()
    let steps = Atomic<Int>(0)
    let experiment = Experiment(
      settings: folder.configuration.settings, data: data, kernels: kernels, stop: stop, storage: folder
    ) { event in
      guard case .training(_, .progress) = event else { return }
      if steps.add(1, ordering: .relaxed).newValue == stopAfter { stop.request() }
    }
    defer { folder.close() }
    let records = try experiment.run(threads: threads, concurrentModels: concurrentModels)
    return Outcome(
      folder: folder, records: records, warnings: warnings.withLock { $0 }, steps: steps.load(ordering: .relaxed))
  }
}
