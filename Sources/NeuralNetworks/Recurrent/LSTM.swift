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
  package static var cell: RecurrentCell { .lstm }
}
