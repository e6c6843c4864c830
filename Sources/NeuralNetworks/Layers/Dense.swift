package import Kernels

/// y = f(x·kernel + bias) along the last axis of `[…, D]`, giving `[…, units]`: https://keras.io/api/layers/core_layers/dense/
public struct Dense: LayerDescription {
  /// f. Softmax is for the last layer of a model, where it is joined with the loss.
  public enum Function: String, Sendable, CaseIterable {
    /// The identity.
    case linear
    /// max(0, x).
    case relu
    /// e^x, divided by its sum over the units.
    case softmax
  }

  package var name: String?
  /// The size of the output's last axis.
  public let units: Int
  /// f.
  public let activation: Function

  /// A layer of `units` units.
  public init(units: Int, activation: Function = .linear, name: String? = nil) {
    self.units = units
    self.activation = activation
    self.name = name
  }
}

extension Dense: LayerDefinition {
  package init(_ options: LayerOptions) throws(ModelError) {
    let units = try options.size("units")
    switch options.function("activation") {
    case .softmax: self.init(units: units, activation: .softmax, name: options.name)
    case .elementwise(.relu): self.init(units: units, activation: .relu, name: options.name)
    case .elementwise(.linear): self.init(units: units, activation: .linear, name: options.name)
    default:
      throw options.unsupported(
        "activation", options["activation"], expected: "\"linear\", \"relu\" or \"softmax\"")
    }
  }

  package var config: [LayerOption] {
    [.own("units", .integer(units)), .own("activation", .string(activation.rawValue))] + .kernelAndBias
      + ["kernel_constraint", "bias_constraint"].map { .unread($0, nil) } + [.fixed("quantization_config", nil)]
  }

  package func makeLayer(inputShape: [Int], dropouts: inout UInt32) throws(ModelError) -> any Layer {
    try checkSize("units", units)
    guard !inputShape.isEmpty else { throw unfit(inputShape, expected: "[…, features]") }
    return DenseLayer(name: layerName, inputShape: inputShape, units: units, function: activation)
  }
}

/// Kernel `[D, U]`, bias `[U]`. Softmax gives probabilities, and its backward pass takes the gradient of the logits
/// (`CategoricalCrossEntropy`).
///
/// The weights' gradients are products over the whole minibatch of the rows `[x | 1]` with the outputs' gradients.
package struct DenseLayer: Layer {
  package let name: String
  package let inputShape: [Int]
  package let outputShape: [Int]
  package let parameters: [Parameter]
  package let weightGradient: WeightGradient
  package let function: Dense.Function
  private let features: Int
  private let units: Int
  /// Rows of the products per row of the input.
  private let rowsPerSample: Int

  package init(name: String, inputShape: [Int], units: Int, function: Dense.Function) {
    self.name = name
    self.inputShape = inputShape
    self.units = units
    self.function = function
    let features = inputShape.last ?? 1
    self.features = features
    outputShape = inputShape.dropLast() + [units]
    rowsPerSample = inputShape.dropLast().reduce(1, *)
    parameters = Parameter.contiguous([
      ("kernel", [features, units], .glorotUniform(fanIn: features, fanOut: units)), ("bias", [units], .zeros),
    ])
    let product = GradientProduct(inputs: features + 1, inputColumn: 0, outputs: units, outputColumn: 0, target: 0)
    weightGradient = .perBatch(
      GradientProducts(
        rowsPerSample: rowsPerSample, inputStride: alignedToLine(features + 1), outputStride: alignedToLine(units),
        products: [product]))
  }

  package var isSoftmax: Bool { function == .softmax }

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
    arguments.rectified = function == .relu
    context.kernels.table.product(arguments)
    if isSoftmax { context.kernels.table.softmax(output, rows, units, units) }
  }

  package func backward(
    _ context: LayerContext, input: UnsafePointer<Float>, output: UnsafePointer<Float>,
    outputGradient: UnsafeMutablePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?
  ) {
    let table = context.kernels.table
    let rows = context.rows * rowsPerSample
    if function == .relu { table.reluBackward(output, outputGradient, outputGradient, rows * units) }
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
