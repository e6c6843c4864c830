import Kernels
import NeuralNetworks
import Testing
import Training
import Windows
import _TestSupport

/// Each network against Keras: losses and parameters over ten steps of Adam, and of LAMB.
@Suite struct TenStepGoldenTests {
  /// (file, case)
  static let cases: [(file: String, name: String)] = [
    "models.h5", "models-extended.h5", lambFile,
  ].flatMap { file in
    Golden.names(file).map { (file, $0) }
  }

  private static let lambFile = "models-lamb.h5"

  @Test func allCasesAreThere() {
    #expect(Self.cases.count == 9 + 7 + 3)
  }

  /// Ten steps on the batches that the goldens' `batchRule` gives, in one epoch: the windows of all ten batches stand where
  /// the epoch's order finds them one after the other.
  @Test(arguments: cases, KernelSet.supported.map(\.name))
  func parametersAfterTenSteps(_ place: (file: String, name: String), _ kernels: KernelSet.Name) throws {
    let golden = try Golden(file: place.file, name: place.name)
    for convolution in ConvolutionAlgorithm.allCases {
      try checkTenSteps(
        golden, try KernelSet(kernels), convolution, optimizer: place.file == Self.lambFile ? .lamb : nil)
    }
  }

  private func checkTenSteps(
    _ golden: Golden, _ kernels: KernelSet, _ convolution: ConvolutionAlgorithm, optimizer: Optimizer?
  ) throws {
    var settings = TrainingSettings(epochs: 1, seed: 1)
    settings.convolution = convolution
    settings.optimizer = optimizer
    settings.batchSize = try golden.integer(attribute: "batchSize")
    let windows = try tenBatches(golden, settings)
    let weights = try golden.list("weights")
    var losses: [Float] = []
    var sum = 0.0
    var last: Trainer?
    for steps in 1...10 {
      let trainer = Trainer(
        model: try golden.makeModel(convolution), kernels: kernels, settings: settings, repeatIndex: 0,
        windows: windows, stop: StopRequest(afterSteps: steps))
      for (place, values) in zip(trainer.model.placedParameters, weights) {
        for (i, value) in values.enumerated() { trainer.parameters.address[place.offset + i] = value }
      }
      let outcome = trainer.runEpoch(threads: 1)
      let total: Double
      if case .completed(let report) = outcome {
        total = report.loss * Double(windows.count)
      } else {
        total = trainer.progress.loss
      }
      losses.append(Float((total - sum) / Double(settings.batchSize)))
      sum = total
      #expect(trainer.progress.step == steps)
      last = trainer
    }
    #expect(largestDifference(losses, try golden.floats("batchLosses")) <= 1e-5)
    let trainer = try #require(last)
    let parameters = trainer.parameters.array
    for (place, expected) in zip(trainer.model.placedParameters, try golden.list("afterTenSteps")) {
      let found = Array(parameters[place.offset..<(place.offset + place.parameter.count)])
      #expect(largestDifference(found, expected) <= 1e-4, "\(convolution) \(place.layer.name) \(place.parameter.path)")
    }
  }

  private func tenBatches(_ golden: Golden, _ settings: TrainingSettings) throws -> WindowSet {
    let shape = try golden.shape("input")
    let windows = try golden.floats("input")
    let labels = try golden.labels()
    let perWindow = shape.dropFirst().reduce(1, *)
    let count = 10 * settings.batchSize
    let order = EpochOrder.permutation(
      count: count, key: PhiloxGenerator.key(seed: settings.seed, repeatIndex: 0), epoch: 0)
    var sources = Array(repeating: 0, count: count)
    // Position p of the epoch takes window order[p]; batches follow one another modulo the golden's windows.
    for (position, window) in order.enumerated() { sources[Int(window)] = position % shape[0] }
    return WindowSet(
      timeSteps: perWindow / shape[shape.count - 1], channels: shape[shape.count - 1],
      features: sources.flatMap { windows[($0 * perWindow)..<(($0 + 1) * perWindow)] },
      labels: sources.map { labels[$0] }, subjects: Array(repeating: 1, count: count))
  }
}
