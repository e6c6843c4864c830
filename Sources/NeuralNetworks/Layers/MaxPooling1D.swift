/// The greater of every two neighbouring steps: `[T, C]` to `[T / 2, C]`; a last odd step is dropped ('valid').
///
/// https://keras.io/api/layers/pooling_layers/max_pooling1d/
public struct MaxPooling1D: LayerDescription {
  package var name: String?

  /// A layer with Keras's default pool of two steps.
  public init(name: String? = nil) { self.name = name }
}

extension MaxPooling1D: LayerDefinition {
  package init(_ options: LayerOptions) throws(ModelError) { self.init(name: options.name) }

  package var config: [LayerOption] {
    [
      .fixed("pool_size", [2], 2), .fixed("padding", "valid"), .fixed("strides", [2], 2, .null),
      .fixed("data_format", "channels_last", .null),
    ]
  }

  package static var hasBuildConfig: Bool { false }

  package func makeLayer(inputShape: [Int], _ building: inout LayerBuilding) throws(ModelError) -> any Layer {
    guard inputShape.count == 2, inputShape[0] >= 2 else {
      throw unfit(inputShape, expected: "[time steps, channels] of at least two steps")
    }
    return MaxPooling1DLayer(name: layerName, inputShape: inputShape)
  }
}

/// The gradient goes to the first step that holds the maximum.
package struct MaxPooling1DLayer: Layer {
  package let name: String
  package let inputShape: [Int]
  package var outputShape: [Int] { [steps / 2, channels] }
  private var steps: Int { inputShape[0] }
  private var channels: Int { inputShape[1] }

  package func forward(_ context: LayerContext, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>) {
    let (steps, channels) = (steps, channels)
    for row in 0..<context.rows {
      for pair in 0..<(steps / 2) {
        let first = input + (row * steps + 2 * pair) * channels
        context.kernels.table.maximum(
          first, first + channels, output + (row * (steps / 2) + pair) * channels, channels)
      }
    }
  }

  package func backward(
    _ context: LayerContext, input: UnsafePointer<Float>, output: UnsafePointer<Float>,
    outputGradient: UnsafeMutablePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?
  ) {
    guard let inputGradient else { return }
    let (steps, channels) = (steps, channels)
    for row in 0..<context.rows {
      for pair in 0..<(steps / 2) {
        let offset = (row * steps + 2 * pair) * channels
        context.kernels.table.maximumBackward(
          input + offset, input + offset + channels, outputGradient + (row * (steps / 2) + pair) * channels,
          inputGradient + offset, inputGradient + offset + channels, channels)
      }
      if steps % 2 == 1 {
        (inputGradient + (row * steps + steps - 1) * channels).update(repeating: 0, count: channels)
      }
    }
  }
}
