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

  private func norm(_ values: [Float]) -> Double {
    values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
  }

  /// With operands of bf16 every number is off by some 2^-9 of the terms it is summed of: near Keras's float32, and never the same
  /// in layers that have products.
  @Test(arguments: cases, KernelSet.supported.map(\.name))
  func mixedPrecisionIsNearThatOfKeras(_ place: (file: String, name: String), _ kernels: KernelSet.Name) throws {
    let golden = try Golden(file: place.file, name: place.name)
    for convolution in ConvolutionAlgorithm.allCases {
      let layer = try golden.makeLayer(place.name, convolution)
      let weights = try golden.list("weights")
      func pass(_ precision: Precision) throws -> [[Float]] {
        let bench = LayerBench(
          layer, kernels: try KernelSet(kernels), rows: try golden.shape("input")[0], shardRows: 2,
          precision: precision)
        let found = bench.pass(
          try golden.floats("input"), parameters: weights, outputGradient: try golden.floats("outputGradient"))
        return [found.output, found.inputGradient] + found.parameterGradients
      }
      let mixed = try pass(.mixed)
      let expected =
        try [golden.floats("output"), golden.floats("inputGradient")] + golden.list("gradients")
      let hasKinks = place.name.contains("conv1d") || place.name.contains("hard_sigmoid")
      let bound = !hasKinks ? 0.03 : convolution == .winograd ? 0.15 : 0.08
      for (index, (found, expected)) in zip(mixed, expected).enumerated() {
        // As a whole, because an activation that just misses a kink (of relu, of the hard sigmoid) turns off a gradient, and Winograd's
        // transforms magnify the rounding of their operands. Found: 0.022 at most without kinks, with them 0.058 and 0.121.
        let difference = zip(found, expected).map { $0 - $1 }
        #expect(
          found.count == expected.count
            && norm(difference) <= bound * norm(expected),
          "\(convolution), result \(index): \(norm(difference) / norm(expected))")
      }
      #expect(try (pass(.f32) == mixed) == weights.isEmpty, "\(convolution)")
    }
  }
}
