import Communication
import Kernels
import NeuralNetworks
import Testing
import Training
import Windows

/// Minibatches spread over processes give the bits of one process.
@Suite(.timeLimit(.minutes(10))) struct ShardsOverRanksTests {
  /// What a process's trainer came to.
  private struct End: Equatable, Sendable {
    var parameters: [UInt32]
    var losses: [Double]
    var accuracies: [Double]
  }

  private static func trained(
    _ network: ModelDescription, _ settings: TrainingSettings, windows: any WindowSource, threads: Int,
    communicator: (any Communicator)?, team: WorkerTeam = WorkerTeam()
  ) throws -> End {
    let trainer = try toyTrainer(network, settings, windows: windows, communicator: communicator, team: team)
    var end = End(parameters: [], losses: [], accuracies: [])
    for _ in 0..<settings.epochs {
      guard case .completed(let report) = trainer.runEpoch(threads: threads) else { continue }
      end.losses.append(report.loss)
      end.accuracies.append(report.accuracy)
    }
    end.parameters = trainer.parameters.array.map(\.bitPattern)
    return end
  }

  /// Compares all of some numbers of processes with one by itself.
  private func expectSameBits(
    _ network: ModelDescription, ranks: [Int] = [1, 2, 3, 4, 8], threads: [Int] = [1, 3], windows: Int = 150,
    _ adjust: (inout TrainingSettings) -> Void = { _ in }
  ) throws {
    var settings = TrainingSettings(epochs: 2, seed: 3)
    adjust(&settings)
    let data = toyWindows(count: windows)
    let source = try data.augmented(by: settings.augmentation, scaling: nil)
    let alone = try Self.trained(network, settings, windows: source, threads: 1, communicator: nil)
    #expect(alone.losses.count == settings.epochs)
    let frozen = settings
    for count in ranks {
      for threads in threads {
        let ends = try asRanks(count) { communicator in
          try Self.trained(
            network, frozen, windows: source, threads: threads, communicator: communicator,
            team: WorkerTeam(start: realThreads()))
        }
        #expect(ends.allSatisfy { $0 == alone }, "\(count) processes of \(threads) threads")
      }
    }
  }

  /// Of 150 windows the last minibatch has 22, six shards: with eight processes two have none.
  @Test(arguments: ModelPreset.allCases)
  func ofThePresets(_ preset: ModelPreset) throws { try expectSameBits(try toyNetwork(preset)) }

  @Test(arguments: ModelPreset.allCases, ConvolutionAlgorithm.allCases)
  func inMixedPrecision(_ preset: ModelPreset, _ convolution: ConvolutionAlgorithm) throws {
    var network = try toyNetwork(preset)
    network.precision = .mixed
    try expectSameBits(network, ranks: [3]) { $0.convolution = convolution }
  }

  @Test(arguments: [1, 5, 64, 300])
  func ofAnyBatchSize(_ batchSize: Int) throws {
    try expectSameBits(try toyNetwork(.cnnLSTM), ranks: [2, 5], threads: [2], windows: 310) {
      $0.batchSize = batchSize
      $0.epochs = batchSize == 1 ? 1 : 2
    }
  }

  /// Gradients of the parts of a minibatch that is too large to be worked on at once; the last part has one shard.
  @Test func ofBatchesInParts() throws {
    var sizes = PresetSizes()
    (sizes.timeSteps, sizes.channels, sizes.classes, sizes.units, sizes.denseUnits) = (4, 3, 4, 3, 4)
    let network = try ModelPreset.lstm.description(sizes)
    let data = toyWindows(count: 4100, timeSteps: 4)
    var settings = TrainingSettings(epochs: 2, seed: 3)
    settings.batchSize = 4100
    let alone = try Self.trained(network, settings, windows: data, threads: 1, communicator: nil)
    let frozen = settings
    for count in [2, 3] {
      let ends = try asRanks(count) {
        try Self.trained(network, frozen, windows: data, threads: 2, communicator: $0)
      }
      #expect(ends.allSatisfy { $0 == alone })
    }
  }

  @Test func withEverythingElse() throws {
    let description = try toyNetwork(.convLSTM)
    try expectSameBits(description, ranks: [2, 3]) {
      $0.clipNorm = 0.1
      $0.schedule = .cosine
      $0.augmentation.rotation = 20
    }
    try expectSameBits(description, ranks: [4]) {
      $0.optimizer = .lamb
      $0.weightDecay = 0.01
      $0.warmupEpochs = 1
    }
  }

  /// One process is asked to stop: all stop after the same step, with the same parameters, and go on to the same end.
  @Test(arguments: 0..<3)
  func stopOfOneStopsAll(_ asked: Int) throws {
    var settings = TrainingSettings(epochs: 1, seed: 3)
    settings.batchSize = 16
    let data = toyWindows(count: 150)
    let network = try toyNetwork(.lstm)
    let alone = try Self.trained(network, settings, windows: data, threads: 1, communicator: nil)
    let frozen = settings
    struct Stopped: Sendable, Equatable {
      let step: Int
      let bits: [UInt32]
      let isAsked: Bool
    }
    let ends = try asRanks(3) { communicator in
      let stop = StopRequest(afterSteps: communicator.rank == asked ? 4 : .max)
      let trainer = try toyTrainer(network, frozen, windows: data, stop: stop, communicator: communicator)
      #expect(trainer.runEpoch(threads: 1) == .interrupted)
      let stopped = Stopped(
        step: trainer.progress.step, bits: trainer.parameters.array.map(\.bitPattern), isAsked: stop.isRequested)
      // Others go on from what was saved.
      let next = try toyTrainer(network, frozen, windows: data, communicator: communicator)
      next.parameters.write(trainer.parameters.array)
      next.optimizer.firstMoment.write(trainer.optimizer.firstMoment.array)
      next.optimizer.secondMoment.write(trainer.optimizer.secondMoment.array)
      next.progress = trainer.progress
      guard case .completed = next.runEpoch(threads: 2) else { return (stopped, [UInt32]()) }
      return (stopped, next.parameters.array.map(\.bitPattern))
    }
    #expect(ends.allSatisfy { $0.0 == ends[0].0 && $0.0.isAsked && $0.1 == alone.parameters })
    #expect(ends[0].0.step >= 4 && ends[0].0.step <= 6)
  }

  /// A loss that is no number ends the training in all processes, before the step.
  @Test func divergenceEndsAll() throws {
    let data = toyWindows(count: 64)
    var settings = TrainingSettings(epochs: 1, seed: 3)
    settings.batchSize = 16
    let network = try toyNetwork(.lstm)
    let frozen = settings
    let ends = try asRanks(3) { communicator in
      let trainer = try toyTrainer(network, frozen, windows: data, communicator: communicator)
      trainer.parameters.address[0] = .nan
      return trainer.runEpoch(threads: 1)
    }
    #expect(ends == Array(repeating: .diverged(step: 0), count: 3))
  }
}
