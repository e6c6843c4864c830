public import Kernels

/// A convolutional LSTM over `[T, 1, W, C]` with a kernel of one row, giving the last hidden state `[1, W - K + 1, F]`.
///
/// Shi et al. (2015) without peepholes, as https://keras.io/api/layers/recurrent_layers/conv_lstm2d/: the input's convolution is
/// 'valid', the recurrent one 'same'.
public struct ConvLSTM2D: LayerDescription {
  package var name: String?
  /// Channels of the hidden state (F).
  public let filters: Int
  /// Positions that the kernel spans (K).
  public let kernelSize: Int
  /// The function of candidate and output, `tanh` or `relu`.
  public let activation: Activation
  /// The function of the gates, one of the sigmoids.
  public let recurrentActivation: Activation

  /// A layer of `filters` filters with a kernel of `[1, kernelSize]`.
  public init(
    filters: Int, kernelSize: Int, activation: Activation = .tanh, recurrentActivation: Activation = .sigmoid,
    name: String? = nil
  ) {
    self.filters = filters
    self.kernelSize = kernelSize
    self.activation = activation
    self.recurrentActivation = recurrentActivation
    self.name = name
  }

  static let activations: [Activation] = [.tanh, .relu]
  static let recurrentActivations: [Activation] = [.sigmoid, .hardSigmoid, .keras3HardSigmoid]
}

extension ConvLSTM2D: LayerDefinition {
  package init(_ options: LayerOptions) throws(ModelError) {
    let extents = try options.sizes("kernel_size", rank: 2)
    guard extents[0] == 1 else {
      throw options.unsupported("kernel_size", .integers(extents), expected: "a height of 1")
    }
    self.init(
      filters: try options.size("filters"), kernelSize: extents[1],
      activation: try options.activation("activation", of: Self.activations),
      recurrentActivation: try options.activation("recurrent_activation", of: Self.recurrentActivations),
      name: options.name)
  }

  package var config: [LayerOption] {
    let own: [LayerOption] = [
      .own("filters", .integer(filters)), .own("kernel_size", .integers([1, kernelSize])),
      .fixed("strides", [1, 1], 1), .fixed("padding", "valid"), .fixed("data_format", "channels_last", .null),
      .fixed("dilation_rate", [1, 1], 1), .own("activation", activation.json),
      .own("recurrent_activation", recurrentActivation.json),
    ]
    return .sequences() + own + .recurrentTail(.lstm)
  }

  package func makeLayer(inputShape: [Int], _ building: inout LayerBuilding) throws(ModelError) -> any Layer {
    try checkSize("filters", filters)
    try checkSize("kernel_size", kernelSize)
    try checkActivation("activation", activation, of: Self.activations)
    try checkActivation("recurrent_activation", recurrentActivation, of: Self.recurrentActivations)
    guard inputShape.count == 4, inputShape[1] == 1, inputShape[2] >= kernelSize else {
      throw unfit(inputShape, expected: "[time steps, 1, positions, channels] of at least \(kernelSize) positions")
    }
    return ConvLSTM2DLayer(self, inputShape: inputShape, algorithm: building.convolution)
  }
}
