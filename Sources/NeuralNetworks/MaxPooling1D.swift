import Kernels

/// The greater of every two neighbouring steps: `[T, C]` to `[T / 2, C]`; a last odd step is dropped ('valid').
///
/// https://keras.io/api/layers/pooling_layers/max_pooling1d/. The gradient goes to the first step that holds the maximum.
public struct MaxPooling1D: Layer {
  /// The name in model files.
  public let name: String
  /// The shape of a row of the input.
  public let inputShape: [Int]
  /// The shape of a row of the output.
  public let outputShape: [Int]
  private let steps: Int
  private let channels: Int

  /// A layer on `[steps, channels]`.
  public init(name: String, steps: Int, channels: Int) {
    self.name = name
    self.steps = steps
    self.channels = channels
    inputShape = [steps, channels]
    outputShape = [steps / 2, channels]
  }

  /// The output of a shard.
  public func forward(_ pass: LayerPass, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>) {
    for row in 0..<pass.rows {
      for pair in 0..<(steps / 2) {
        let first = input + (row * steps + 2 * pair) * channels
        pass.kernels.table.maximum(
          first, first + channels, output + (row * (steps / 2) + pair) * channels, channels)
      }
    }
  }

  /// The gradients of parameters and input.
  public func backward(
    _ pass: LayerPass, input: UnsafePointer<Float>, output: UnsafePointer<Float>,
    outputGradient: UnsafeMutablePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?
  ) {
    guard let inputGradient else { return }
    for row in 0..<pass.rows {
      for pair in 0..<(steps / 2) {
        let offset = (row * steps + 2 * pair) * channels
        pass.kernels.table.maximumBackward(
          input + offset, input + offset + channels, outputGradient + (row * (steps / 2) + pair) * channels,
          inputGradient + offset, inputGradient + offset + channels, channels)
      }
      if steps % 2 == 1 {
        (inputGradient + (row * steps + steps - 1) * channels).update(repeating: 0, count: channels)
      }
    }
  }
}
