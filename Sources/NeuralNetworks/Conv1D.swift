public import Kernels

/// A 'valid' convolution along the steps of `[T, C]`, then relu: kernel `[K, C, F]`, bias `[F]`, output `[T - K + 1, F]`.
///
/// https://keras.io/api/layers/convolution_layers/convolution1d/. A window of K steps is K·C floats that lie side by side, so a
/// convolution is a product whose rows overlap, and nothing is copied.
public struct Conv1D: Layer {
  /// The name in model files.
  public let name: String
  /// The shape of a row of the input.
  public let inputShape: [Int]
  /// The shape of a row of the output.
  public let outputShape: [Int]
  /// All parameters, in the order of Keras.
  public let parameters: [Parameter]
  /// T, C, F and K.
  public let steps: Int
  /// Channels of a step (C).
  public let channels: Int
  /// Filters (F).
  public let filters: Int
  /// Taps of the convolution (K).
  public let kernelSize: Int
  private var outputSteps: Int { steps - kernelSize + 1 }
  /// The gradient of the output with `kernelSize - 1` zero rows before and behind each sequence.
  private var paddedSteps: Int { outputSteps + 2 * (kernelSize - 1) }

  /// A layer on `[steps, channels]`.
  public init(name: String, steps: Int, channels: Int, filters: Int, kernelSize: Int) {
    self.name = name
    self.steps = steps
    self.channels = channels
    self.filters = filters
    self.kernelSize = kernelSize
    inputShape = [steps, channels]
    outputShape = [steps - kernelSize + 1, filters]
    parameters = Parameter.contiguous([
      (
        "kernel", [kernelSize, channels, filters],
        .glorotUniform(fanIn: kernelSize * channels, fanOut: kernelSize * filters)
      ), ("bias", [filters], .zeros),
    ])
  }

  /// Floats kept between the passes.
  public func workspaceCount(rows: Int) -> Int { rows * paddedSteps * filters }

  /// The weights as the products want them.
  public func packedMatrices(_ kernels: KernelSet) -> [PackedMatrix] {
    var builder = PackedLayoutBuilder(kernels)
    builder.add(source: 0, steps: kernelSize * channels, columns: filters)
    builder.addFlipped(source: 0, kernelSize: kernelSize, channels: channels, filters: filters)
    return builder.matrices
  }

  /// The output of a shard.
  public func forward(_ pass: LayerPass, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>) {
    var arguments = ProductArguments(
      rows: outputSteps, columns: filters, steps: kernelSize * channels, a: input, aRowStride: channels, b: pass.packed,
      c: output, cRowStride: filters)
    arguments.groups = pass.rows
    arguments.aGroupStride = steps * channels
    arguments.cGroupStride = outputSteps * filters
    arguments.start = .bias(pass.parameters + kernelSize * channels * filters)
    arguments.rectified = true
    pass.kernels.table.product(arguments)
  }

  /// The gradients of parameters and input.
  public func backward(
    _ pass: LayerPass, input: UnsafePointer<Float>, output: UnsafePointer<Float>,
    outputGradient: UnsafeMutablePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?
  ) {
    let table = pass.kernels.table
    // dz = dy where y > 0, put between rows of zeros for the input's gradient.
    let padded = pass.workspace
    let sequence = outputSteps * filters
    let border = (kernelSize - 1) * filters
    for row in 0..<pass.rows {
      let target = padded + row * paddedSteps * filters
      target.update(repeating: 0, count: border)
      table.reluBackward(output + row * sequence, outputGradient + row * sequence, target + border, sequence)
      (target + border + sequence).update(repeating: 0, count: border)
    }
    if let gradient = pass.gradient {
      table.product(
        weightGradient(pass, a: input, rows: kernelSize * channels, aStepStride: channels, c: gradient))
      var bias = weightGradient(
        pass, a: input, rows: 1, aStepStride: 0, c: gradient + kernelSize * channels * filters)
      withOne { one in
        bias.a = one
        bias.aSegmentStride = 0
        table.product(bias)
      }
    }
    guard let inputGradient else { return }
    var arguments = ProductArguments(
      rows: steps, columns: channels, steps: kernelSize * filters, a: padded, aRowStride: filters,
      b: pass.packed + pass.kernels.packedCount(steps: kernelSize * channels, columns: filters), c: inputGradient,
      cRowStride: channels)
    arguments.groups = pass.rows
    arguments.aGroupStride = paddedSteps * filters
    arguments.cGroupStride = steps * channels
    table.product(arguments)
  }

  /// Σ over sequences and steps of window(step)ᵀ · dz(step).
  private func weightGradient(
    _ pass: LayerPass, a: UnsafePointer<Float>, rows: Int, aStepStride: Int, c: UnsafeMutablePointer<Float>
  ) -> ProductArguments {
    var arguments = ProductArguments(
      rows: rows, columns: filters, steps: outputSteps, a: a, aRowStride: 1,
      b: pass.workspace + (kernelSize - 1) * filters, c: c, cRowStride: filters)
    arguments.aStepStride = aStepStride
    arguments.segments = pass.rows
    arguments.aSegmentStride = steps * channels
    arguments.bStepStride = filters
    arguments.bSegmentStride = paddedSteps * filters
    return arguments
  }

  /// Operations of the products, a row.
  public var work: LayerWork {
    let one = 2 * outputSteps * kernelSize * channels * filters
    return LayerWork(forward: one, backward: one, inputGradient: 2 * steps * kernelSize * channels * filters)
  }
}
