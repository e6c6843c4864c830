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

  package func makeLayer(inputShape: [Int], dropouts: inout UInt32) throws(ModelError) -> any Layer {
    try checkSize("filters", filters)
    try checkSize("kernel_size", kernelSize)
    try checkActivation("activation", activation, of: Self.activations)
    guard inputShape.count == 2, inputShape[0] >= kernelSize else {
      throw unfit(inputShape, expected: "[time steps, channels] of at least \(kernelSize) steps")
    }
    return Conv1DLayer(
      name: layerName, steps: inputShape[0], channels: inputShape[1], filters: filters, kernelSize: kernelSize,
      isRectified: activation == .relu)
  }
}

/// Kernel `[K, C, F]`, bias `[F]`.
///
/// A window of K steps is K·C floats that lie side by side, so a convolution is a product whose rows overlap, and nothing is
/// copied.
package struct Conv1DLayer: Layer {
  package let name: String
  let steps: Int
  let channels: Int
  let filters: Int
  let kernelSize: Int
  let isRectified: Bool

  package var inputShape: [Int] { [steps, channels] }
  package var outputShape: [Int] { [outputSteps, filters] }
  private var outputSteps: Int { steps - kernelSize + 1 }
  /// The gradient of the output with `kernelSize - 1` zero rows before and behind each sequence.
  private var paddedSteps: Int { outputSteps + 2 * (kernelSize - 1) }

  package var parameters: [Parameter] {
    Parameter.contiguous([
      (
        "kernel", [kernelSize, channels, filters],
        .glorotUniform(fanIn: kernelSize * channels, fanOut: kernelSize * filters)
      ), ("bias", [filters], .zeros),
    ])
  }

  package func workspaceCount(rows: Int) -> Int { rows * paddedSteps * filters }

  package func packedMatrices(_ kernels: KernelSet) -> [PackedMatrix] {
    var builder = PackedLayoutBuilder(kernels)
    builder.add(source: 0, depth: kernelSize * channels, columns: filters)
    builder.addFlipped(
      source: 0, kernelSize: kernelSize, channels: channels, filters: filters, use: .inputGradient)
    return builder.matrices
  }

  package func forward(_ context: LayerContext, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>) {
    var arguments = ProductArguments(
      rows: outputSteps, columns: filters, depth: kernelSize * channels, a: input, aRowStride: channels,
      b: context.packed, c: output, cRowStride: filters)
    arguments.groups = context.rows
    arguments.aGroupStride = steps * channels
    arguments.cGroupStride = outputSteps * filters
    arguments.start = .bias(context.parameters + kernelSize * channels * filters)
    arguments.rectified = isRectified
    context.kernels.table.product(arguments)
  }

  package func backward(
    _ context: LayerContext, input: UnsafePointer<Float>, output: UnsafePointer<Float>,
    outputGradient: UnsafeMutablePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?
  ) {
    let table = context.kernels.table
    // dz, which is dy (where y > 0, after relu), put between rows of zeros for the input's gradient.
    let padded = context.workspace
    let sequence = outputSteps * filters
    let border = (kernelSize - 1) * filters
    for row in 0..<context.rows {
      let target = padded + row * paddedSteps * filters
      let gradient = outputGradient + row * sequence
      target.update(repeating: 0, count: border)
      if isRectified {
        table.reluBackward(output + row * sequence, gradient, target + border, sequence)
      } else {
        (target + border).update(from: gradient, count: sequence)
      }
      (target + border + sequence).update(repeating: 0, count: border)
    }
    if let gradient = context.gradient { weightGradient(context, input: input, into: gradient) }
    guard let inputGradient else { return }
    var arguments = ProductArguments(
      rows: steps, columns: channels, depth: kernelSize * filters, a: padded, aRowStride: filters,
      b: context.packed + context.kernels.packedCount(depth: kernelSize * channels, columns: filters),
      c: inputGradient, cRowStride: channels)
    arguments.groups = context.rows
    arguments.aGroupStride = paddedSteps * filters
    arguments.cGroupStride = steps * channels
    table.product(arguments)
  }

  /// Σ over sequences and steps of window(step)ᵀ · dz(step), and of dz(step).
  private func weightGradient(
    _ context: LayerContext, input: UnsafePointer<Float>, into gradient: UnsafeMutablePointer<Float>
  ) {
    let steps = UnsafePointer(context.workspace + (kernelSize - 1) * filters)
    var arguments = ProductArguments(
      rows: kernelSize * channels, columns: filters, depth: outputSteps, a: input, aRowStride: 1, b: steps,
      c: gradient, cRowStride: filters)
    arguments.aDepthStride = channels
    arguments.segments = context.rows
    arguments.aSegmentStride = inputCount
    arguments.bDepthStride = filters
    arguments.bSegmentStride = paddedSteps * filters
    context.kernels.table.product(arguments)
    context.kernels.table.columnSums(
      ColumnSumArguments(
        columns: filters, segments: context.rows, depth: outputSteps, b: steps,
        bSegmentStride: paddedSteps * filters, bDepthStride: filters,
        sum: gradient + kernelSize * channels * filters))
  }

  package var flops: LayerFlops {
    let one = 2 * outputSteps * kernelSize * channels * filters
    return LayerFlops(forward: one, backward: one, inputGradient: 2 * steps * kernelSize * channels * filters)
  }
}
