import Communication
import Foundation
import Kernels
import NeuralNetworks
import Training
import Windows
import _TestSupport

/// A learnable set of windows of five people: each class a wave of its own frequency, with noise.
func toyWindows(count: Int, timeSteps: Int = 24, channels: Int = 3, classes: Int = 4) -> WindowSet {
  var random = PhiloxGenerator(key: (11, 12), stream: (0, 0, 0))
  var features: [Float] = []
  var labels: [UInt8] = []
  for window in 0..<count {
    let label = window % classes
    labels.append(UInt8(label))
    for t in 0..<timeSteps {
      for channel in 0..<channels {
        // A square wave needs no mathematics library.
        let wave: Double = (t * (label + 1) / 6 + channel) % 2 == 0 ? 1 : -1
        features.append(Float(wave + 0.3 * (2 * random.nextUniform() - 1)))
      }
    }
  }
  return WindowSet(
    timeSteps: timeSteps, channels: channels, features: features, labels: labels,
    subjects: labels.indices.map { UInt8($0 % 5 + 1) })
}

/// Writes a store of 150 toy windows, the last two of the five people in the test split.
func writeToyStore(_ path: String) throws {
  let windows = toyWindows(count: 150)
  try writeToyStore(path, train: windows.selecting { $0 < 4 }, test: windows.selecting { $0 > 3 })
}

/// Writes a store of toy windows.
func writeToyStore(_ path: String, train: WindowSet, test: WindowSet) throws {
  let writer = try StoreWriter(path: path, overwrite: false, compression: .none)
  try writer.describe(
    StoreDescription(
      title: "toy", source: "these tests", isSynthetic: true, samplingRate: 50, signalNames: ["x", "y", "z"],
      activityNames: ["a", "b", "c", "d"]), writer: "these tests")
  for (split, part) in [(DatasetSplit.train, train), (.test, test)] {
    let features = try writer.makeSplit(
      split, count: part.count, shape: [24, 3], labels: part.labels, subjects: part.subjects)
    let values = (0..<part.count).flatMap { part.features(of: $0) }
    try values.withUnsafeBufferPointer { try writer.write($0, rows: 0..<part.count, to: features) }
  }
  try writer.finish()
}

/// The sizes of a small network of a preset for the toy data.
func toySizes(_ preset: ModelPreset) -> PresetSizes {
  var sizes = PresetSizes()
  sizes.timeSteps = 24
  sizes.channels = 3
  sizes.classes = 4
  sizes.units = preset == .cnnLSTM ? 10 : 20
  sizes.denseUnits = 12
  sizes.filters = 8
  sizes.subsequences = 3
  return sizes
}

/// A small network of a preset for the toy data.
func toyNetwork(_ preset: ModelPreset) throws -> ModelDescription { try preset.description(toySizes(preset)) }

/// A trainer of a network with the processor's best kernels.
func toyTrainer(
  _ network: ModelDescription, _ settings: TrainingSettings, windows: any WindowSource,
  kernels: KernelSet.Name = KernelSet.bestName, repeatIndex: Int = 0, stop: StopRequest = StopRequest(),
  communicator: (any Communicator)? = nil, team: WorkerTeam = WorkerTeam()
) throws -> Trainer {
  Trainer(
    model: try Sequential(network, convolution: settings.convolution), kernels: try KernelSet(kernels),
    settings: settings, repeatIndex: repeatIndex, windows: windows, stop: stop, communicator: communicator, team: team)
}

/// Runs a body as each of some processes, on a thread each, and returns what they came to.
func asRanks<Result: Sendable>(
  _ count: Int, _ body: @escaping @Sendable (any Communicator) throws -> Result
) throws -> [Result] {
  let results = SharedResults<Result>(count: count)
  let ranks = DispatchGroup()
  for communicator in ThreadCommunicator.group(of: count) {
    ranks.enter()
    let thread = Thread {
      results[communicator.rank] = Swift.Result { try body(communicator) }
      ranks.leave()
    }
    thread.stackSize = 8 << 20
    thread.start()
  }
  ranks.wait()
  return try results.all.map { try $0!.get() }
}

/// What some threads come to; each writes its own.
private final class SharedResults<Value: Sendable>: @unchecked Sendable {
  private let lock = NSLock()
  private var results: [Result<Value, any Error>?]

  init(count: Int) { results = Array(repeating: nil, count: count) }

  var all: [Result<Value, any Error>?] { lock.withLock { results } }

  subscript(index: Int) -> Result<Value, any Error>? {
    get { lock.withLock { results[index] } }
    set { lock.withLock { results[index] = newValue } }
  }
}

/// The bits of all parameters after some epochs.
func trainedBits(
  _ preset: ModelPreset, threads: Int, kernels: KernelSet.Name = KernelSet.bestName, epochs: Int = 2,
  batchSize: Int = 64, seed: UInt64 = 3, repeatIndex: Int = 0, windows: any WindowSource = toyWindows(count: 150),
  team: WorkerTeam = WorkerTeam(), adjust: (inout TrainingSettings) -> Void = { _ in }
) throws -> [UInt32] {
  try trainedBits(
    try toyNetwork(preset), threads: threads, kernels: kernels, epochs: epochs, batchSize: batchSize, seed: seed,
    repeatIndex: repeatIndex, windows: windows, team: team, adjust: adjust)
}

/// The same of any network.
func trainedBits(
  _ network: ModelDescription, threads: Int, kernels: KernelSet.Name = KernelSet.bestName, epochs: Int = 2,
  batchSize: Int = 64, seed: UInt64 = 3, repeatIndex: Int = 0, windows: any WindowSource = toyWindows(count: 150),
  team: WorkerTeam = WorkerTeam(), adjust: (inout TrainingSettings) -> Void = { _ in }
) throws -> [UInt32] {
  var settings = TrainingSettings(epochs: epochs, seed: seed)
  settings.batchSize = batchSize
  adjust(&settings)
  var windows = windows
  if settings.augmentation.isActive, let recorded = windows as? WindowSet {
    windows = try recorded.augmented(by: settings.augmentation)
  }
  let trainer = try toyTrainer(
    network, settings, windows: windows, kernels: kernels, repeatIndex: repeatIndex, team: team)
  for _ in 0..<epochs { _ = trainer.runEpoch(threads: threads) }
  return trainer.parameters.array.map(\.bitPattern)
}
