import ActivityData
import Kernels
import NeuralNetworks
import Testing
import Training

/// What an experiment makes of a store's windows.
@Suite struct ExperimentDataTests {
  /// Windows of which the held-out person's and the test's are of quite another size.
  private static func windows(count: Int, heldFactor: Float) -> WindowSet {
    let windows = toyWindows(count: count)
    let size = windows.timeSteps * windows.channels
    let features = windows.features.indices.map {
      windows.features[$0] * (windows.subjects[$0 / size] == 2 ? heldFactor : 3) + 1
    }
    return WindowSet(
      timeSteps: windows.timeSteps, channels: windows.channels, features: features, labels: windows.labels,
      subjects: windows.subjects)
  }

  private let train = Self.windows(count: 150, heldFactor: 1000)
  private let test = Self.windows(count: 40, heldFactor: -50)
  private var left: WindowSet { train.selecting { $0 != 2 } }

  /// Two networks, of which the first is augmented where asked for.
  private func settings(
    _ scaling: ScalingMethod, _ granularity: ScalingGranularity = .signal, isAugmented: Bool = false
  ) -> ExperimentSettings {
    var augmented = TrainingSettings(epochs: 2, seed: 3)
    if isAugmented { Self.augment(&augmented) }
    var settings = ExperimentSettings(
      models: [augmented, TrainingSettings(epochs: 2, seed: 3)].map {
        .init(configuration: toyModel(.lstm), training: $0)
      }, repeats: 1)
    settings.validationSubjects = [2]
    settings.scaling = scaling
    settings.scalingGranularity = granularity
    return settings
  }

  private static func augment(_ settings: inout TrainingSettings) {
    settings.augmentation.jitter = 0.1
    settings.augmentation.scaling = 0.1
    settings.augmentation.rotation = 20
    settings.augmentation.timeWarp = 0.3
  }

  private func probabilities(_ data: TrainingData) throws -> [Float] {
    let model = toyModel(.lstm).makeModel()
    let parameters = AlignedBuffer(count: model.parameterBufferCount)
    model.initialize(parameters.address, key: (1, 2))
    return Predictor(model: model, kernels: try KernelSet(KernelSet.bestName), parameters: parameters)
      .probabilities(data, threads: 1)
  }

  @Test(arguments: ScalingMethod.allCases.filter { $0 != .none }, ScalingGranularity.allCases)
  func scalingSeesNoneOfTheHeldOutPeople(_ method: ScalingMethod, _ granularity: ScalingGranularity) throws {
    let expected = FeatureScaling.fit(method, granularity, to: left)
    #expect(expected != FeatureScaling.fit(method, granularity, to: train))
    for isAugmented in [false, true] {
      let data = try ExperimentData(
        train: train, test: test, settings: settings(method, granularity, isAugmented: isAugmented))
      let validation = try #require(data.validation)
      for part in [data.train, validation, data.test] { #expect(part.scaling == expected) }
      let scaledTest = TrainingData(try expected.scaled(test))
      #expect(try probabilities(data.test) == probabilities(scaledTest))
      let scaledValidation = TrainingData(try expected.scaled(train.selecting { $0 == 2 }))
      #expect(try probabilities(validation) == probabilities(scaledValidation))
    }
  }

  @Test func withoutScalingWindowsStayAsTheyAre() throws {
    let data = try ExperimentData(train: train, test: test, settings: settings(.none))
    #expect(data.train.scaling == nil && data.test.scaling == nil)
    #expect(try probabilities(data.test) == probabilities(TrainingData(test)))
    #expect(
      try trainedBits(.lstm, threads: 2, data: data.train) == trainedBits(.lstm, threads: 2, data: TrainingData(left)))
  }

  /// A network without augmentation learns from scaled windows, whether another one of the experiment wants them raw or not.
  @Test func everyNetworkLearnsFromScaledWindows() throws {
    let scaled = TrainingData(try FeatureScaling.fit(.standardize, .signal, to: left).scaled(left))
    let expected = try trainedBits(.lstm, threads: 2, data: scaled)
    #expect(try expected != trainedBits(.lstm, threads: 2, data: TrainingData(left)))
    for isAugmented in [false, true] {
      let data = try ExperimentData(
        train: train, test: test, settings: settings(.standardize, isAugmented: isAugmented))
      #expect(try trainedBits(.lstm, threads: 2, data: data.train) == expected)
    }
  }

  @Test(arguments: [ScalingMethod.standardize, .power])
  func augmentedAndScaledTheBitsAreTheSameAtAnyNumberOfThreads(_ method: ScalingMethod) throws {
    let data = try ExperimentData(train: train, test: test, settings: settings(method, isAugmented: true)).train
    func bits(_ threads: Int) throws -> [UInt32] {
      try trainedBits(.lstm, threads: threads, data: data) { Self.augment(&$0) }
    }
    let one = try bits(1)
    #expect(one.allSatisfy { Float(bitPattern: $0).isFinite })
    #expect(try one != trainedBits(.lstm, threads: 1, data: data))
    for threads in [2, 3, 16] { #expect(try bits(threads) == one) }
  }

  @Test func testWindowsOfAnotherShapeAreRefused() throws {
    let other = toyWindows(count: 10, timeSteps: 12)
    let settings = settings(.robust)
    let error = #expect(throws: ExperimentData.SelectionError.self) {
      try ExperimentData(train: train, test: other, settings: settings)
    }
    guard case .otherShape(let reason) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(reason.contains("24") && reason.contains("12"))
  }
}
