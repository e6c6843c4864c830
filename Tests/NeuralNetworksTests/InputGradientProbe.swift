import Kernels
import NeuralNetworks

/// A layer that hands its input on and keeps the gradient that comes back: what the layer after it gives as input gradient.
///
/// It claims two parameters, because a model computes no gradients below its first layer with parameters.
/// `@unchecked Sendable`: tests run one shard after another.
final class InputGradientProbe: Layer, @unchecked Sendable {
  let name = "probe"
  let inputShape: [Int]
  var outputShape: [Int] { inputShape }
  let parameters = Parameter.contiguous([("kernel", [1, 1], .zeros), ("bias", [1], .zeros)])
  /// The gradient of the input, shard behind shard.
  private(set) var gradient: [Float] = []

  init(shape: [Int]) { inputShape = shape }

  func startOver() { gradient = [] }

  func forward(_ context: LayerContext, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>) {
    output.update(from: input, count: context.rows * inputCount)
  }

  func backward(
    _ context: LayerContext, input: UnsafePointer<Float>, output: UnsafePointer<Float>,
    outputGradient: UnsafeMutablePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?
  ) {
    gradient += UnsafeBufferPointer(start: outputGradient, count: context.rows * inputCount)
    context.gradient?.update(repeating: 0, count: parameterCount)
  }
}
