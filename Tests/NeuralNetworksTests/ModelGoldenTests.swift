import ActivityData
import Kernels
import NeuralNetworks
import Testing
import Training

/// Each network against Keras: probabilities, loss, gradients, and the parameters after ten steps of Adam.
@Suite struct ModelGoldenTests {
  /// (file, case)
  static let cases: [(file: String, name: String)] = ["models.h5", "models-extended.h5"].flatMap { file in
    Golden.names(file).map { (file, $0) }
  }
  static let sets = KernelSet.supported.map(\.name)

  @Test func allCasesAreThere() {
    #expect(cases.count == 9 + 7)
  }

  private var cases: [(file: String, name: String)] { Self.cases }

  @Test(arguments: cases, sets)
  func probabilitiesLossAndGradients(_ place: (file: String, name: String), _ kernels: KernelSet.Name) throws {
    let golden = try Golden(file: place.file, name: place.name)
    let model = try golden.makeConfiguration().makeModel()
    let labels = try golden.labels()
    let bench = ModelBench(model, kernels: try KernelSet(kernels), rows: labels.count)
    bench.setParameters(try golden.list("weights"))
    let probabilities = bench.run(try golden.floats("input")) { firstRow, output in
      var gradient = output
      CategoricalCrossEntropy.logitGradient(
        probabilities: output, labels: Array(labels[firstRow...]), rows: output.count / model.classCount,
        classes: model.classCount, scale: 1 / Float(labels.count), into: &gradient)
      return gradient
    }
    #expect(largestDifference(probabilities, try golden.floats("output")) <= 1e-5)
    let evaluation = Evaluation(probabilities: probabilities, labels: labels, classes: model.classCount)
    #expect(abs(evaluation.loss - Double(try golden.floats("loss")[0])) <= 1e-5)
    let expected = try golden.list("gradients")
    let largest = expected.map(largestMagnitude).max() ?? 0
    #expect(expected.count == model.placedParameters.count)
    for (found, expected) in zip(bench.parameterGradients(), expected) {
      #expect(largestDifference(found, expected) <= 1e-4 * largest)
    }
  }

  /// Ten steps on the batches that the goldens' `batchRule` gives, in one epoch: the windows of all ten batches stand where
  /// the epoch's order finds them one after the other.
  @Test(arguments: cases, sets)
  func parametersAfterTenSteps(_ place: (file: String, name: String), _ kernels: KernelSet.Name) throws {
    let golden = try Golden(file: place.file, name: place.name)
    let model = try golden.makeConfiguration().makeModel()
    var settings = TrainingSettings(epochs: 1, seed: 1)
    settings.batchSize = try golden.integer(attribute: "batchSize")
    let trainer = Trainer(
      model: model, kernels: try KernelSet(kernels), settings: settings, repeatIndex: 0,
      data: try tenBatches(golden, settings))
    for (place, values) in zip(model.placedParameters, try golden.list("weights")) {
      for (i, value) in values.enumerated() { trainer.parameters.address[place.offset + i] = value }
    }
    let losses = BatchLosses(batchSize: settings.batchSize)
    _ = trainer.runEpoch(threads: 1) { losses.take($0) }
    #expect(largestDifference(losses.values, try golden.floats("batchLosses")) <= 1e-5)
    #expect(trainer.progress.step == 10)
    let parameters = trainer.parameters.array
    for (place, expected) in zip(model.placedParameters, try golden.list("afterTenSteps")) {
      let found = Array(parameters[place.offset..<(place.offset + place.parameter.count)])
      #expect(largestDifference(found, expected) <= 1e-4, "\(place.layer.name) \(place.parameter.name)")
    }
  }

  private func tenBatches(_ golden: Golden, _ settings: TrainingSettings) throws -> TrainingData {
    let shape = try golden.shape("input")
    let windows = try golden.floats("input")
    let labels = try golden.labels()
    let perWindow = shape[1] * shape[2]
    let count = 10 * settings.batchSize
    let order = EpochOrder.permutation(
      count: count, key: PhiloxGenerator.key(seed: settings.seed, repeatIndex: 0), epoch: 0)
    var sources = Array(repeating: 0, count: count)
    // Position p of the epoch takes window order[p]; batches follow one another modulo the golden's windows.
    for (position, window) in order.enumerated() { sources[Int(window)] = position % shape[0] }
    return TrainingData(
      WindowSet(
        timeSteps: shape[1], channels: shape[2],
        features: sources.flatMap { windows[($0 * perWindow)..<(($0 + 1) * perWindow)] },
        labels: sources.map { labels[$0] }, subjects: Array(repeating: 1, count: count)))
  }
}

/// The loss of each minibatch, from the running means that the trainer reports.
///
/// `@unchecked Sendable`: the trainer reports from one thread here.
private final class BatchLosses: @unchecked Sendable {
  private(set) var values: [Float] = []
  private var sum = 0.0
  private let batchSize: Int

  init(batchSize: Int) { self.batchSize = batchSize }

  func take(_ event: TrainingEvent) {
    guard case .progress(_, let windows, _, let loss, _) = event else { return }
    let total = loss * Double(windows)
    values.append(Float((total - sum) / Double(batchSize)))
    sum = total
  }
}
