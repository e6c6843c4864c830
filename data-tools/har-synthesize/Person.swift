import Windows

/// What is particular to one made-up person.
struct Person {
  /// 1...30, as in the real recordings.
  let number: Int
  /// Steps per second when walking on the flat, in Hz.
  let cadence: Double
  /// How hard they tread.
  let vigour: Double
  /// How much the left step differs from the right one.
  let limp: Double
  /// How the phone sits on the waist: rotations about the lateral and the forward axis, in radians.
  let pitch: Double, roll: Double
  /// How far they lean back when sitting, in radians.
  let slouch: Double
  /// On which side they lie.
  let side: Double
  /// Noise of their phone's accelerometer in g, and of its gyroscope in rad/s.
  let accelerometerNoise: Double, gyroscopeNoise: Double
  /// What their gyroscope shows at rest, in rad/s.
  let gyroscopeBias: [Double]

  /// The person of this number in the dataset of this seed.
  init(number: Int, seed: UInt64) {
    var random = RandomStream(seed: seed, purpose: UInt64(number) << 32)
    self.number = number
    cadence = random.normal(1.9, 0.16)
    vigour = random.factor(0.22)
    limp = random.uniform(0.08...0.4)
    pitch = random.normal(0, 0.13)
    roll = random.normal(0, 0.13)
    slouch = random.normal(0.17, 0.16)
    side = random.next() & 1 == 0 ? -1 : 1
    accelerometerNoise = 0.008 * random.factor(0.3)
    gyroscopeNoise = 0.02 * random.factor(0.3)
    gyroscopeBias = (0..<3).map { _ in random.normal(0, 0.02) }
  }

  /// The people whose windows are the test split, as in the real recordings.
  static let testNumbers: Set = [2, 4, 9, 10, 12, 13, 18, 20, 24]

  /// Numbers of the people of a split, in order.
  static func numbers(_ split: DatasetSplit) -> [Int] {
    (1...30).filter { testNumbers.contains($0) == (split == .test) }
  }
}
