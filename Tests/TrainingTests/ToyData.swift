import ActivityData
import Kernels
import NeuralNetworks
import Training

/// A learnable set of windows: each class a wave of its own frequency, with noise.
func toyData(count: Int, timeSteps: Int = 24, channels: Int = 3, classes: Int = 4) -> TrainingData {
  TrainingData(toyWindows(count: count, timeSteps: timeSteps, channels: channels, classes: classes))
}

/// The same as a window set, of five people.
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

/// A small network of an architecture for the toy data.
func toyModel(_ architecture: Architecture) -> ModelConfiguration {
  var configuration = ModelConfiguration(architecture)
  configuration.timeSteps = 24
  configuration.channels = 3
  configuration.classes = 4
  configuration.units = architecture == .cnnLSTM ? 10 : 20
  configuration.denseUnits = 12
  configuration.filters = 8
  configuration.subsequences = 3
  return configuration
}

/// The bits of all parameters after some epochs.
func trainedBits(
  _ architecture: Architecture, threads: Int, kernels: KernelSet.Name = KernelSet.bestName, epochs: Int = 2,
  batchSize: Int = 64, seed: UInt64 = 3, repeatIndex: Int = 0, data: TrainingData = toyData(count: 150),
  adjust: (inout TrainingSettings) -> Void = { _ in }
) throws -> [UInt32] {
  try trainedBits(
    toyModel(architecture), threads: threads, kernels: kernels, epochs: epochs, batchSize: batchSize, seed: seed,
    repeatIndex: repeatIndex, data: data, adjust: adjust)
}

/// The same of a network of any sizes.
func trainedBits(
  _ configuration: ModelConfiguration, threads: Int, kernels: KernelSet.Name = KernelSet.bestName, epochs: Int = 2,
  batchSize: Int = 64, seed: UInt64 = 3, repeatIndex: Int = 0, data: TrainingData = toyData(count: 150),
  adjust: (inout TrainingSettings) -> Void = { _ in }
) throws -> [UInt32] {
  var settings = TrainingSettings(epochs: epochs, seed: seed)
  settings.batchSize = batchSize
  adjust(&settings)
  let trainer = Trainer(
    model: configuration.makeModel(), kernels: try KernelSet(kernels), settings: settings,
    repeatIndex: repeatIndex, data: data)
  for _ in 0..<epochs { _ = trainer.runEpoch(threads: threads) }
  return trainer.parameters.array.map(\.bitPattern)
}
