import Kernels
import NeuralNetworks
import Testing
import _TestSupport

/// Each layer against Keras: the same outputs and gradients from the same weights and inputs.
@Suite struct LayerGoldenTests {
  /// (file, case)
  static let cases: [(file: String, name: String)] = ["layers.h5", "layers-extended.h5"].flatMap { file in
    Golden.names(file).map { (file, $0) }
  }

  @Test func allCasesAreThere() {
    #expect(Self.cases.count == 29 + 10)
  }

  @Test(arguments: cases, KernelSet.supported.map(\.name))
  func layerIsThatOfKeras(_ place: (file: String, name: String), _ kernels: KernelSet.Name) throws {
    let golden = try Golden(file: place.file, name: place.name)
    for convolution in ConvolutionAlgorithm.allCases {
      let layer = try golden.makeLayer(place.name, convolution)
      let weights = try golden.list("weights")
      #expect(layer.parameters.map(\.count) == weights.map(\.count))
      let bench = LayerBench(
        layer, kernels: try KernelSet(kernels), rows: try golden.shape("input")[0], shardRows: 2)
      let found = bench.pass(
        try golden.floats("input"), parameters: weights, outputGradient: try golden.floats("outputGradient"))
      #expect(largestDifference(found.output, try golden.floats("output")) <= 1e-5, "\(convolution)")
      // Gradients: 1e-4 of the largest.
      let expected = try golden.list("gradients")
      #expect(found.parameterGradients.count == expected.count)
      for (found, expected) in zip(found.parameterGradients, expected) {
        #expect(largestDifference(found, expected) <= 1e-4 * largestMagnitude(expected), "\(convolution)")
      }
      let expectedInput = try golden.floats("inputGradient")
      #expect(
        largestDifference(found.inputGradient, expectedInput) <= 1e-4 * largestMagnitude(expectedInput),
        "\(convolution)")
    }
  }
}
