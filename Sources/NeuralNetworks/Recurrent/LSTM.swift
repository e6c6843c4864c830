/// Long short-term memory over `[T, D]`, giving the last hidden state `[U]` or all of them `[T, U]`.
///
/// https://keras.io/api/layers/recurrent_layers/lstm/ with its default functions, tanh and sigmoid.
public struct LSTM: LayerDescription {
  package var name: String?
  /// The size of the state (U).
  public let units: Int
  /// Whether the output is every step's hidden state.
  public let returnsSequences: Bool
  package var placement = RecurrentPlacement.alone

  /// A layer of `units` units.
  public init(units: Int, returnsSequences: Bool = false, name: String? = nil) {
    self.units = units
    self.returnsSequences = returnsSequences
    self.name = name
  }
}

extension LSTM: RecurrentDefinition {
  package var tail: [LayerOption] { .recurrentTail(unitForgetBias: .unread("unit_forget_bias", true)) }

  package func makeRecurrentLayer(steps: Int, features: Int) -> any RecurrentLayer {
    LSTMLayer(
      name: layerName, steps: steps, features: features, units: units, returnsSequences: returnsSequences)
  }
}
