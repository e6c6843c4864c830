import Kernels
import Testing

/// The counter-based generator against the published vectors of Random123 (kat_vectors, philox4x32, 10 rounds).
@Suite struct PhiloxTests {
  struct KnownAnswer: Sendable, CustomTestStringConvertible {
    var counter: [UInt32]
    var key: [UInt32]
    var answer: [UInt32]
    var testDescription: String { "counter of \(counter[0])" }
  }

  static let knownAnswers = [
    KnownAnswer(
      counter: [0, 0, 0, 0], key: [0, 0], answer: [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
    KnownAnswer(
      counter: Array(repeating: .max, count: 4), key: [.max, .max],
      answer: [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
    KnownAnswer(
      counter: [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], key: [0xa409_3822, 0x299f_31d0],
      answer: [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]),
  ]

  @Test(arguments: knownAnswers)
  func blockGivesTheKnownAnswers(_ known: KnownAnswer) {
    let c = known.counter
    let block = PhiloxGenerator.block(counter: (c[0], c[1], c[2], c[3]), key: (known.key[0], known.key[1]))
    #expect([block.0, block.1, block.2, block.3] == known.answer)
  }

  @Test(arguments: knownAnswers)
  func lanesGiveTheKnownAnswers(_ known: KnownAnswer) {
    let c = known.counter.map { PhiloxLanes(repeating: UInt64($0)) }
    let lanes = philox((c[0], c[1], c[2], c[3]), key: (known.key[0], known.key[1]))
    for (word, answer) in Swift.zip([lanes.0, lanes.1, lanes.2, lanes.3], known.answer) {
      #expect(word == PhiloxLanes(repeating: UInt64(answer)))
    }
  }

  @Test func theStreamIsTheBlocksOfItsCounters() {
    var generator = PhiloxGenerator(key: (1, 2), stream: (3, 4, 5))
    for counter: UInt32 in 0..<5 {
      let block = PhiloxGenerator.block(counter: (counter, 3, 4, 5), key: (1, 2))
      for word in [block.0, block.1, block.2, block.3] { #expect(generator.nextWord() == word) }
    }
  }

  @Test func repeatsAndSeedsHaveKeysOfTheirOwn() {
    var keys = Set<UInt64>()
    for seed: UInt64 in [0, 1, 2, 1 << 32, .max] {
      for repeatIndex in 0..<20 {
        let key = PhiloxGenerator.key(seed: seed, repeatIndex: repeatIndex)
        keys.insert(UInt64(key.0) << 32 | UInt64(key.1))
      }
    }
    #expect(keys.count == 100)
  }

  /// 100,000 numbers: the mean's standard error is 0.0009, the variance's 0.0002, a tenth's share's 0.001.
  @Test(arguments: 0..<4)
  func uniformNumbersAreUniform(_ seed: UInt32) {
    var generator = PhiloxGenerator(key: (seed, 0), stream: (1, 2, 3))
    let numbers = (0..<100_000).map { _ in generator.nextUniform() }
    #expect(numbers.allSatisfy { $0 >= 0 && $0 < 1 })
    let moments = Moments(numbers)
    #expect(abs(moments.mean - 0.5) < 0.004)
    #expect(abs(moments.variance - 1.0 / 12) < 0.001)
    for tenth in 0..<10 {
      let share = numbers.count { Int($0 * 10) == tenth }
      #expect(abs(Double(share) / 100_000 - 0.1) < 0.005)
    }
  }

  /// 100,000 numbers: the mean's standard error is 0.003, the variance's 0.0045, the fourth moment's 0.03.
  @Test(arguments: 0..<4)
  func normalNumbersAreNormal(_ seed: UInt32) {
    var generator = PhiloxGenerator(key: (seed, 0), stream: (1, 2, 3))
    let numbers = (0..<100_000).map { _ in generator.nextNormal() }
    let moments = Moments(numbers)
    #expect(abs(moments.mean) < 0.013)
    #expect(abs(moments.variance - 1) < 0.02)
    #expect(abs(moments.skewness) < 0.04)
    #expect(abs(moments.kurtosis - 3) < 0.12)
    let withinOne = Double(numbers.count { abs($0) < 1 }) / 100_000
    #expect(abs(withinOne - 0.6827) < 0.006)
  }

  /// The four sums of the known answers for counter 0.
  @Test func nearlyNormalNumbersAreScaledSums() {
    var generator = PhiloxGenerator(key: (0, 0), stream: (0, 0, 0))
    let scale: Float = 2.642_899_8e-5
    #expect(generator.nextNearlyNormal() == Float(0xe8d5 + 0x6627 + 0xc58d + 0xe169 - 131_070) * scale)
    #expect(generator.nextNearlyNormal() == Float(0xac4c + 0xbc57 + 0xdbd8 + 0x9b00 - 131_070) * scale)
    #expect(generator.nextWord() == PhiloxGenerator.block(counter: (1, 0, 0, 0), key: (0, 0)).0)
    #expect(PhiloxGenerator.nearlyNormalSum(bits: 0) == -131_070)
    #expect(PhiloxGenerator.nearlyNormalSum(bits: .max) == 131_070)
    #expect(PhiloxGenerator.nearlyNormalSum(bits: 0x0001_0200_0030_4000) == 0x4231 - 131_070)
  }

  /// 100,000 sums of four uniform numbers, whose kurtosis is 3 - 6/5 / 4: the standard errors are as small as a normal number's.
  @Test(arguments: 0..<4)
  func nearlyNormalNumbersAreStandardised(_ seed: UInt32) {
    var generator = PhiloxGenerator(key: (seed, 0), stream: (1, 2, 3))
    let moments = Moments((0..<100_000).map { _ in Double(generator.nextNearlyNormal()) })
    #expect(abs(moments.mean) < 0.013)
    #expect(abs(moments.variance - 1) < 0.02)
    #expect(abs(moments.skewness) < 0.04)
    #expect(abs(moments.kurtosis - 2.7) < 0.12)
  }

  @Test(arguments: [1, 2, 3, 7, 100, 7352])
  func indicesCoverTheirRange(_ bound: Int) {
    var generator = PhiloxGenerator(key: (9, 9), stream: (0, 0, 0))
    let indices = (0..<(40 * bound)).map { _ in generator.nextIndex(below: bound) }
    #expect(indices.allSatisfy { $0 >= 0 && $0 < bound })
    #expect(Set(indices).count == bound)
  }
}

/// The first four moments of a sample.
private struct Moments {
  let mean, variance, skewness, kurtosis: Double

  init(_ numbers: [Double]) {
    let count = Double(numbers.count)
    let mean = numbers.reduce(0, +) / count
    func central(_ power: Int) -> Double {
      numbers.reduce(0) { sum, x in sum + (0..<power).reduce(1) { product, _ in product * (x - mean) } } / count
    }
    let variance = central(2)
    self.mean = mean
    self.variance = variance
    skewness = central(3) / (variance * variance.squareRoot())
    kurtosis = central(4) / (variance * variance)
  }
}
