/// What a network's recurrent layers are made of.
public enum RecurrentCell: String, Sendable, Codable, CaseIterable {
  /// Long short-term memory.
  case lstm
  /// Gated recurrent units.
  case gru

  func makeDescription(units: Int, returnsSequences: Bool) -> any RecurrentDefinition {
    switch self {
    case .lstm: LSTM(units: units, returnsSequences: returnsSequences)
    case .gru: GRU(units: units, returnsSequences: returnsSequences)
    }
  }
}
