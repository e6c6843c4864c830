package import Kernels

/// A recurrent layer over `[T, D]` in both directions, with weights of their own: `[2U]`, or `[T, 2U]` where every step's state is
/// given, each the forward state and behind it the backward one.
///
/// A step's backward state is the one after all steps from the last down to it. Parameters are the forward layer's and then the
/// backward layer's.
package struct BidirectionalLayer: Layer {
  package let name: String
  package let parameters: [Parameter]
  /// Both directions do it in the same way.
  package let weightGradient: WeightGradient
  /// The layer that reads from the first step on, and the one that reads from the last step down.
  private let forwardLayer: any RecurrentLayer
  private let backwardLayer: any RecurrentLayer
  private let units: Int
  /// Parameters of a direction.
  private let half: Int

  /// Two layers of the same cells and sizes.
  package init(name: String, forward: any RecurrentLayer, backward: any RecurrentLayer) {
    self.name = name
    forwardLayer = forward
    backwardLayer = backward
    units = forward.units
    let half = forward.parameterCount
    self.half = half
    parameters =
      forward.parameters.map { $0.inside(forward.name) }
      + backward.parameters.map { $0.inside(backward.name, from: half) }
    weightGradient =
      forward.isPerBatch
      ? .perBatch(
        GradientProducts(
          forward.core.gradientProducts, beside: backward.core.gradientProducts, parameterOffset: half))
      : .perShard
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
    part.inputOperand += forwardLayer.core.gradientProducts.inputStride
    part.gradientOperand += forwardLayer.core.gradientProducts.outputStride
    return part
  }

  private var forwardDirection: SequenceDirection {
    SequenceDirection(isReversed: false, outputStride: 2 * units, addsToInputGradient: false)
  }
  private var backwardDirection: SequenceDirection {
    SequenceDirection(isReversed: true, outputStride: 2 * units, addsToInputGradient: true)
  }

  // MARK: Passes

  package func forward(_ context: LayerContext, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>) {
    forwardLayer.forward(context, forwardDirection, input: input, output: output)
    backwardLayer.forward(backwardPart(context), backwardDirection, input: input, output: output + units)
  }

  package func backward(
    _ context: LayerContext, input: UnsafePointer<Float>, output: UnsafePointer<Float>,
    outputGradient: UnsafeMutablePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?
  ) {
    forwardLayer.backward(context, forwardDirection, outputGradient: outputGradient, inputGradient: inputGradient)
    backwardLayer.backward(
      backwardPart(context), backwardDirection, outputGradient: outputGradient + units, inputGradient: inputGradient)
  }
}
