public import Kernels

/// y = f(x·kernel + bias) along the last axis of `[…, D]`, giving `[…, units]`: https://keras.io/api/layers/core_layers/dense/
public struct Dense: LayerDescription {
  package var name: String?
  /// The size of the output's last axis.
  public let units: Int
  /// f: `linear`, `relu` or, in the last layer of a model, `softmax`, which is joined with the loss.
  public let activation: Activation

  /// A layer of `units` units.
  public init(units: Int, activation: Activation = .linear, name: String? = nil) {
    self.units = units
    self.activation = activation
    self.name = name
  }

  static let activations: [Activation] = [.linear, .relu, .softmax]
}

extension Dense: LayerDefinition {
  package init(_ options: LayerOptions) throws(ModelError) {
    self.init(
      units: try options.size("units"), activation: try options.activation("activation", of: Self.activations),
      name: options.name)
  }

  package var config: [LayerOption] {
    [.own("units", .integer(units)), .own("activation", activation.json)] + .kernelAndBias
      + ["kernel_constraint", "bias_constraint"].map { .unread($0, nil) } + [.fixed("quantization_config", nil)]
  }

  package func makeLayer(inputShape: [Int], _ building: inout LayerBuilding) throws(ModelError) -> any Layer {
    try checkSize("units", units)
    try checkActivation("activation", activation, of: Self.activations)
    guard !inputShape.isEmpty else { throw unfit(inputShape, expected: "[…, features]") }
    return DenseLayer(name: layerName, inputShape: inputShape, units: units, activation: activation)
  }
}

/// Kernel `[D, U]`, bias `[U]`. Softmax gives probabilities, and its backward pass takes the gradient of the logits
/// (`CategoricalCrossEntropy`).
///
/// The weights' gradients are products over the whole minibatch of the rows `[x | 1]` with the outputs' gradients.
package struct DenseLayer: Layer {
  package let name: String
  package let inputShape: [Int]
  let units: Int
  let activation: Activation

  package var outputShape: [Int] { inputShape.dropLast() + [units] }
  private var features: Int { inputShape[inputShape.count - 1] }
  /// Rows of the products per row of the input.
  private var rowsPerSample: Int { inputShape.dropLast().reduce(1, *) }

  package var parameters: [Parameter] {
    Parameter.contiguous([
      ("kernel", [features, units], .glorotUniform(fanIn: features, fanOut: units)), ("bias", [units], .zeros),
    ])
  }

  package var weightGradient: WeightGradient {
    .perBatch(
      GradientProducts(
        rowsPerSample: rowsPerSample, inputStride: alignedToLine(features + 1), outputStride: alignedToLine(units),
        products: [GradientProduct(inputs: features + 1, inputColumn: 0, outputs: units, outputColumn: 0, target: 0)]))
  }

  package var isSoftmax: Bool { activation == .softmax }

  package func packedMatrices(_ kernels: KernelSet) -> [PackedMatrix] {
    var builder = PackedLayoutBuilder(kernels)
    builder.add(source: 0, depth: features, columns: units)
    builder.addTransposed(source: 0, rows: features, columns: units, use: .inputGradient)
    return builder.matrices
  }

  package func forward(_ context: LayerContext, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>) {
    let rows = context.rows * rowsPerSample
    if context.isTraining {
      for row in 0..<rows {
        let copy = context.inputOperand + row * context.inputOperandStride
        copy.update(from: input + row * features, count: features)
        copy[features] = 1
      }
    }
    var arguments = ProductArguments(
      rows: rows, columns: units, depth: features, a: input, aRowStride: features, b: context.packed, c: output,
      cRowStride: units)
    arguments.start = .bias(context.parameters + features * units)
    arguments.rectified = activation == .relu
    context.kernels.table.product(arguments)
    if isSoftmax { context.kernels.table.softmax(output, rows, units, units) }
  }

  package func backward(
    _ context: LayerContext, input: UnsafePointer<Float>, output: UnsafePointer<Float>,
    outputGradient: UnsafeMutablePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?
  ) {
    let table = context.kernels.table
    let rows = context.rows * rowsPerSample
    if activation == .relu { table.reluBackward(output, outputGradient, outputGradient, rows * units) }
    for row in 0..<rows {
      (context.gradientOperand + row * context.gradientOperandStride)
        .update(from: outputGradient + row * units, count: units)
    }
    guard let inputGradient else { return }
    let toInput = context.kernels.packedCount(depth: features, columns: units)
    table.product(
      ProductArguments(
        rows: rows, columns: features, depth: units, a: outputGradient, aRowStride: units,
        b: context.packed + toInput, c: inputGradient, cRowStride: features))
  }

  package var flops: LayerFlops {
    let one = 2 * rowsPerSample * features * units
    return LayerFlops(forward: one, backward: one, inputGradient: one)
  }
}
