/// What a network's recurrent layers are made of.
public enum RecurrentCell: String, Sendable, Codable, CaseIterable {
  /// Long short-term memory.
  case lstm
  /// Gated recurrent units.
  case gru

  /// A layer of such cells on `[steps, features]`.
  func makeLayer(
    name: String, steps: Int, features: Int, units: Int, returnsSequences: Bool
  ) -> any RecurrentLayer {
    switch self {
    case .lstm:
      LSTM(name: name, steps: steps, features: features, units: units, returnsSequences: returnsSequences)
    case .gru: GRU(name: name, steps: steps, features: features, units: units, returnsSequences: returnsSequences)
    }
  }
}
