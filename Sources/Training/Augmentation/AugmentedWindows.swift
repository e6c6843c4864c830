internal import Kernels
internal import NeuralNetworks
package import Windows

/// Training windows that are changed at random each time they are drawn: a function of key, epoch, place in the epoch and the window
/// alone.
///
/// The changes are made to readings as they were recorded, in which three axes are one vector; the scaling that was fitted comes after.
package struct AugmentedWindows: WindowSource {
  private let windows: any WindowSource
  private let settings: AugmentationSettings
  /// What `jitter` is measured in, per signal.
  private let deviations: [Float]
  private let scaling: FeatureScaling?
  /// Points between which time passes evenly faster or slower.
  private static let warpKnots = 6

  package var count: Int { windows.count }
  package var timeSteps: Int { windows.timeSteps }
  package var channels: Int { windows.channels }
  package var labels: [UInt8] { windows.labels }
  package var subjects: [UInt8] { windows.subjects }
  package var scratchCount: Int { settings.timeWarp > 0 ? windowCount : 0 }
  package var stream: (any WindowStream)? { windows.stream }

  /// Windows as recorded, changed by settings that are valid, and then scaled.
  ///
  /// - Parameter deviations: of each signal, [C].
  package init(
    _ windows: any WindowSource, _ settings: AugmentationSettings, scaling: FeatureScaling?, deviations: [Float]
  ) {
    self.windows = windows
    self.settings = settings
    self.scaling = scaling
    self.deviations = deviations
  }

  package func draw(
    _ draw: WindowDraw, into window: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
  ) {
    windows.draw(draw, into: window, scratch: scratch)
    var random = PhiloxGenerator(
      key: draw.key,
      stream: (
        RandomPurpose.augmentation, UInt32(truncatingIfNeeded: draw.epoch), UInt32(truncatingIfNeeded: draw.position)
      ))
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
    let (sine, cosine) = sineAndCosine(angle)
    // Rodrigues's formula, a row of the matrix for each axis.
    let versine = 1 - cosine
    let (x, y, z) = (axis.x, axis.y, axis.z)
    let rows = (
      SIMD3<Float>(SIMD3(cosine + x * x * versine, x * y * versine - z * sine, x * z * versine + y * sine)),
      SIMD3<Float>(SIMD3(y * x * versine + z * sine, cosine + y * y * versine, y * z * versine - x * sine)),
      SIMD3<Float>(SIMD3(z * x * versine - y * sine, z * y * versine + x * sine, cosine + z * z * versine))
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

  private func scale(_ window: UnsafeMutablePointer<Float>, _ random: inout PhiloxGenerator) {
    for first in stride(from: 0, to: channels, by: 3) {
      let factor = 1 + settings.scaling * random.nextNearlyNormal()
      for step in 0..<timeSteps {
        for channel in first..<min(first + 3, channels) { window[step * channels + channel] *= factor }
      }
    }
  }

  private func jitter(_ window: UnsafeMutablePointer<Float>, _ random: inout PhiloxGenerator) {
    deviations.withUnsafeBufferPointer { deviations in
      for step in 0..<timeSteps {
        for channel in 0..<channels {
          window[step * channels + channel] += settings.jitter * deviations[channel] * random.nextNearlyNormal()
        }
      }
    }
  }
}

extension WindowSet {
  /// The windows as they are where nothing is to be done to them, else changed by settings that are valid and then scaled; those of a
  /// set that is streamed as they come from the file.
  ///
  /// - Parameter deviations: of each signal, [C], where they are known; else they are computed.
  /// - Throws: where the set is streamed and its deviations can't be computed.
  package func augmented(
    by settings: AugmentationSettings, scaling: FeatureScaling? = nil, deviations: [Float]? = nil
  ) throws(StoreError) -> any WindowSource {
    let source: any WindowSource = StreamedWindows(self) ?? self
    guard settings.isActive || scaling != nil else { return source }
    var used = deviations ?? Array(repeating: 0, count: channels)
    if settings.jitter > 0, deviations == nil { used = try self.deviations }
    return AugmentedWindows(source, settings, scaling: scaling, deviations: used)
  }
}

extension RandomPurpose {
  static let augmentation: UInt32 = 0x4155_474D
}
