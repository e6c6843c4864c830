package import Kernels

/// A layer over sequences `[T, D]` that gives its last state `[U]` or all of them `[T, U]`, and can be a direction of
/// `BidirectionalLayer`.
package protocol RecurrentLayer: Layer {
  var core: RecurrentCore { get }
  /// Floats of all packed matrices.
  func packedCount(_ kernels: KernelSet) -> Int
  /// output from input, steps taken and written as `direction` says.
  func forward(
    _ context: LayerContext, _ direction: SequenceDirection, input: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>)
  /// The gradients of parameters and input after a forward pass in the same direction.
  func backward(
    _ context: LayerContext, _ direction: SequenceDirection, outputGradient: UnsafePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>?)
}

/// What recurrent layers of all cells have.
package struct RecurrentCore: Sendable {
  let name: String
  /// T, D and U.
  let steps: Int
  let features: Int
  let units: Int
  /// Whether the output is every step's hidden state.
  let returnsSequences: Bool
  let parameters: [Parameter]
  /// The weights' gradients as products of the rows `[x | h | 1]` and of the gates' gradients.
  let gradientProducts: GradientProducts
  /// Whether those products go over the whole minibatch, or over chunks of a shard's steps.
  let isPerBatch: Bool

  /// Steps whose weight gradients are summed in one product: 128 rows of gates of 100 units are 200 KB.
  static let chunkSteps = 32

  /// Floats of a state.
  var stateStride: Int { alignedToLine(units) }

  /// Floats of the workspace that rows and gates take.
  func workspaceCount(rows: Int) -> Int {
    isPerBatch ? 0 : rows * steps * (gradientProducts.inputStride + gradientProducts.outputStride)
  }

  /// Where the state after the step t taken goes in the output, or comes from in its gradient; nil where it isn't given.
  func outputOffset(_ direction: SequenceDirection, row: Int, t: Int) -> Int? {
    guard returnsSequences else { return t == steps - 1 ? row * direction.outputStride : nil }
    return (row * steps + (direction.isReversed ? steps - 1 - t : t)) * direction.outputStride
  }
}

extension RecurrentLayer {
  package var name: String { core.name }
  package var inputShape: [Int] { [core.steps, core.features] }
  package var outputShape: [Int] { core.returnsSequences ? [core.steps, core.units] : [core.units] }
  package var parameters: [Parameter] { core.parameters }
  package var weightGradient: WeightGradient { core.isPerBatch ? .perBatch(core.gradientProducts) : .perShard }

  var steps: Int { core.steps }
  var features: Int { core.features }
  var units: Int { core.units }
  var isPerBatch: Bool { core.isPerBatch }
  var stateStride: Int { core.stateStride }

  private var alone: SequenceDirection {
    SequenceDirection(isReversed: false, outputStride: units, addsToInputGradient: false)
  }

  package func forward(_ context: LayerContext, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>) {
    forward(context, alone, input: input, output: output)
  }

  package func backward(
    _ context: LayerContext, input: UnsafePointer<Float>, output: UnsafePointer<Float>,
    outputGradient: UnsafeMutablePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?
  ) {
    backward(context, alone, outputGradient: outputGradient, inputGradient: inputGradient)
  }
}

/// How a recurrent layer goes through its sequences, and where its outputs stand among those of another.
package struct SequenceDirection: Sendable {
  /// Whether the last step is taken first. Each step's state stands at the place of its step all the same.
  let isReversed: Bool
  /// The distance of two outputs, and of their gradients.
  let outputStride: Int
  /// Whether the input's gradient is added to what is there.
  let addsToInputGradient: Bool
}
