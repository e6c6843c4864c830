/// Counter-based random numbers: draw n of a stream is a function of key, stream and n alone.
///
/// Philox4x32-10 (Salmon et al., SC 2011) on counters (n / 4, word 1, word 2, word 3).
package struct PhiloxGenerator: Sendable {
  package let key: (UInt32, UInt32)
  /// Words 1 to 3 of every counter: what the numbers are for.
  package let stream: (UInt32, UInt32, UInt32)
  private var next: UInt64 = 0
  private var buffer: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)

  /// The first number of a stream.
  package init(key: (UInt32, UInt32), stream: (UInt32, UInt32, UInt32)) {
    self.key = key
    self.stream = stream
  }

  /// Four words from one counter.
  package static func block(
    counter: (UInt32, UInt32, UInt32, UInt32), key: (UInt32, UInt32)
  ) -> (UInt32, UInt32, UInt32, UInt32) {
    var c = counter
    var k = key
    for _ in 0..<10 {
      let p0 = UInt64(c.0) * 0xD251_1F53
      let p1 = UInt64(c.2) * 0xCD9E_8D57
      c = (
        UInt32(truncatingIfNeeded: p1 >> 32) ^ c.1 ^ k.0, UInt32(truncatingIfNeeded: p1),
        UInt32(truncatingIfNeeded: p0 >> 32) ^ c.3 ^ k.1, UInt32(truncatingIfNeeded: p0)
      )
      k = (k.0 &+ 0x9E37_79B9, k.1 &+ 0xBB67_AE85)
    }
    return c
  }

  /// The key of one repeat of an experiment with a seed.
  package static func key(seed: UInt64, repeatIndex: Int) -> (UInt32, UInt32) {
    let block = block(
      counter: (UInt32(truncatingIfNeeded: repeatIndex), 0, 0, 0x4841_5221),
      key: (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
    return (block.0, block.1)
  }

  /// A uniform 32-bit word.
  package mutating func nextWord() -> UInt32 {
    if next & 3 == 0 {
      buffer = Self.block(
        counter: (UInt32(truncatingIfNeeded: next >> 2), stream.0, stream.1, stream.2), key: key)
    }
    defer { next += 1 }
    switch next & 3 {
    case 0: return buffer.0
    case 1: return buffer.1
    case 2: return buffer.2
    default: return buffer.3
    }
  }

  /// A uniform number in [0, 1) with 53 random bits.
  package mutating func nextUniform() -> Double {
    let high = UInt64(nextWord() >> 5)
    let low = UInt64(nextWord() >> 6)
    return Double(high << 26 | low) * 0x1p-53
  }

  /// A uniform whole number below a bound: the high half of a 64-bit number times the bound.
  package mutating func nextIndex(below bound: Int) -> Int {
    let word = UInt64(nextWord()) << 32 | UInt64(nextWord())
    return Int(word.multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// A standard normal number: Marsaglia's polar method (1964), with a logarithm of our own so that the bits don't depend on the
  /// mathematics library.
  package mutating func nextNormal() -> Double {
    while true {
      let x = 2 * nextUniform() - 1
      let y = 2 * nextUniform() - 1
      let s = x * x + y * y
      if s > 0 && s < 1 { return x * (-2 * Self.logarithm(s) / s).squareRoot() }
    }
  }

  /// A number of mean 0 and variance 1, nearly normal: the sum of four uniform ones, which needs no mathematics library.
  package mutating func nextNearlyNormal() -> Float {
    let bits = UInt64(nextWord()) | UInt64(nextWord()) << 32
    return Float(Self.nearlyNormalSum(bits: bits)) * 2.642_899_8e-5
  }

  /// The sum of four uniform numbers in 0...65535 less its mean, 131070; its variance is (65536² - 1) / 3.
  package static func nearlyNormalSum(bits: UInt64) -> Int {
    Int((bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48)) - 131_070
  }

  /// ln s for a normal positive number: exponent · ln 2 + 2 artanh((m - 1) / (m + 1)).
  static func logarithm(_ s: Double) -> Double {
    var m = s.significand
    var exponent = Double(s.exponent)
    if m > 1.414_213_562_373_095_1 {
      m /= 2
      exponent += 1
    }
    let z = (m - 1) / (m + 1)
    var sum = 0.0
    for n in stride(from: 27, through: 1, by: -2) { sum = sum * z * z + 1 / Double(n) }
    return exponent * 0.693_147_180_559_945_3 + 2 * z * sum
  }
}
