import CAllocationCounter
import Kernels
import NeuralNetworks
import SystemSupport
import Testing
import Training
import Windows

/// Training does what it is for, and nothing besides.
@Suite struct LearningTests {
  @Test(arguments: ModelPreset.allCases, KernelSet.supported.map(\.name))
  func theLossFalls(_ preset: ModelPreset, _ kernels: KernelSet.Name) throws {
    let data = toyWindows(count: 400)
    var settings = TrainingSettings(epochs: 25, seed: 1)
    settings.learningRate = 0.005
    settings.batchSize = 32
    let trainer = try toyTrainer(try toyNetwork(preset), settings, windows: data, kernels: kernels)
    var losses: [Double] = []
    for _ in 0..<settings.epochs {
      guard case .completed(let report) = trainer.runEpoch(threads: 2) else { continue }
      losses.append(report.loss)
    }
    #expect(losses.count == settings.epochs)
    #expect(losses[losses.count - 1] < 0.5 * losses[0])
    let predictor = Predictor(
      model: trainer.model, kernels: try KernelSet(kernels), parameters: trainer.parameters)
    #expect(try predictor.evaluate(data, threads: 1).accuracy > 0.8)
  }

  @Test func anEpochIsAPermutation() {
    let key = PhiloxGenerator.key(seed: 9, repeatIndex: 2)
    let first = EpochOrder.permutation(count: 1000, key: key, epoch: 0)
    #expect(first.sorted() == (0..<1000).map { Int32($0) })
    #expect(first != EpochOrder.permutation(count: 1000, key: key, epoch: 1))
    #expect(first == EpochOrder.permutation(count: 1000, key: key, epoch: 0))
  }

  /// An epoch of four times as many steps allocates no more: what a step needs is there before the first.
  @Test(
    .enabled(if: allocation_counter_value() >= 0, "only glibc's allocations can be counted"),
    arguments: ModelPreset.allCases, [false, true])
  func aStepAllocatesNothing(_ preset: ModelPreset, _ isAugmented: Bool) throws {
    let threads = 1
    var network = try toyNetwork(preset)
    // Both changes have memory of their own; one case with each, and one with neither, would tell no more than these two.
    network.precision = isAugmented ? .mixed : .f32
    var settings = TrainingSettings(epochs: 3, seed: 1)
    if isAugmented {
      settings.optimizer = .lamb
      settings.augmentation.jitter = 0.1
      settings.augmentation.scaling = 0.1
      settings.augmentation.rotation = 10
      settings.augmentation.timeWarp = 0.2
    }
    func allocations(windows: Int) throws -> Int {
      let windows = toyWindows(count: windows)
      let source: any WindowSource =
        isAugmented
        ? try windows.augmented(by: settings.augmentation, scaling: .fit(.power, .timeStep, to: windows)) : windows
      let trainer = try toyTrainer(network, settings, windows: source)
      _ = trainer.runEpoch(threads: threads)
      let before = allocation_counter_value()
      _ = trainer.runEpoch(threads: threads)
      return allocation_counter_value() - before
    }
    let short = try allocations(windows: 128)
    #expect(try allocations(windows: 512) <= short)
  }

  @Test func aLossThatIsNoNumberEndsTheTraining() throws {
    var settings = TrainingSettings(epochs: 3, seed: 1)
    settings.learningRate = 1e30
    let trainer = try toyTrainer(try toyNetwork(.lstm), settings, windows: toyWindows(count: 300))
    let outcomes = (0..<3).map { _ in trainer.runEpoch(threads: 2) }
    #expect(outcomes.contains { if case .diverged = $0 { true } else { false } })
  }

  @Test(arguments: [1, 2, 5])
  func aStopEndsBetweenTwoStepsAndTheEpochGoesOn(_ steps: Int) throws {
    let windows = toyWindows(count: 400)
    let undisturbed = try trainedBits(.lstm, threads: 1, windows: windows)
    let whole = try toyTrainer(try toyNetwork(.lstm), TrainingSettings(epochs: 2, seed: 3), windows: windows)
    guard case .completed(let expected) = whole.runEpoch(threads: 1) else { return }
    let trainer = try toyTrainer(
      try toyNetwork(.lstm), TrainingSettings(epochs: 2, seed: 3), windows: windows,
      stop: StopRequest(afterSteps: steps))
    #expect(trainer.runEpoch(threads: 2) == .interrupted)
    #expect(trainer.progress.position == 64 * steps)
    #expect(trainer.live.snapshot.position == 64 * steps)
    // A stop is for good: what goes on is another trainer from the same state.
    let next = try toyTrainer(try toyNetwork(.lstm), TrainingSettings(epochs: 2, seed: 3), windows: windows)
    next.parameters.write(trainer.parameters.array)
    next.optimizer.firstMoment.write(trainer.optimizer.firstMoment.array)
    next.optimizer.secondMoment.write(trainer.optimizer.secondMoment.array)
    next.progress = trainer.progress
    guard case .completed(let report) = next.runEpoch(threads: 3) else {
      Issue.record("the epoch did not go on")
      return
    }
    #expect(report.loss == expected.loss && report.accuracy == expected.accuracy)
    _ = next.runEpoch(threads: 2)
    #expect(next.parameters.array.map(\.bitPattern) == undisturbed)
  }

  /// Without shuffling, epochs take the windows as they stand: what the network saw first is the store's first minibatch.
  @Test func withoutShufflingTheStoresOrderStays() throws {
    let windows = toyWindows(count: 150)
    func bits(_ windows: WindowSet, shuffle: Bool) throws -> [UInt32] {
      try trainedBits(.convLSTM, threads: 2, windows: windows) { $0.shuffle = shuffle }
    }
    #expect(try bits(windows, shuffle: false) != bits(windows, shuffle: true))
    // Windows in the order of the first epoch's shuffle give in one epoch what shuffling gives.
    let key = PhiloxGenerator.key(seed: 3, repeatIndex: 0)
    let order = EpochOrder.permutation(count: 150, key: key, epoch: 0).map { Int($0) }
    let shuffled = WindowSet(
      timeSteps: windows.timeSteps, channels: windows.channels,
      features: order.flatMap { windows.features(of: $0) }, labels: order.map { windows.labels[$0] },
      subjects: order.map { windows.subjects[$0] })
    #expect(
      try trainedBits(.convLSTM, threads: 1, epochs: 1, windows: shuffled) { $0.shuffle = false }
        == trainedBits(.convLSTM, threads: 1, epochs: 1, windows: windows))
  }

  @Test func evaluationByHand() {
    let evaluation = Evaluation(
      probabilities: [0.5, 0.25, 0.25, 0.25, 0.5, 0.25, 0.5, 0.25, 0.25], labels: [0, 1, 2], classes: 3)
    #expect(evaluation.correct == 2)
    #expect(evaluation.confusion == [[1, 0, 0], [0, 1, 0], [1, 0, 0]])
    // (ln 2 + ln 2 + ln 4) / 3
    #expect(abs(evaluation.loss - 0.924_196_240_746_594) < 1e-12)
    let measures = ClassMeasures.all(evaluation.confusion)
    #expect(measures[0].precision == 0.5 && measures[0].recall == 1)
    #expect(measures[2].precision == nil && measures[2].recall == 0)
  }

  /// numpy.mean and numpy.std of the same numbers; a diverged repeat counts in neither.
  @Test func scores() {
    let scores = Scores([90, nil, 92, 94])
    #expect(scores.mean == 92)
    #expect(abs(scores.deviation! - 1.632_993_161_855_452) < 1e-12)
    #expect(Scores([nil]).mean == nil)
  }
}
