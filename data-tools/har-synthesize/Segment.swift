import Recordings
import SystemSupport

/// One stretch of one activity of one person: what the nine signals show, reading by reading.
struct Segment {
  private let person: Person
  private let activity: Activity
  private var random: RandomStream
  /// Gravity in the phone's axes, in g.
  private let gravity: Vector
  private let rotation: (pitch: Double, roll: Double)
  /// Radians a reading by which the step's phase grows.
  private let stepRate: Double
  private let oscillators: [[Oscillator]]
  private var phase: Double
  private var strength = 1.0
  private var fidget = Vector(0, 0, 0)

  typealias Vector = SIMD3<Double>

  private struct Oscillator {
    let multiple: Double
    let amplitude: Double
    let offset: Double
  }

  init(_ activity: Activity, of person: Person, random: RandomStream) {
    var random = random
    self.person = person
    self.activity = activity
    let pitch = person.pitch + random.normal(0, 0.05)
    let roll = person.roll + random.normal(0, 0.05)
    switch activity {
    case .sitting: rotation = (pitch + person.slouch + random.normal(0, 0.07), roll)
    case .laying: rotation = (pitch + random.normal(0.25, 0.35), roll + person.side * random.normal(1.45, 0.15))
    default: rotation = (pitch + (activity.gait?.lean ?? 0) + random.normal(0, 0.03), roll)
    }
    gravity = Self.rotated(Vector(1, 0, 0), rotation)

    let gait = activity.gait
    let tempo = gait?.tempo ?? 0
    stepRate = 2 * .pi * person.cadence * tempo * random.factor(0.06) / RecordingFolder.samplingRate
    let vigour = person.vigour * random.factor(0.15)
    oscillators = (0..<6).map { axis in
      guard let gait else { return Self.rest(activity, axis, &random) }
      let amplitudes = [gait.vertical, gait.lateral, gait.forward][axis % 3]
      let harmonics = axis < 3 ? amplitudes : gait.turning.map { $0 * [0.7, 1, 0.5][axis - 3] }
      var result = harmonics.enumerated().map { index, amplitude in
        Oscillator(
          multiple: Double(index + 1), amplitude: amplitude * vigour * random.factor(0.3),
          // A gait has its own shape, but people differ in it.
          offset: 0.9 * Double(index * (axis + 1)) + random.normal(0, 0.5))
      }
      result.append(
        Oscillator(
          multiple: 0.5, amplitude: harmonics[0] * vigour * person.limp, offset: random.uniform(0...6.28)))
      return result
    }
    phase = random.uniform(0...6.28)
    self.random = random
  }

  /// Slow movements while at rest; their frequency is a multiple of one radian a second.
  private static func rest(_ activity: Activity, _ axis: Int, _ random: inout RandomStream) -> [Oscillator] {
    let rest = activity.rest
    let scale = axis < 3 ? 1.0 : 2.5
    return (1...2).map { _ in
      Oscillator(
        multiple: 2 * .pi * rest.frequency * random.factor(0.3),
        amplitude: rest.sway * scale * random.factor(0.5), offset: random.uniform(0...6.28))
    }
  }

  /// The next reading: nine values in the order of a store's channels, written from `output` on.
  mutating func reading(into output: inout [Double]) {
    // At rest the phase is the time in seconds.
    phase += activity.gait == nil ? 1 / RecordingFolder.samplingRate : stepRate * random.factor(0.05)
    strength += 0.02 * (1 - strength) + random.normal(0, 0.015)
    fidget = 0.93 * fidget
    fidget += activity.rest.fidgets * Vector(random.normal(), random.normal(), random.normal())

    var values = [0.0, 0, 0, 0, 0, 0]
    for axis in 0..<6 {
      var sum = 0.0
      for oscillator in oscillators[axis] {
        sum += oscillator.amplitude * sin(oscillator.multiple * phase + oscillator.offset)
      }
      values[axis] = strength * sum
    }
    let felt = Self.rotated(Vector(values[0], values[1], values[2]) + fidget, rotation)
    for axis in 0..<3 {
      let body = felt[axis] + random.normal(0, person.accelerometerNoise)
      output[axis] = gravity[axis] + body
      output[3 + axis] = body
      output[6 + axis] =
        values[3 + axis] + 4 * fidget[axis] + person.gyroscopeBias[axis] + random.normal(0, person.gyroscopeNoise)
    }
  }

  /// `vector` turned about the lateral axis and then about the forward one.
  private static func rotated(_ vector: Vector, _ rotation: (pitch: Double, roll: Double)) -> Vector {
    let (cp, sp) = (cos(rotation.pitch), sin(rotation.pitch))
    let (cr, sr) = (cos(rotation.roll), sin(rotation.roll))
    let pitched = Vector(cp * vector.x - sp * vector.z, vector.y, sp * vector.x + cp * vector.z)
    return Vector(cr * pitched.x - sr * pitched.y, sr * pitched.x + cr * pitched.y, pitched.z)
  }
}
