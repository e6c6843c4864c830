/// How parameters follow the gradient.
public enum Optimizer: String, Sendable, Codable, CaseIterable {
  /// Kingma & Ba, "Adam" (2015).
  case adam
  /// Adam's direction, each tensor by a length of its own: You et al., "Large Batch Optimization for Deep Learning" (2020).
  case lamb
}
