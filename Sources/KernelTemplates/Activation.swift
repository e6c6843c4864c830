/// The function that a layer ends in: all but softmax work on each number by itself.
public enum Activation: String, Sendable, CaseIterable, Codable {
  /// The identity.
  case linear
  /// max(0, x).
  case relu
  /// Hyperbolic tangent.
  case tanh
  /// 1 / (1 + e^-x).
  case sigmoid
  /// clip(0.2 x + 0.5, 0, 1): what Keras 2 calls hard_sigmoid.
  case hardSigmoid = "hard-sigmoid"
  /// clip(x / 6 + 0.5, 0, 1): what Keras 3 calls hard_sigmoid.
  case keras3HardSigmoid = "keras3-hard-sigmoid"
  /// e^x, divided by its sum over the units.
  case softmax
}
