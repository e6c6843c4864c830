public import Kernels

/// A recurrent layer over `[T, D]` in both directions, with weights of their own: `[2U]`, or `[T, 2U]` where every step's state is
/// given, each the forward state and behind it the backward one.
///
/// https://keras.io/api/layers/recurrent_layers/bidirectional/ with `merge_mode` concat. A step's backward state is the one after all steps
/// from the last down to it. Parameters are the forward layer's and then the backward layer's.
public struct Bidirectional: Layer {
  /// The name in model files.
  public let name: String
  /// The shape of a row of the input.
  public let inputShape: [Int]
  /// The shape of a row of the output.
  public let outputShape: [Int]
  /// All parameters, in the order of Keras.
  public let parameters: [Parameter]
  /// The layer that reads from the first step on.
  public let forwardLayer: any RecurrentLayer
  /// The layer that reads from the last step down.
  public let backwardLayer: any RecurrentLayer
  /// Where the parameters' gradient comes from: both directions do it in the same way.
  public let gradientSource: GradientSource

  private let units: Int
  /// Parameters of a direction, and floats of a row of its operands.
  private let half: Int
  private let operandStrides: (input: Int, gradient: Int)

  /// Two layers of the same sizes.
  public init(name: String, forward: any RecurrentLayer, backward: any RecurrentLayer) {
    precondition(
      forward.inputShape == backward.inputShape && forward.outputShape == backward.outputShape
        && forward.parameters.map(\.shape) == backward.parameters.map(\.shape), "both directions have the same sizes")
    self.name = name
    forwardLayer = forward
    backwardLayer = backward
    units = forward.units
    let half = forward.parameterCount
    self.half = half
    inputShape = forward.inputShape
    outputShape = forward.outputShape.dropLast() + [2 * forward.units]
    parameters =
      forward.parameters
      + backward.parameters.map {
        Parameter(name: $0.name, shape: $0.shape, initializer: $0.initializer, offset: half + $0.offset)
      }
    operandStrides = (forward.gradientProducts.inputStride, forward.gradientProducts.outputStride)
    gradientSource =
      forward.gradientSource == .summed
      ? .summed
      : .deferred(
        GradientProducts(forward.gradientProducts, beside: backward.gradientProducts, parameterOffset: half))
  }

  // MARK: Memory

  /// What lies before the backward layer's part of the workspace.
  private func workspaceOffset(rows: Int) -> Int { alignedToLine(forwardLayer.workspaceCount(rows: rows)) + 16 }

  /// Floats kept between the passes.
  public func workspaceCount(rows: Int) -> Int {
    workspaceOffset(rows: rows) + backwardLayer.workspaceCount(rows: rows)
  }

  /// One direction works after the other, in the same scratch.
  public func scratchCount(rows: Int) -> Int { forwardLayer.scratchCount(rows: rows) }

  /// The weights as the products want them.
  public func packedMatrices(_ kernels: KernelSet) -> [PackedMatrix] {
    let offset = forwardLayer.packedCount(kernels)
    return forwardLayer.packedMatrices(kernels)
      + backwardLayer.packedMatrices(kernels).map { matrix in
        var matrix = matrix
        matrix.source += half
        matrix.target += offset
        return matrix
      }
  }

  /// The backward layer's part of everything.
  private func backwardPart(_ pass: LayerPass) -> LayerPass {
    var part = pass
    part.parameters += half
    part.packed += forwardLayer.packedCount(pass.kernels)
    part.workspace += workspaceOffset(rows: pass.rows)
    part.gradient = pass.gradient.map { $0 + half }
    part.inputOperand += operandStrides.input
    part.gradientOperand += operandStrides.gradient
    return part
  }

  private var forwardWalk: SequenceWalk {
    SequenceWalk(isReversed: false, outputStride: 2 * units, addsToInputGradient: false)
  }
  private var backwardWalk: SequenceWalk {
    SequenceWalk(isReversed: true, outputStride: 2 * units, addsToInputGradient: true)
  }

  // MARK: Passes

  /// The output of a shard.
  public func forward(_ pass: LayerPass, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>) {
    forwardLayer.forward(pass, forwardWalk, input: input, output: output)
    backwardLayer.forward(backwardPart(pass), backwardWalk, input: input, output: output + units)
  }

  /// The gradients of parameters and input.
  public func backward(
    _ pass: LayerPass, input: UnsafePointer<Float>, output: UnsafePointer<Float>,
    outputGradient: UnsafeMutablePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?
  ) {
    forwardLayer.backward(pass, forwardWalk, outputGradient: outputGradient, inputGradient: inputGradient)
    backwardLayer.backward(
      backwardPart(pass), backwardWalk, outputGradient: outputGradient + units, inputGradient: inputGradient)
  }

  /// Operations of the products, a row.
  public var work: LayerWork {
    let one = forwardLayer.work
    return LayerWork(forward: 2 * one.forward, backward: 2 * one.backward, inputGradient: 2 * one.inputGradient)
  }
}
