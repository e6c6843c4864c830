import Foundation
import Kernels
import NeuralNetworks
import SystemSupport
import Testing
import Training
import Windows

/// What augmentation does to windows.
@Suite struct AugmentationTests {
  static let timeSteps = 32
  static let channels = 9

  /// A window of waves, and of another one per seed.
  private func window(_ seed: UInt32) -> [Float] {
    var random = PhiloxGenerator(key: (seed, 7), stream: (0, 0, 0))
    return (0..<Self.timeSteps * Self.channels).map { _ in Float(2 * random.nextUniform() - 1) }
  }

  private func changed(
    _ window: [Float], position: Int = 0, epoch: Int = 0, scaling: FeatureScaling? = nil,
    _ adjust: (inout AugmentationSettings) -> Void
  ) -> [Float] {
    var settings = AugmentationSettings()
    adjust(&settings)
    let source = AugmentedWindows(
      WindowSet(
        timeSteps: Self.timeSteps, channels: Self.channels, features: window, labels: [0], subjects: [1]), settings,
      scaling: scaling, deviations: (0..<Self.channels).map { Float($0 + 1) })
    let buffer = AlignedBuffer(count: window.count)
    let scratch = AlignedBuffer(count: source.scratchCount)
    source.draw(
      WindowDraw(index: 0, key: (1, 2), epoch: epoch, position: position), into: buffer.address,
      scratch: scratch.address)
    return buffer.array
  }

  private func vectors(_ window: [Float]) -> [SIMD3<Float>] {
    stride(from: 0, to: window.count, by: 3).map { SIMD3(window[$0], window[$0 + 1], window[$0 + 2]) }
  }

  @Test func rotationTurnsAllVectorsAlike() {
    for position in 0..<50 {
      let original = window(UInt32(position))
      let turned = changed(original, position: position) { $0.rotation = 30 }
      #expect(turned != original)
      let (before, after) = (vectors(original), vectors(turned))
      for i in before.indices {
        // Lengths and angles between any two stay; no vector moves by more than the chord of the largest angle.
        let j = (i * 7 + 3) % before.count
        #expect(abs((before[i] * before[j]).sum() - (after[i] * after[j]).sum()) < 1e-5)
        let moved = after[i] - before[i]
        #expect((moved * moved).sum() <= 4 * 0.067 * (before[i] * before[i]).sum() + 1e-6)
      }
    }
    #expect(
      changed(window(1), position: 1) { $0.rotation = 30 } != changed(window(1), position: 2) { $0.rotation = 30 })
    #expect(changed(window(1), epoch: 1) { $0.rotation = 30 } != changed(window(1), epoch: 2) { $0.rotation = 30 })
  }

  @Test func rotationKeepsTheHandedness() {
    let axes: [Float] = (0..<Self.timeSteps).flatMap { _ in [1, 0, 0, 0, 1, 0, 0, 0, 1] as [Float] }
    let v = vectors(changed(axes) { $0.rotation = 180 })
    let cross = SIMD3(
      v[0].y * v[1].z - v[0].z * v[1].y, v[0].z * v[1].x - v[0].x * v[1].z, v[0].x * v[1].y - v[0].y * v[1].x)
    #expect(((cross - v[2]) * (cross - v[2])).sum() < 1e-10)
  }

  /// The series against the mathematics library's functions.
  @Test(arguments: stride(from: -Double.pi, through: .pi, by: 0.0314).map { $0 } + [-1e-9, 0, 1e-300])
  func sineAndCosineAreTheRealOnes(_ angle: Double) {
    let (sine, cosine) = sineAndCosine(angle)
    #expect(abs(sine - sin(angle)) < 2e-15)
    #expect(abs(cosine - cos(angle)) < 2e-15)
  }

  @Test func jitterHasTheDeviationThatWasAskedFor() {
    var sums = Array(repeating: (0.0, 0.0), count: Self.channels)
    let windows = 400
    for position in 0..<windows {
      let noise = changed(Array(repeating: 0, count: Self.timeSteps * Self.channels), position: position) {
        $0.jitter = 0.5
      }
      for (index, value) in noise.enumerated() {
        sums[index % Self.channels].0 += Double(value)
        sums[index % Self.channels].1 += Double(value) * Double(value)
      }
    }
    let count = Double(windows * Self.timeSteps)
    for (channel, sum) in sums.enumerated() {
      let expected = 0.5 * Double(channel + 1)
      let deviation = (sum.1 / count).squareRoot()
      // Five standard errors of 12,800 readings.
      #expect(abs(deviation / expected - 1) < 0.03)
      #expect(abs(sum.0 / count) < 5 * expected / count.squareRoot())
    }
  }

  @Test func scalingIsOneFactorPerSensor() {
    var factors: [Double] = []
    for position in 0..<2000 {
      let scaled = changed(Array(repeating: 1, count: Self.timeSteps * Self.channels), position: position) {
        $0.scaling = 0.1
      }
      for sensor in 0..<3 {
        let values = Set(scaled.indices.filter { $0 % 9 / 3 == sensor }.map { scaled[$0] })
        #expect(values.count == 1)
        factors.append(Double(values.first ?? 0))
      }
    }
    let mean = factors.reduce(0, +) / Double(factors.count)
    let variance = factors.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(factors.count)
    #expect(abs(mean - 1) < 0.007)
    #expect(abs(variance.squareRoot() - 0.1) < 0.006)
  }

  @Test func timeWarpKeepsTheEndsAndTheOrderOfTime() {
    let ramp: [Float] = (0..<Self.timeSteps).flatMap { Array(repeating: Float($0), count: Self.channels) }
    for position in 0..<100 {
      let warped = changed(ramp, position: position) { $0.timeWarp = 0.9 }
      let times = (0..<Self.timeSteps).map { warped[$0 * Self.channels] }
      #expect(times.first == 0)
      #expect(times.last == Float(Self.timeSteps - 1))
      #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
      #expect(warped.indices.allSatisfy { warped[$0] == times[$0 / Self.channels] })
    }
  }

  /// The last step is no jump: time runs between 1 - 0.2 and 1 + 0.2 of its speed, less what brings it to the end.
  @Test func timeWarpRunsEvenlyToTheEnd() {
    let ramp = (0..<(Self.timeSteps * Self.channels)).map { Float($0 / Self.channels) }
    for position in 0..<20 {
      let warped = changed(ramp, position: position) { $0.timeWarp = 0.2 }
      let times = (0..<Self.timeSteps).map { warped[$0 * Self.channels] }
      for (time, next) in zip(times, times.dropFirst()) {
        #expect((0.8 / 1.2 - 1e-4...1.2 / 0.8 + 1e-4).contains(next - time))
      }
    }
  }

  @Test func scalingComesAfterwards() throws {
    let set = WindowSet(
      timeSteps: Self.timeSteps, channels: Self.channels, features: window(1) + window(2), labels: [0, 1],
      subjects: [1, 2])
    let scaling = try FeatureScaling.fit(.normalize, .signal, to: set)
    let rotated = changed(window(1)) { $0.rotation = 90 }
    let both = changed(window(1), scaling: scaling) { $0.rotation = 90 }
    let expected = try scaling.scaled(
      WindowSet(timeSteps: Self.timeSteps, channels: Self.channels, features: rotated, labels: [0], subjects: [1]))
    #expect(both == expected.features(of: 0))
  }

  @Test(arguments: ModelPreset.allCases)
  func sameBitsAtAnyNumberOfThreads(_ preset: ModelPreset) throws {
    func bits(_ threads: Int, _ strength: Float = 1) throws -> [UInt32] {
      try trainedBits(preset, threads: threads) {
        $0.augmentation.jitter = 0.1 * strength
        $0.augmentation.scaling = 0.1 * strength
        $0.augmentation.rotation = 20 * strength
        $0.augmentation.timeWarp = 0.3 * strength
      }
    }
    let one = try bits(1)
    for threads in [2, 3, 16] { #expect(try bits(threads) == one) }
    #expect(try bits(1, 0) != one)
    #expect(try bits(1, 0) == trainedBits(preset, threads: 1))
  }

  @Test func impossibleStrengthsAreNamed() throws {
    var settings = AugmentationSettings()
    try settings.validate()
    settings.timeWarp = 1
    #expect(throws: SettingsError.self) { try settings.validate() }
    settings.timeWarp = 0
    settings.jitter = .nan
    let error = try #require(throws: SettingsError.self) { try settings.validate() }
    #expect(error.message.contains("jitter"))
    var training = TrainingSettings(epochs: 1, seed: 1)
    try training.validate()
    training.augmentation = settings
    #expect(throws: error) { try training.validate() }
  }

  @Test(arguments: [1, 3, 4, 9])
  func rotationWantsThreeAxesPerSensor(_ channels: Int) throws {
    var training = TrainingSettings(epochs: 1, seed: 1)
    training.augmentation.rotation = 30
    var sizes = toySizes(.lstm)
    sizes.channels = channels
    let network = try ModelPreset.lstm.description(sizes)
    let settings = ExperimentSettings(
      models: [.init(name: "lstm", network: network, training: training)], repeats: 1)
    guard channels % 3 != 0 else { return try settings.validate() }
    let error = #expect(throws: SettingsError.self) { try settings.validate() }
    #expect(error?.message.contains("rotation") == true)
  }
}
