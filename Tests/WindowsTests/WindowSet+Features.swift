import Windows

extension WindowSet {
  /// All readings, [N, T, C].
  var features: [Float] { (0..<count).flatMap { features(of: $0) } }
}
