/// The six activities, by what a phone on the waist feels of them. The raw value is the number in the files.
enum Activity: Int, CaseIterable {
  case walking = 1, upstairs, downstairs, sitting, standing, laying

  /// Its part of all windows, in hundredths, about as in the real recordings.
  var share: Int {
    switch self {
    case .walking: 17
    case .upstairs: 15
    case .downstairs: 14
    case .sitting: 17
    case .standing: 18
    case .laying: 19
    }
  }

  /// How one steps; nil where one does not.
  var gait: Gait? {
    switch self {
    case .walking:
      Gait(
        tempo: 1, vertical: [0.21, 0.12, 0.05, 0.03], lateral: [0.07, 0.05, 0.03, 0.02],
        forward: [0.11, 0.07, 0.04, 0.02], turning: [0.40, 0.22, 0.11, 0.06], lean: 0.02)
    case .upstairs:
      Gait(
        tempo: 0.88, vertical: [0.19, 0.08, 0.06, 0.02], lateral: [0.09, 0.04, 0.03, 0.01],
        forward: [0.13, 0.05, 0.04, 0.02], turning: [0.52, 0.18, 0.12, 0.05], lean: 0.10)
    case .downstairs:
      Gait(
        tempo: 1.04, vertical: [0.23, 0.16, 0.10, 0.07], lateral: [0.08, 0.06, 0.05, 0.03],
        forward: [0.11, 0.09, 0.06, 0.04], turning: [0.45, 0.30, 0.17, 0.10], lean: -0.02)
    case .sitting, .standing, .laying: nil
    }
  }

  /// Swaying, fidgeting and breathing while one does not step.
  var rest: (sway: Double, frequency: Double, fidgets: Double) {
    switch self {
    case .sitting: (sway: 0.005, frequency: 0.28, fidgets: 0.004)
    case .standing: (sway: 0.011, frequency: 0.45, fidgets: 0.002)
    case .laying: (sway: 0.004, frequency: 0.24, fidgets: 0.003)
    case .walking, .upstairs, .downstairs: (sway: 0, frequency: 0, fidgets: 0)
    }
  }
}

/// How one steps: amplitudes of the first four harmonics of the step, in g and in rad/s.
struct Gait {
  /// Steps per second, as a part of the person's cadence.
  let tempo: Double
  let vertical: [Double], lateral: [Double], forward: [Double]
  let turning: [Double]
  /// How far one leans forward, in radians.
  let lean: Double
}
