import Kernels
import NeuralNetworks
import Testing
import _TestSupport

/// Each network against Keras: probabilities, loss and gradients.
@Suite struct ModelGoldenTests {
  /// (file, case)
  static let cases: [(file: String, name: String)] = [
    "models.h5", "models-extended.h5", "compositions.h5",
  ].flatMap { file in
    Golden.names(file).map { (file, $0) }
  }
  static let sets = KernelSet.supported.map(\.name)

  @Test func allCasesAreThere() {
    #expect(cases.count == 9 + 7 + 7)
  }

  private var cases: [(file: String, name: String)] { Self.cases }

  @Test(arguments: cases, sets)
  func probabilitiesLossAndGradients(_ place: (file: String, name: String), _ kernels: KernelSet.Name) throws {
    let golden = try Golden(file: place.file, name: place.name)
    for convolution in ConvolutionAlgorithm.allCases {
      let model = try golden.makeModel(convolution)
      let labels = try golden.labels()
      let loss = CategoricalCrossEntropy(classes: model.classCount)
      let bench = ModelBench(model, kernels: try KernelSet(kernels), rows: labels.count)
      bench.setParameters(try golden.list("weights"))
      let probabilities = bench.run(try golden.floats("input")) { firstRow, output in
        var gradient = output
        loss.logitGradient(
          probabilities: output, labels: Array(labels[firstRow...]), rows: output.count / model.classCount,
          scale: 1 / Float(labels.count), into: &gradient)
        return gradient
      }
      #expect(largestDifference(probabilities, try golden.floats("output")) <= 1e-5, "\(convolution)")
      let metrics = loss.metrics(probabilities: probabilities, labels: labels, rows: labels.count)
      #expect(abs(metrics.loss / Double(labels.count) - Double(try golden.floats("loss")[0])) <= 1e-5, "\(convolution)")
      let expected = try golden.list("gradients")
      let largest = expected.map(largestMagnitude).max() ?? 0
      #expect(expected.count == model.placedParameters.count)
      for (found, expected) in zip(bench.parameterGradients(), expected) {
        #expect(largestDifference(found, expected) <= 1e-4 * largest, "\(convolution)")
      }
    }
  }
}
