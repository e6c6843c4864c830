public import Kernels

/// A layer applied to every step of `[S, …]` with the same weights: to the inner layer, a step is a row.
///
/// https://keras.io/api/layers/recurrent_layers/time_distributed/
public struct TimeDistributed: Layer {
  /// The name in model files.
  public let name: String
  /// The shape of a row of the input.
  public let inputShape: [Int]
  /// The shape of a row of the output.
  public let outputShape: [Int]
  /// The layer that sees single steps.
  public let inner: any Layer
  /// S.
  public let steps: Int

  /// `inner` applied to each of `steps` steps.
  public init(name: String, steps: Int, inner: any Layer) {
    precondition(inner.gradientSource == .summed, "a deferred product counts its rows itself")
    self.name = name
    self.steps = steps
    self.inner = inner
    inputShape = [steps] + inner.inputShape
    outputShape = [steps] + inner.outputShape
  }

  /// All parameters, in the order of Keras.
  public var parameters: [Parameter] { inner.parameters }
  /// Floats kept between the passes.
  public func workspaceCount(rows: Int) -> Int { inner.workspaceCount(rows: rows * steps) }
  /// Floats of scratch.
  public func scratchCount(rows: Int) -> Int { inner.scratchCount(rows: rows * steps) }
  /// The weights as the products want them.
  public func packedMatrices(_ kernels: KernelSet) -> [PackedMatrix] { inner.packedMatrices(kernels) }

  /// The output of a shard.
  public func forward(_ pass: LayerPass, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>) {
    inner.forward(distributed(pass), input: input, output: output)
  }

  /// The gradients of parameters and input.
  public func backward(
    _ pass: LayerPass, input: UnsafePointer<Float>, output: UnsafePointer<Float>,
    outputGradient: UnsafeMutablePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?
  ) {
    inner.backward(
      distributed(pass), input: input, output: output, outputGradient: outputGradient, inputGradient: inputGradient)
  }

  private func distributed(_ pass: LayerPass) -> LayerPass {
    var pass = pass
    pass.rows *= steps
    pass.firstPosition *= steps
    return pass
  }

  /// Operations of the products, a row.
  public var work: LayerWork {
    let one = inner.work
    return LayerWork(
      forward: steps * one.forward, backward: steps * one.backward, inputGradient: steps * one.inputGradient)
  }
}
