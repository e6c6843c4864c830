public import Kernels

/// y = f(x·kernel + bias): kernel `[in, out]`, bias `[out]`; f is linear, relu or, in the last layer, softmax.
///
/// https://keras.io/api/layers/core_layers/dense/. Softmax is joined with the loss (`CategoricalCrossEntropy`): its layer
/// gives probabilities, and its backward pass takes the gradient of the logits.
public struct Dense: Layer {
  /// f.
  public enum Function: String, Sendable {
    case linear
    case relu
    case softmax
  }

  /// The name in model files.
  public let name: String
  /// The shape of a row of the input.
  public let inputShape: [Int]
  /// The shape of a row of the output.
  public let outputShape: [Int]
  /// All parameters, in the order of Keras.
  public let parameters: [Parameter]
  /// f.
  public let function: Function
  private let inputs: Int
  private let units: Int
  /// Where the parameters' gradient comes from.
  public let gradientSource: GradientSource

  /// A layer of `units` units on rows of `inputs` floats.
  public init(name: String, inputs: Int, units: Int, function: Function) {
    self.name = name
    self.inputs = inputs
    self.units = units
    self.function = function
    inputShape = [inputs]
    outputShape = [units]
    parameters = Parameter.contiguous([
      ("kernel", [inputs, units], .glorotUniform(fanIn: inputs, fanOut: units)), ("bias", [units], .zeros),
    ])
    let product = GradientProduct(inputs: inputs + 1, inputColumn: 0, outputs: units, outputColumn: 0, target: 0)
    gradientSource = .deferred(
      GradientProducts(
        rowsPerSample: 1, inputStride: alignedToLine(inputs + 1), outputStride: alignedToLine(units),
        products: [product]))
  }

  /// The weights as the products want them.
  public func packedMatrices(_ kernels: KernelSet) -> [PackedMatrix] {
    var builder = PackedLayoutBuilder(kernels)
    builder.add(source: 0, steps: inputs, columns: units)
    builder.addTransposed(source: 0, rows: inputs, columns: units)
    return builder.matrices
  }

  /// The output of a shard.
  public func forward(_ pass: LayerPass, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>) {
    if pass.gradient != nil {
      for row in 0..<pass.rows {
        let copy = pass.inputOperand + row * pass.inputOperandStride
        copy.update(from: input + row * inputs, count: inputs)
        copy[inputs] = 1
      }
    }
    var arguments = ProductArguments(
      rows: pass.rows, columns: units, steps: inputs, a: input, aRowStride: inputs, b: pass.packed, c: output,
      cRowStride: units)
    arguments.start = .bias(pass.parameters + inputs * units)
    arguments.rectified = function == .relu
    pass.kernels.table.product(arguments)
    if function == .softmax { pass.kernels.table.softmax(output, pass.rows, units, units) }
  }

  /// The gradients of parameters and input.
  public func backward(
    _ pass: LayerPass, input: UnsafePointer<Float>, output: UnsafePointer<Float>,
    outputGradient: UnsafeMutablePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?
  ) {
    let table = pass.kernels.table
    if function == .relu { table.reluBackward(output, outputGradient, outputGradient, pass.rows * units) }
    let gradients = pass.gradientOperand
    for row in 0..<pass.rows {
      (gradients + row * pass.gradientOperandStride).update(from: outputGradient + row * units, count: units)
    }
    guard let inputGradient else { return }
    let toInput = pass.kernels.packedCount(steps: inputs, columns: units)
    table.product(
      ProductArguments(
        rows: pass.rows, columns: inputs, steps: units, a: outputGradient, aRowStride: units,
        b: pass.packed + toInput, c: inputGradient, cRowStride: inputs))
  }

  /// Operations of the products, a row.
  public var work: LayerWork {
    let one = 2 * inputs * units
    return LayerWork(forward: one, backward: one, inputGradient: one)
  }
}
