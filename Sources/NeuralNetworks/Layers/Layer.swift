package import Kernels

/// A layer made for an input's shape: its parameters, and its two passes over a shard.
///
/// Inputs and outputs are row-major `[rows, …shape]` without gaps. A layer is immutable; all memory comes with the context,
/// sized by the counts that it states.
package protocol Layer: Sendable {
  /// The name in its model, such as `lstm_1`.
  var name: String { get }
  /// The shapes of one row, without the batch.
  var inputShape: [Int] { get }
  var outputShape: [Int] { get }
  /// The layers that this one is around, in the order of its description's options.
  var innerLayers: [any Layer] { get }
  /// In Keras's order, one behind the other.
  var parameters: [Parameter] { get }
  var weightGradient: WeightGradient { get }
  /// Whether the output is a softmax, whose backward pass takes the gradient of the logits.
  var isSoftmax: Bool { get }
  /// Whether the output is the very floats of the input, so that neither pass has anything to do and is ever called.
  func passesInputOn(inTraining: Bool) -> Bool
  /// Floats kept between the passes, and floats of scratch.
  func workspaceCount(rows: Int) -> Int
  func scratchCount(rows: Int) -> Int
  /// The weights as the products want them.
  func packedMatrices(_ kernels: KernelSet) -> [PackedMatrix]
  /// output `[rows, …outputShape]` from input `[rows, …inputShape]`.
  func forward(_ context: LayerContext, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>)
  /// Gradients of the parameters and, where `inputGradient` is given, of the input. May overwrite `outputGradient`.
  func backward(
    _ context: LayerContext, input: UnsafePointer<Float>, output: UnsafePointer<Float>,
    outputGradient: UnsafeMutablePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?)
  var flops: LayerFlops { get }
}

/// Floating-point operations of a layer's products, per row.
package struct LayerFlops: Sendable, Equatable {
  var forward = 0
  /// What the backward pass always does: weight gradients and gradients through the layer's own recurrence.
  var backward = 0
  /// The gradient of the input, where it is wanted.
  var inputGradient = 0

  static func * (factor: Int, one: LayerFlops) -> LayerFlops {
    LayerFlops(
      forward: factor * one.forward, backward: factor * one.backward, inputGradient: factor * one.inputGradient)
  }
}

extension Layer {
  package var inputCount: Int { inputShape.reduce(1, *) }
  package var outputCount: Int { outputShape.reduce(1, *) }
  package var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }

  package var innerLayers: [any Layer] { [] }
  package var parameters: [Parameter] { [] }
  package var weightGradient: WeightGradient { .perShard }
  package var isSoftmax: Bool { false }
  package func passesInputOn(inTraining: Bool) -> Bool { false }
  package func workspaceCount(rows: Int) -> Int { 0 }
  package func scratchCount(rows: Int) -> Int { 0 }
  package func packedMatrices(_ kernels: KernelSet) -> [PackedMatrix] { [] }
  package var flops: LayerFlops { LayerFlops() }
}
