package import Kernels

/// A recurrent layer over `[T, D]` in both directions, with weights of their own: `[2U]`, or `[T, 2U]` where every step's state is
/// given, each the forward state and behind it the backward one.
///
/// A step's backward state is the one after all steps from the last down to it. Parameters are the forward layer's and then the
/// backward layer's.
package struct BidirectionalLayer: Layer {
  package let name: String
  /// Two layers of the same cells and sizes: one reads from the first step on, the other from the last step down.
  let forwardLayer: RecurrentLayer
  let backwardLayer: RecurrentLayer

  private var units: Int { forwardLayer.units }
  /// Parameters of a direction.
  private var half: Int { forwardLayer.parameterCount }

  package var parameters: [Parameter] {
    forwardLayer.parameters.map { $0.inside(forwardLayer.name) }
      + backwardLayer.parameters.map { $0.inside(backwardLayer.name, from: half) }
  }

  /// Both directions do it in the same way.
  package var weightGradient: WeightGradient {
    guard forwardLayer.isPerBatch else { return .perShard }
    return .perBatch(
      GradientProducts(forwardLayer.gradientProducts, beside: backwardLayer.gradientProducts, parameterOffset: half))
  }

  package var inputShape: [Int] { forwardLayer.inputShape }
  package var outputShape: [Int] { forwardLayer.outputShape.dropLast() + [2 * units] }
  package var innerLayers: [any Layer] { [forwardLayer, backwardLayer] }
  package var flops: LayerFlops { 2 * forwardLayer.flops }

  // MARK: Memory

  /// What lies before the backward layer's part of the workspace.
  private func workspaceOffset(rows: Int) -> Int { alignedToLine(forwardLayer.workspaceCount(rows: rows)) + 16 }

  package func workspaceCount(rows: Int) -> Int {
    workspaceOffset(rows: rows) + backwardLayer.workspaceCount(rows: rows)
  }

  /// One direction works after the other, in the same scratch.
  package func scratchCount(rows: Int) -> Int { forwardLayer.scratchCount(rows: rows) }

  package func packedMatrices(_ kernels: KernelSet) -> [PackedMatrix] {
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
  private func backwardPart(_ context: LayerContext) -> LayerContext {
    var part = context
    part.parameters += half
    part.packed += forwardLayer.packedCount(context.kernels)
    part.workspace += workspaceOffset(rows: context.rows)
    part.gradient = context.gradient.map { $0 + half }
    part.inputOperand += forwardLayer.gradientProducts.inputStride
    part.gradientOperand += forwardLayer.gradientProducts.outputStride
    return part
  }

  private func direction(isReversed: Bool) -> SequenceDirection {
    SequenceDirection(isReversed: isReversed, outputStride: 2 * units)
  }

  // MARK: Passes

  package func forward(_ context: LayerContext, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>) {
    forwardLayer.forward(context, direction(isReversed: false), input: input, output: output)
    backwardLayer.forward(backwardPart(context), direction(isReversed: true), input: input, output: output + units)
  }

  package func backward(
    _ context: LayerContext, input: UnsafePointer<Float>, output: UnsafePointer<Float>,
    outputGradient: UnsafeMutablePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?
  ) {
    forwardLayer.backward(
      context, direction(isReversed: false), outputGradient: outputGradient, inputGradient: inputGradient)
    backwardLayer.backward(
      backwardPart(context), direction(isReversed: true), outputGradient: outputGradient + units,
      inputGradient: inputGradient)
  }
}
