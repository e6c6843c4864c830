import Kernels

/// SplitMix64 (Steele, Lea and Flood, 2014): a stream of random numbers that a key determines.
struct RandomStream {
  private var state: UInt64

  /// The stream of one seed and one purpose; streams of different purposes have nothing to do with each other.
  init(seed: UInt64, purpose: UInt64) {
    state = seed
    // The state of a stream is a point on one long cycle: mixing throws the purposes far apart on it.
    state = next() ^ (purpose &* 0xD1B5_4A32_D192_ED03)
    state = next()
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Evenly distributed over `range`.
  mutating func uniform(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * Double(next() >> 11) * 0x1p-53
  }

  /// Nearly normal: the sum of four even numbers, which has no tails and needs no transcendental function.
  mutating func normal(_ mean: Double = 0, _ deviation: Double = 1) -> Double {
    // Four even numbers on 0..65536 have the standard deviation 65536 × sqrt(4 / 12).
    mean + deviation * Double(PhiloxGenerator.nearlyNormalSum(bits: next())) / 37_837.2
  }

  /// A factor around 1 whose logarithm is nearly normal.
  mutating func factor(_ deviation: Double) -> Double {
    // (1 + x/8)^8 stands for exp(x): only multiplications, so the same on every machine.
    let base = 1 + max(-6, normal(0, deviation)) / 8
    let square = base * base
    return square * square * square * square
  }
}
