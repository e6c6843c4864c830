/// How the learning rate goes on from where it starts.
public enum LearningRateSchedule: String, Sendable, Codable, CaseIterable {
  /// The same throughout.
  case constant
  /// Half a cosine from the full rate to zero over all steps: Loshchilov & Hutter (2017), without restarts.
  case cosine
  /// Halved whenever the watched loss has not fallen for two epochs, down to a hundredth of the start.
  case onPlateau = "on-plateau"

  /// The rate's factor at a step of `total` (from 0).
  package func factor(step: Int, total: Int) -> Double {
    guard self == .cosine, total > 0 else { return 1 }
    return 0.5 * (1 + Self.cosineOfPi(times: min(1, Double(step) / Double(total))))
  }

  /// cos(πu) for u in 0...1 as 1 - 2 sin²(πu / 2) by its series: no mathematics library, so the same bits everywhere.
  private static func cosineOfPi(times u: Double) -> Double {
    let x = Double.pi * u / 2
    var term = x
    var sine = x
    for n in stride(from: 3, through: 25, by: 2) {
      term *= -x * x / Double(n * (n - 1))
      sine += term
    }
    return 1 - 2 * sine * sine
  }
}
