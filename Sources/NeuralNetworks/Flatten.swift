import Kernels

/// The same floats as one axis.
public struct Flatten: Layer {
  public let name: String
  public let inputShape: [Int]
  public var outputShape: [Int] { [inputCount] }

  /// A layer on rows of a shape.
  public init(name: String, shape: [Int]) {
    self.name = name
    inputShape = shape
  }

  public func forward(_ pass: LayerPass, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>) {
    output.update(from: input, count: pass.rows * inputCount)
  }

  public func backward(
    _ pass: LayerPass, input: UnsafePointer<Float>, output: UnsafePointer<Float>,
    outputGradient: UnsafeMutablePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?
  ) {
    inputGradient?.update(from: outputGradient, count: pass.rows * inputCount)
  }
}
