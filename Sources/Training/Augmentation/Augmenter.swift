package import ActivityData
import Kernels
import NeuralNetworks

/// Changes training windows at random: a function of key, epoch, place in the epoch and the window alone.
///
/// It works on readings as they were recorded, in which three axes are one vector; the scaling that was fitted comes after.
package struct Augmenter: Sendable {
  private let settings: AugmentationSettings
  private let timeSteps: Int
  private let channels: Int
  /// What `jitter` is measured in, a signal.
  private let deviations: [Float]
  private let scaling: FeatureScaling?
  /// Points between which time passes evenly faster or slower.
  private static let warpKnots = 6

  /// - Parameters:
  ///   - settings: what `AugmentationSettings.impossibility` finds nothing against.
  ///   - deviations: a signal's standard deviation over the training windows, [C].
  ///   - scaling: what is applied afterwards.
  package init(
    _ settings: AugmentationSettings, timeSteps: Int, channels: Int, deviations: [Float], scaling: FeatureScaling?
  ) {
    precondition(settings.impossibility == nil && deviations.count == channels)
    self.settings = settings
    self.timeSteps = timeSteps
    self.channels = channels
    self.deviations = deviations
    self.scaling = scaling
  }

  /// Changes a window `[T, C]` in place; `scratch` has room for another one.
  package func apply(
    to window: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>, key: (UInt32, UInt32), epoch: Int,
    position: Int
  ) {
    var random = PhiloxGenerator(
      key: key,
      stream: (RandomPurpose.augmentation, UInt32(truncatingIfNeeded: epoch), UInt32(truncatingIfNeeded: position)))
    if settings.timeWarp > 0 { warp(window, scratch, &random) }
    if settings.rotation > 0 { rotate(window, &random) }
    if settings.scaling > 0 { scale(window, &random) }
    if settings.jitter > 0 { jitter(window, &random) }
    scaling?.apply(to: window)
  }

  /// Reads the window at times that run unevenly from its first to its last reading.
  private func warp(
    _ window: UnsafeMutablePointer<Float>, _ scratch: UnsafeMutablePointer<Float>, _ random: inout PhiloxGenerator
  ) {
    guard timeSteps > 1 else { return }
    scratch.update(from: window, count: timeSteps * channels)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: Self.warpKnots) { speeds in
      for knot in 0..<Self.warpKnots { speeds[knot] = 1 + Double(settings.timeWarp) * (2 * random.nextUniform() - 1) }
      func speed(_ step: Int) -> Double {
        let place = Double(step) / Double(timeSteps) * Double(Self.warpKnots - 1)
        let knot = min(Int(place), Self.warpKnots - 2)
        return speeds[knot] + (speeds[knot + 1] - speeds[knot]) * (place - Double(knot))
      }
      var total = 0.0
      for step in 1..<timeSteps { total += speed(step) }
      let scale = Double(timeSteps - 1) / total
      var time = 0.0
      // The first and the last reading stay.
      for step in 1..<timeSteps - 1 {
        time += speed(step) * scale
        let below = min(Int(time), timeSteps - 2)
        let share = Float(min(1, time - Double(below)))
        for channel in 0..<channels {
          let first = scratch[below * channels + channel]
          window[step * channels + channel] = first + (scratch[(below + 1) * channels + channel] - first) * share
        }
      }
    }
  }

  /// Turns all sensors by one rotation: a uniformly random axis, a uniformly random angle up to the largest. Signals behind the
  /// last three axes stay as they are.
  private func rotate(_ window: UnsafeMutablePointer<Float>, _ random: inout PhiloxGenerator) {
    var axis = SIMD3<Double>(repeating: 0)
    var length = 0.0
    repeat {
      for i in 0..<3 { axis[i] = 2 * random.nextUniform() - 1 }
      length = (axis * axis).sum()
    } while length > 1 || length < 1e-6
    axis /= length.squareRoot()
    let angle = Double(settings.rotation) * (2 * random.nextUniform() - 1) * .pi / 180
    let (sine, cosine) = Self.sineAndCosine(angle)
    // Rodrigues's formula, a row of the matrix for each axis.
    let versine = 1 - cosine
    let (x, y, z) = (axis.x, axis.y, axis.z)
    let rows = (
      SIMD3<Float>(
        SIMD3(cosine + x * x * versine, x * y * versine - z * sine, x * z * versine + y * sine)),
      SIMD3<Float>(
        SIMD3(y * x * versine + z * sine, cosine + y * y * versine, y * z * versine - x * sine)),
      SIMD3<Float>(
        SIMD3(z * x * versine - y * sine, z * y * versine + x * sine, cosine + z * z * versine))
    )
    for step in 0..<timeSteps {
      for first in stride(from: 0, to: channels - 2, by: 3) {
        let reading = window + (step * channels + first)
        let vector = SIMD3(reading[0], reading[1], reading[2])
        reading[0] = (rows.0 * vector).sum()
        reading[1] = (rows.1 * vector).sum()
        reading[2] = (rows.2 * vector).sum()
      }
    }
  }

  /// Series of sums and products alone, so that the bits are the same everywhere; exact to rounding up to a half turn.
  package static func sineAndCosine(_ angle: Double) -> (sine: Double, cosine: Double) {
    let square = angle * angle
    var (sine, cosine) = (angle, 1.0)
    var (oddTerm, evenTerm) = (angle, 1.0)
    for n in stride(from: 2, through: 30, by: 2) {
      evenTerm *= -square / Double((n - 1) * n)
      oddTerm *= -square / Double(n * (n + 1))
      cosine += evenTerm
      sine += oddTerm
    }
    return (sine, cosine)
  }

  private func scale(_ window: UnsafeMutablePointer<Float>, _ random: inout PhiloxGenerator) {
    for first in stride(from: 0, to: channels, by: 3) {
      let factor = 1 + settings.scaling * Self.normal(&random)
      for step in 0..<timeSteps {
        for channel in first..<min(first + 3, channels) { window[step * channels + channel] *= factor }
      }
    }
  }

  private func jitter(_ window: UnsafeMutablePointer<Float>, _ random: inout PhiloxGenerator) {
    deviations.withUnsafeBufferPointer { deviations in
      for step in 0..<timeSteps {
        for channel in 0..<channels {
          window[step * channels + channel] += settings.jitter * deviations[channel] * Self.normal(&random)
        }
      }
    }
  }

  /// A number of mean 0 and variance 1, nearly normal: the sum of four uniform ones, which needs no mathematics library.
  static func normal(_ random: inout PhiloxGenerator) -> Float {
    let (a, b) = (random.nextWord(), random.nextWord())
    let sum = (a & 0xFFFF) + (a >> 16) + (b & 0xFFFF) + (b >> 16)
    // Four uniform numbers in [0, 65535] have the mean 131070 and the variance (65536² - 1) / 3.
    return (Float(sum) - 131_070) * 2.642_899_8e-5
  }
}

extension RandomPurpose {
  /// The changes of an epoch's windows.
  static let augmentation: UInt32 = 0x4155_474D
}
