import Kernels

/// The same floats as one axis.
public struct Flatten: Layer {
  /// The name in model files.
  public let name: String
  /// The shape of a row of the input.
  public let inputShape: [Int]
  /// The shape of a row of the output.
  public var outputShape: [Int] { [inputCount] }

  /// A layer on rows of a shape.
  public init(name: String, shape: [Int]) {
    self.name = name
    inputShape = shape
  }

  /// The output of a shard.
  public func forward(_ pass: LayerPass, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>) {
    output.update(from: input, count: pass.rows * inputCount)
  }

  /// The gradients of parameters and input.
  public func backward(
    _ pass: LayerPass, input: UnsafePointer<Float>, output: UnsafePointer<Float>,
    outputGradient: UnsafeMutablePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?
  ) {
    inputGradient?.update(from: outputGradient, count: pass.rows * inputCount)
  }
}
