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
    // (1 + cos πu) / 2 with cos πu = 1 - 2 sin²(πu / 2).
    let sine = sineAndCosine(.pi * min(1, Double(step) / Double(total)) / 2).sine
    return 0.5 * (1 + (1 - 2 * sine * sine))
  }
}
