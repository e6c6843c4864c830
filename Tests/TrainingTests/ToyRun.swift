import Foundation
import Kernels
import NeuralNetworks
import Synchronization
import SystemSupport
import Training
import _TestSupport

/// An experiment of small networks in a run's folder.
struct ToyRun {
  let directory: TemporaryDirectory
  let kernels: KernelSet
  var settings: ExperimentSettings
  var data: ExperimentData

  /// Two repeats of each network on 130 windows, with everything on that a checkpoint has to know.
  init(_ presets: [ModelPreset] = ModelPreset.allCases, epochs: Int = 3, seed: UInt64 = 3) throws {
    directory = try TemporaryDirectory()
    kernels = try KernelSet(KernelSet.bestName)
    settings = ExperimentSettings(
      models: try presets.map { preset in
        var training = TrainingSettings(epochs: epochs, seed: seed)
        training.batchSize = 20
        training.clipNorm = 0.5
        training.schedule = preset == .lstm ? .onPlateau : .cosine
        return .init(name: preset.rawValue, network: try toyNetwork(preset), training: training)
      }, repeats: 2)
    settings.validationSubjects = [2]
    settings.earlyStoppingPatience = 50
    data = try ExperimentData(
      train: toyWindows(count: 130), test: toyWindows(count: 30), settings: settings, isOnlyUse: true)
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
    let events: [TrainingEvent]
    let steps: Int

    /// The weights' digests by repeat, and everything else that must not depend on interruptions.
    var results: [TrainingID: RepeatRecord]? {
      records?.mapValues { record in
        var record = record
        for index in record.epochs.indices {
          record.epochs[index].seconds = 0
          record.epochs[index].samplesPerSecond = 0
        }
        return record
      }
    }
  }

  /// Makes the folder or goes on in it, until its end or until so many steps of all repeats are done.
  func run(
    _ name: String = "run", resumes: Bool = false, threads: Int = 2, concurrentModels: Int = 2, stopAfter: Int? = nil
  ) throws -> Outcome {
    let stop = StopRequest(afterSteps: stopAfter ?? .max)
    let events = EventStream(stop: stop)
    let folder =
      resumes
      ? try RunFolder.open(path(name), warn: { events.warn($0) })
      : try RunFolder.create(path(name), configuration: try configuration(), warn: { events.warn($0) })
    defer { folder.close() }
    let watch = EventRecorder()
    events.add([watch.observer])
    let context = RunContext(
      kernels: kernels, stop: stop, events: events, threads: threads, concurrentModels: concurrentModels)
    let records = try Experiment.run(data, in: folder, context)
    try events.finish()
    return Outcome(
      folder: folder, records: records, warnings: watch.warnings, events: watch.events, steps: stop.stepCount)
  }
}

/// Keeps the events of a stream.
final class EventRecorder: Sendable {
  private let seen = Mutex<[TrainingEvent]>([])

  var observer: any TrainingObserver { Observer(self) }
  var events: [TrainingEvent] { seen.withLock { $0 } }
  var warnings: [String] { events.compactMap { if case .warning(let line) = $0 { line } else { nil } } }

  private final class Observer: TrainingObserver {
    let recorder: EventRecorder
    init(_ recorder: EventRecorder) { self.recorder = recorder }
    func receive(_ event: TrainingEvent) { recorder.seen.withLock { $0.append(event) } }
  }
}
