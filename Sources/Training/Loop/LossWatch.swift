/// Watches a loss over epochs: counts how long it has not fallen.
package struct LossWatch: Sendable, Codable, Equatable {
  /// The lowest loss so far.
  package private(set) var best: Double?
  package private(set) var epochsSinceBest = 0

  /// Takes an epoch's loss.
  package mutating func observe(_ loss: Double) {
    if let best, !(loss < best) {
      epochsSinceBest += 1
    } else {
      best = loss
      epochsSinceBest = 0
    }
  }

  /// Counts anew; the lowest loss stays.
  mutating func restart() { epochsSinceBest = 0 }
}
