internal import NeuralNetworks

extension RandomPurpose {
  /// The combinations that a search tries.
  static let search: UInt32 = 0x5345_4152
  /// The groups of people of a cross-validation.
  static let folds: UInt32 = 0x464F_4C44
}
