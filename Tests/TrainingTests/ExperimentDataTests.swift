import Kernels
import NeuralNetworks
import SystemSupport
import Testing
import Training
import Windows

/// What an experiment makes of a store's windows.
@Suite struct ExperimentDataTests {
  /// Windows of which the held-out person's and the test's are of quite another size.
  private static func windows(count: Int, heldFactor: Float) -> WindowSet {
    let windows = toyWindows(count: count)
    let features = (0..<count).flatMap { index in
      windows.features(of: index).map { $0 * (windows.subjects[index] == 2 ? heldFactor : 3) + 1 }
    }
    return WindowSet(
      timeSteps: windows.timeSteps, channels: windows.channels, features: features, labels: windows.labels,
      subjects: windows.subjects)
  }

  private let train = Self.windows(count: 150, heldFactor: 1000)
  private let test = Self.windows(count: 40, heldFactor: -50)
  private var left: WindowSet { train.selecting { $0 != 2 } }
  private var held: WindowSet { train.selecting { $0 == 2 } }

  /// Two networks, of which the first is augmented where asked for.
  private func settings(
    _ scaling: ScalingMethod, _ granularity: ScalingGranularity = .signal, isAugmented: Bool = false
  ) throws -> ExperimentSettings {
    var augmented = TrainingSettings(epochs: 2, seed: 3)
    if isAugmented { Self.augment(&augmented) }
    var settings = ExperimentSettings(
      models: try [augmented, TrainingSettings(epochs: 2, seed: 3)].map {
        .init(name: "lstm", network: try toyNetwork(.lstm), training: $0)
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

  /// Data whose windows are copies, so that the next case finds the readings as they were.
  private func data(_ settings: ExperimentSettings, isOnlyUse: Bool) throws -> ExperimentData {
    try ExperimentData(
      train: isOnlyUse ? train.copied() : train, test: isOnlyUse ? test.copied() : test, settings: settings,
      isOnlyUse: isOnlyUse)
  }

  @Test(arguments: ScalingMethod.allCases.filter { $0 != .none }, ScalingGranularity.allCases)
  func scalingSeesNoneOfTheHeldOutPeople(_ method: ScalingMethod, _ granularity: ScalingGranularity) throws {
    let expected = try FeatureScaling.fit(method, granularity, to: left)
    #expect(try expected != FeatureScaling.fit(method, granularity, to: train))
    let before = train.copied()
    for (isAugmented, isOnlyUse) in [(false, false), (true, false), (false, true), (true, true)] {
      let data = try data(try settings(method, granularity, isAugmented: isAugmented), isOnlyUse: isOnlyUse)
      #expect(data.scaling == expected)
      #expect(try data.train == (isAugmented ? left : expected.scaled(left)))
      #expect(try data.validation == expected.scaled(held))
      #expect(try data.test == expected.scaled(test))
    }
    #expect(train == before)
  }

  @Test func withoutScalingWindowsStayAsTheyAreAndWhereTheyAre() throws {
    let data = try data(try settings(.none), isOnlyUse: false)
    #expect(data.scaling == nil)
    #expect(data.train == left && data.validation == held && data.test == test)
    #expect(data.train.window(0) == left.window(0))
  }

  @Test func windowsOfTheirOnlyUserAreScaledInTheirPlace() throws {
    let (train, test) = (train.copied(), test.copied())
    let data = try ExperimentData(
      train: train, test: test, settings: try settings(.standardize), isOnlyUse: true)
    #expect(data.test.window(0) == test.window(0))
    #expect(data.train.window(0) == train.selecting { $0 != 2 }.window(0))
  }

  /// A network without augmentation learns from scaled windows, whether another one of the experiment wants them raw or not.
  @Test func everyNetworkLearnsFromScaledWindows() throws {
    let scaled = try FeatureScaling.fit(.standardize, .signal, to: left).scaled(left)
    let expected = try trainedBits(.lstm, threads: 2, windows: scaled)
    #expect(try expected != trainedBits(.lstm, threads: 2, windows: left))
    for isAugmented in [false, true] {
      let settings = try settings(.standardize, isAugmented: isAugmented)
      let windows = try data(settings, isOnlyUse: false).trainingWindows(settings.models[1].training)
      #expect(try trainedBits(.lstm, threads: 2, windows: windows) == expected)
    }
  }

  @Test(arguments: [ScalingMethod.standardize, .power])
  func augmentedAndScaledTheBitsAreTheSameAtAnyNumberOfThreads(_ method: ScalingMethod) throws {
    let settings = try settings(method, isAugmented: true)
    let data = try data(settings, isOnlyUse: false)
    func bits(_ threads: Int, model: Int = 0) throws -> [UInt32] {
      try trainedBits(.lstm, threads: threads, windows: data.trainingWindows(settings.models[model].training))
    }
    let one = try bits(1)
    #expect(one.allSatisfy { Float(bitPattern: $0).isFinite })
    #expect(try one != bits(1, model: 1))
    for threads in [2, 3, 16] { #expect(try bits(threads) == one) }
  }

  @Test func testWindowsOfAnotherShapeAreRefused() throws {
    let other = toyWindows(count: 10, timeSteps: 12)
    let settings = try settings(.robust)
    let error = #expect(throws: ExperimentData.SelectionError.self) {
      try ExperimentData(train: train, test: other, settings: settings, isOnlyUse: false)
    }
    guard case .otherShape(let reason) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(reason.contains("24") && reason.contains("12"))
    #expect(error?.exitStatus == .data && error?.message.contains(reason) == true)
  }

  @Test func peopleWhoAreNotThereAreWrongUsage() throws {
    var settings = try settings(.none)
    settings.validationSubjects = [2, 99]
    let unknown = #expect(throws: ExperimentData.SelectionError.self) { try data(settings, isOnlyUse: false) }
    #expect(unknown == .noSuchSubjects([99], available: [1, 2, 3, 4, 5]))
    #expect(unknown?.exitStatus == .usage && unknown?.message.contains("of 99; expected among 1, 2, 3") == true)
    settings.validationSubjects = [1, 2, 3, 4, 5]
    let nobody = #expect(throws: ExperimentData.SelectionError.nobodyLeft) { try data(settings, isOnlyUse: false) }
    #expect(nobody?.exitStatus == .usage)
  }
}
