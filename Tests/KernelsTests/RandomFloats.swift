import Kernels

/// Reproducible test data: a stream of floats for a case's number.
struct RandomFloats {
  private var generator: PhiloxGenerator

  init(_ seed: Int) {
    generator = PhiloxGenerator(key: (UInt32(truncatingIfNeeded: seed), 0x5445_5354), stream: (0, 0, 0))
  }

  /// Uniform in -scale ..< scale.
  mutating func uniform(_ count: Int, scale: Double = 1) -> [Float] {
    (0..<count).map { _ in Float(scale * (2 * generator.nextUniform() - 1)) }
  }
}
