import ActivityData
import CAllocationCounter
import Kernels
import NeuralNetworks
import Synchronization
import Testing
import Training

/// Training does what it is for, and nothing besides.
@Suite struct LearningTests {
  @Test(arguments: Architecture.allCases, KernelSet.supported.map(\.name))
  func theLossFalls(_ architecture: Architecture, _ kernels: KernelSet.Name) throws {
    let data = toyData(count: 400)
    var settings = TrainingSettings(epochs: 25, seed: 1)
    settings.learningRate = 0.005
    settings.batchSize = 32
    let trainer = Trainer(
      model: toyModel(architecture).makeModel(), kernels: try KernelSet(kernels), settings: settings, repeatIndex: 0,
      data: data)
    var losses: [Double] = []
    for _ in 0..<settings.epochs {
      guard case .completed(let result) = trainer.runEpoch(threads: 2) else { continue }
      losses.append(result.loss)
    }
    #expect(losses.count == settings.epochs)
    #expect(losses[losses.count - 1] < 0.5 * losses[0])
    let predictor = Predictor(
      model: trainer.model, kernels: try KernelSet(kernels), parameters: trainer.parameters)
    let evaluation = Evaluation(
      probabilities: predictor.probabilities(data, threads: 1), labels: data.labels, classes: 4)
    #expect(evaluation.accuracy > 0.8)
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
    arguments: Architecture.allCases, [false, true])
  func aStepAllocatesNothing(_ architecture: Architecture, _ isAugmented: Bool) throws {
    var settings = TrainingSettings(epochs: 3, seed: 1)
    if isAugmented {
      settings.augmentation.jitter = 0.1
      settings.augmentation.scaling = 0.1
      settings.augmentation.rotation = 10
      settings.augmentation.timeWarp = 0.2
    }
    func allocations(windows: Int) throws -> Int {
      let windows = toyWindows(count: windows)
      let scaling = isAugmented ? FeatureScaling.fit(.power, .timeStep, to: windows) : nil
      let trainer = Trainer(
        model: toyModel(architecture).makeModel(), kernels: try KernelSet(KernelSet.bestName),
        settings: settings, repeatIndex: 0, data: TrainingData(windows, scaling: scaling, isRaw: isAugmented))
      _ = trainer.runEpoch(threads: 1)
      let before = allocation_counter_value()
      _ = trainer.runEpoch(threads: 1)
      return allocation_counter_value() - before
    }
    let short = try allocations(windows: 128)
    #expect(try allocations(windows: 512) <= short)
  }

  @Test func aLossThatIsNoNumberEndsTheTraining() throws {
    var settings = TrainingSettings(epochs: 3, seed: 1)
    settings.learningRate = 1e30
    let trainer = Trainer(
      model: toyModel(.lstm).makeModel(), kernels: try KernelSet(KernelSet.bestName), settings: settings,
      repeatIndex: 0, data: toyData(count: 300))
    let outcomes = (0..<3).map { _ in trainer.runEpoch(threads: 2) }
    #expect(outcomes.contains { if case .diverged = $0 { true } else { false } })
  }

  @Test func aStopEndsBetweenTwoStepsAndTheEpochGoesOn() throws {
    let undisturbed = try trainedBits(.lstm, threads: 1, epochs: 1, data: toyData(count: 400))
    let stop = StopRequest()
    let trainer = Trainer(
      model: toyModel(.lstm).makeModel(), kernels: try KernelSet(KernelSet.bestName),
      settings: TrainingSettings(epochs: 1, seed: 3), repeatIndex: 0, data: toyData(count: 400), stop: stop)
    let outcome = trainer.runEpoch(threads: 2) { event in
      if case .progress(_, let windows, _, _, _) = event, windows == 128 { stop.request() }
    }
    #expect(outcome == .interrupted)
    #expect(trainer.progress.position == 128)
    #expect(trainer.parameters.array.map(\.bitPattern) != undisturbed)
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
