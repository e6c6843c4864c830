/// Gated recurrent units over `[T, D]`, giving the last hidden state `[U]` or all of them `[T, U]`.
///
/// https://keras.io/api/layers/recurrent_layers/gru/ with its defaults: tanh, sigmoid, and `reset_after`.
public struct GRU: LayerDescription {
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

extension GRU: RecurrentDefinition {
  package static var cell: RecurrentCell { .gru }
}
