import Foundation
import Kernels
import NeuralNetworks
import SystemSupport
import Testing
import Training
import Windows
import _TestSupport

/// Training on windows that are streamed.
@Suite(.timeLimit(.minutes(10))) struct StreamedTrainingTests {
  private let directory: TemporaryDirectory
  private let store: WindowStore

  init() throws {
    directory = try TemporaryDirectory()
    store = try streamedToyStore(directory, train: 300)
  }

  private func bits(
    _ preset: ModelPreset, _ windows: any WindowSource, threads: Int = 2,
    _ adjust: (inout TrainingSettings) -> Void = { _ in }
  ) throws -> [UInt32] {
    try trainedBits(preset, threads: threads, batchSize: 48, windows: windows, adjust: adjust)
  }

  /// In the store's order a streamed training is the one in memory.
  @Test(arguments: ModelPreset.allCases)
  func inTheStoresOrderBitsAreThoseOfMemory(_ preset: ModelPreset) throws {
    let memory = try bits(preset, toyWindows(count: 300)) { $0.shuffle = false }
    let streamed = try #require(StreamedWindows(store.train, poolWindows: 64))
    #expect(try bits(preset, streamed) { $0.shuffle = false } == memory)
    #expect(try bits(preset, streamed) != memory)
  }

  /// Augmented, and then scaled.
  @Test func changedWindowsAreThoseOfMemory() throws {
    func adjust(_ settings: inout TrainingSettings) {
      settings.shuffle = false
      settings.augmentation.jitter = 0.1
      settings.augmentation.timeWarp = 0.2
    }
    var settings = TrainingSettings(epochs: 1, seed: 3)
    adjust(&settings)
    let memory = toyWindows(count: 300)
    let scaling = try FeatureScaling.fit(.power, .signal, to: memory)
    let sources = try [memory, store.train].map { try $0.augmented(by: settings.augmentation, scaling: scaling) }
    #expect(try bits(.cnnLSTM, sources[1], adjust) == bits(.cnnLSTM, sources[0], adjust))
    let scaled = try [memory, store.train].map { try scaling.scaled($0).augmented(by: AugmentationSettings()) }
    #expect(try bits(.lstm, scaled[1]) { $0.shuffle = false } == bits(.lstm, scaled[0]) { $0.shuffle = false })
  }

  @Test(arguments: ModelPreset.allCases)
  func atAnyNumberOfThreads(_ preset: ModelPreset) throws {
    func streamed() throws -> StreamedWindows {
      try #require(StreamedWindows(store.train, poolWindows: 100))
    }
    let one = try bits(preset, try streamed(), threads: 1)
    for threads in [2, 3, 16] { #expect(try bits(preset, try streamed(), threads: threads) == one) }
  }

  @Test func predictionsAreThoseOfMemory() throws {
    let model = try Sequential(try toyNetwork(.convLSTM))
    let parameters = AlignedBuffer(count: model.parameterBufferCount)
    model.initialize(parameters.address, key: (1, 2))
    let predictor = Predictor(model: model, kernels: try KernelSet(KernelSet.bestName), parameters: parameters)
    let memory = toyWindows(count: 300)
    #expect(try predictor.probabilities(store.train, threads: 2) == predictor.probabilities(memory, threads: 1))
    let evaluation = try predictor.evaluate(store.train.selecting { $0 > 2 }, threads: 2)
    #expect(try evaluation == predictor.evaluate(memory.selecting { $0 > 2 }, threads: 2))
  }

  /// Stopped within an epoch, a training goes on to the same end.
  @Test(arguments: [1, 4, 6, 9])
  func stoppedAndContinued(_ step: Int) throws {
    var settings = TrainingSettings(epochs: 2, seed: 3)
    settings.batchSize = 48
    func trainer(_ stop: StopRequest = StopRequest()) throws -> Trainer {
      let windows = try #require(StreamedWindows(store.train, poolWindows: 64))
      return try toyTrainer(try toyNetwork(.lstm), settings, windows: windows, stop: stop)
    }
    let whole = try trainer()
    for _ in 0..<2 { _ = whole.runEpoch(threads: 2) }
    let stopped = try trainer(StopRequest(afterSteps: step))
    while stopped.progress.step < step { _ = stopped.runEpoch(threads: 2) }
    #expect(stopped.progress.step == step)
    let resumed = try trainer()
    resumed.parameters.write(stopped.parameters.array)
    resumed.optimizer.firstMoment.write(stopped.optimizer.firstMoment.array)
    resumed.optimizer.secondMoment.write(stopped.optimizer.secondMoment.array)
    resumed.progress = stopped.progress
    while resumed.progress.epoch < 2 { _ = resumed.runEpoch(threads: 3) }
    #expect(resumed.parameters.array == whole.parameters.array)
  }

  @Test func windowsThatCannotBeReadLeaveTheParametersAlone() throws {
    var settings = TrainingSettings(epochs: 2, seed: 3)
    settings.batchSize = 48
    let windows = try #require(StreamedWindows(store.train, poolWindows: 64))
    let trainer = try toyTrainer(try toyNetwork(.lstm), settings, windows: windows)
    guard case .completed = trainer.runEpoch(threads: 2) else { return #expect(Bool(false), "the first epoch") }
    let before = trainer.parameters.array
    #expect(truncate(store.path, 4096) == 0)
    guard case .unreadable(let error) = trainer.runEpoch(threads: 2) else {
      return #expect(Bool(false), "the second epoch")
    }
    #expect(error?.path == store.path)
    #expect(trainer.parameters.array == before && trainer.progress.position == 0)
  }

  /// One of three processes can't read its copy of the store: all end the epoch, with the parameters as they were.
  @Test(arguments: 0..<3)
  func windowsThatAnotherProcessCannotRead(_ failing: Int) throws {
    let network = try toyNetwork(.cnnLSTM)
    let directories = try (0..<3).map { _ in try TemporaryDirectory() }
    let stores = try directories.map { try streamedToyStore($0, train: 300) }
    var settings = TrainingSettings(epochs: 2, seed: 3)
    settings.batchSize = 48
    let frozen = settings
    let ends = try asRanks(3) { communicator in
      let rank = communicator.rank
      let windows = try #require(StreamedWindows(stores[rank].train, poolWindows: 64))
      let trainer = try toyTrainer(
        network, frozen, windows: windows, communicator: communicator, team: WorkerTeam(start: realThreads()))
      let first = trainer.runEpoch(threads: 2)
      let before = trainer.parameters.array
      if rank == failing { #expect(truncate(stores[rank].path, 4096) == 0) }
      let second = trainer.runEpoch(threads: 2)
      #expect(trainer.parameters.array == before)
      return (first, second)
    }
    withExtendedLifetime(directories) {}
    for (rank, (first, second)) in ends.enumerated() {
      guard case .completed = first, case .unreadable(let error) = second else {
        Issue.record("process \(rank): \(first), \(second)")
        continue
      }
      #expect((error != nil) == (rank == failing))
    }
  }
}
