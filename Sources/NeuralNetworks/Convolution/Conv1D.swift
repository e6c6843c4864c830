public import Kernels

/// A 'valid' convolution along the steps of `[T, C]`, then linear or relu: `[T - K + 1, F]`.
///
/// https://keras.io/api/layers/convolution_layers/convolution1d/
public struct Conv1D: LayerDescription {
  package var name: String?
  /// Channels of the output (F).
  public let filters: Int
  /// Steps that the kernel spans (K).
  public let kernelSize: Int
  /// `linear` or `relu`.
  public let activation: Activation

  /// A layer of `filters` filters.
  public init(filters: Int, kernelSize: Int, activation: Activation = .linear, name: String? = nil) {
    self.filters = filters
    self.kernelSize = kernelSize
    self.activation = activation
    self.name = name
  }

  static let activations: [Activation] = [.linear, .relu]
}

extension Conv1D: LayerDefinition {
  package init(_ options: LayerOptions) throws(ModelError) {
    self.init(
      filters: try options.size("filters"), kernelSize: try options.sizes("kernel_size", rank: 1)[0],
      activation: try options.activation("activation", of: Self.activations), name: options.name)
  }

  package var config: [LayerOption] {
    let own: [LayerOption] = [
      .own("filters", .integer(filters)), .own("kernel_size", .integers([kernelSize])), .fixed("strides", [1], 1),
      .fixed("padding", "valid"), .fixed("data_format", "channels_last", .null), .fixed("dilation_rate", [1], 1),
      .fixed("groups", 1), .own("activation", activation.json),
    ]
    return own + .kernelAndBias
      + ["activity_regularizer", "kernel_constraint", "bias_constraint"].map { .unread($0, nil) }
  }

  package func makeLayer(inputShape: [Int], _ building: inout LayerBuilding) throws(ModelError) -> any Layer {
    try checkSize("filters", filters)
    try checkSize("kernel_size", kernelSize)
    try checkActivation("activation", activation, of: Self.activations)
    guard inputShape.count == 2, inputShape[0] >= kernelSize else {
      throw unfit(inputShape, expected: "[time steps, channels] of at least \(kernelSize) steps")
    }
    let shape = ConvolutionShape(
      positions: inputShape[0] - kernelSize + 1, channels: inputShape[1], filters: filters, kernelSize: kernelSize)
    return Conv1DLayer(
      name: layerName, convolution: building.convolution.convolution(shape), isRectified: activation == .relu)
  }
}

/// Kernel `[K, C, F]`, bias `[F]`.
package struct Conv1DLayer: Layer {
  package let name: String
  let convolution: any Convolution
  let isRectified: Bool

  private var shape: ConvolutionShape { convolution.shape }
  package var inputShape: [Int] { [shape.inputPositions, shape.channels] }
  package var outputShape: [Int] { [shape.positions, shape.filters] }
  /// Zeros before and behind the output's gradient.
  private var border: Int { (shape.kernelSize - 1) * shape.filters }
  private var borderedCount: Int { outputCount + 2 * border }

  package var parameters: [Parameter] {
    Parameter.contiguous([
      (
        "kernel", [shape.kernelSize, shape.channels, shape.filters],
        .glorotUniform(fanIn: shape.kernelSize * shape.channels, fanOut: shape.kernelSize * shape.filters)
      ), ("bias", [shape.filters], .zeros),
    ])
  }

  package func workspaceCount(rows: Int) -> Int { convolution.inputTransformCount(sequences: rows) }

  /// The output's gradient with its borders, and what the convolution makes of it.
  package func scratchCount(rows: Int) -> Int {
    alignedToLine(rows * borderedCount) + convolution.gradientTransformCount(sequences: rows)
      + convolution.scratchCount(sequences: rows)
  }

  package func packedMatrices(_ kernels: KernelSet) -> [PackedMatrix] {
    var builder = PackedLayoutBuilder(kernels)
    convolution.addMatrices(to: &builder, source: 0, inputGradient: .inputGradient)
    return builder.matrices
  }

  package func forward(_ context: LayerContext, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>) {
    convolution.forward(
      convolutionContext(context), input: inputs(context, input), transformed: transformedInput(context), adding: nil,
      bias: context.parameters + shape.kernelCount, rectified: isRectified,
      output: Sequences(first: output, rows: context.rows, rowStride: outputCount))
  }

  package func backward(
    _ context: LayerContext, input: UnsafePointer<Float>, output: UnsafePointer<Float>,
    outputGradient: UnsafeMutablePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?
  ) {
    // dz, which is dy (where y > 0, after relu), between positions of zeros.
    for row in 0..<context.rows {
      let target = context.scratch + row * borderedCount
      let gradient = outputGradient + row * outputCount
      target.update(repeating: 0, count: border)
      if isRectified {
        context.kernels.table.reluBackward(output + row * outputCount, gradient, target + border, outputCount)
      } else {
        (target + border).update(from: gradient, count: outputCount)
      }
      (target + border + outputCount).update(repeating: 0, count: border)
    }
    let gradients = Sequences(first: context.scratch + border, rows: context.rows, rowStride: borderedCount)
    let transformed = TransformedSequences(
      memory: context.scratch + alignedToLine(context.rows * borderedCount), capacity: context.rows)
    let call = convolutionContext(context)
    convolution.transformGradient(call, outputGradient: gradients, into: transformed)
    if let gradient = context.gradient {
      convolution.weightGradient(
        call, input: inputs(context, input), transformedInput: transformedInput(context), outputGradient: gradients,
        transformedGradient: transformed, into: gradient)
      context.kernels.table.columnSums(
        ColumnSumArguments(
          columns: shape.filters, segments: context.rows, depth: shape.positions, b: gradients.first,
          bSegmentStride: borderedCount, bDepthStride: shape.filters, sum: gradient + shape.kernelCount))
    }
    guard let inputGradient else { return }
    convolution.inputGradient(
      call, outputGradient: gradients, transformed: transformed, range: 0..<shape.inputPositions,
      into: Sequences(first: inputGradient, rows: context.rows, rowStride: inputCount))
  }

  private func convolutionContext(_ context: LayerContext) -> ConvolutionContext {
    ConvolutionContext(
      kernels: context.kernels, packed: context.packed,
      scratch: context.scratch + alignedToLine(context.rows * borderedCount)
        + convolution.gradientTransformCount(sequences: context.rows))
  }

  /// Only ever read.
  private func inputs(_ context: LayerContext, _ input: UnsafePointer<Float>) -> Sequences {
    Sequences(first: UnsafeMutablePointer(mutating: input), rows: context.rows, rowStride: inputCount)
  }

  private func transformedInput(_ context: LayerContext) -> TransformedSequences {
    TransformedSequences(memory: context.workspace, capacity: context.rows)
  }

  package var flops: LayerFlops {
    LayerFlops(forward: shape.flops, backward: shape.flops, inputGradient: 2 * shape.inputPositions * shape.kernelCount)
  }
}
