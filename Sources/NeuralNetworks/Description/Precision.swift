package import SystemSupport

/// What products multiply. Sums, weights, moments, states and all else are float32 either way.
public enum Precision: String, Codable, CaseIterable, Sendable {
  /// float32.
  case f32
  /// Operands rounded to bf16 on their way into a product, as PyTorch's autocast rounds them.
  case mixed

  /// Keras's name of the dtype policy.
  package var kerasPolicy: String {
    switch self {
    case .f32: "float32"
    case .mixed: "mixed_bfloat16"
    }
  }

  /// The precision of a layer's `dtype` as Keras writes it; nil for others than these.
  package init?(kerasDtype dtype: JSONValue) {
    let policy = dtype.string ?? dtype["config"]?["name"]?.string
    guard let precision = Self.allCases.first(where: { $0.kerasPolicy == policy }) else { return nil }
    self = precision
  }
}
