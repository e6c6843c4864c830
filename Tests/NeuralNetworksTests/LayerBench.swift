import Kernels
import NeuralNetworks

/// Runs one layer by itself on some rows, through the same plan that trains whole models.
final class LayerBench {
  private let bench: ModelBench
  private let probe: InputGradientProbe
  private let layer: any Layer

  init(
    _ layer: any Layer, kernels: KernelSet, rows: Int, shardRows: Int = 4, dropout: DropoutKey? = nil,
    precision: Precision = .f32
  ) {
    self.layer = layer
    probe = InputGradientProbe(shape: layer.inputShape)
    bench = ModelBench(
      Sequential(layers: [probe, layer], precision: precision), kernels: kernels, rows: rows, shardRows: shardRows)
    bench.dropout = dropout
  }

  /// The output for an input.
  func output(_ input: [Float], parameters: [[Float]]) -> [Float] {
    bench.setParameters(withProbe(parameters))
    return bench.run(input)
  }

  /// Output, parameters' gradients and the input's gradient.
  ///
  /// The gradient of a softmax layer's output becomes that of its logits, p·(g - Σ p·g), which the layer takes.
  func pass(
    _ input: [Float], parameters: [[Float]], outputGradient: [Float]
  ) -> (output: [Float], parameterGradients: [[Float]], inputGradient: [Float]) {
    bench.setParameters(withProbe(parameters))
    probe.startOver()
    let outputCount = layer.outputCount
    let isSoftmax = layer.isSoftmax
    let output = bench.run(input) { firstRow, output in
      let gradient = Array(outputGradient[(firstRow * outputCount)...].prefix(output.count))
      guard isSoftmax else { return gradient }
      return stride(from: 0, to: output.count, by: outputCount).flatMap { first in
        let range = first..<(first + outputCount)
        let sum = range.reduce(0) { $0 + output[$1] * gradient[$1] }
        return range.map { output[$0] * (gradient[$0] - sum) }
      }
    }
    return (output, Array(bench.parameterGradients().dropFirst(probe.parameters.count)), probe.gradient)
  }

  private func withProbe(_ parameters: [[Float]]) -> [[Float]] {
    probe.parameters.map { Array(repeating: 0, count: $0.count) } + parameters
  }
}
