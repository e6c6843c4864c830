/// Which repeat of which network.
package struct TrainingID: Sendable, Hashable, Comparable {
  /// The network's place in the settings.
  package let model: Int
  /// The repeat, from 0.
  package let repeatIndex: Int

  package init(model: Int, repeatIndex: Int) {
    self.model = model
    self.repeatIndex = repeatIndex
  }

  /// By network, then by repeat.
  package static func < (a: TrainingID, b: TrainingID) -> Bool { (a.model, a.repeatIndex) < (b.model, b.repeatIndex) }
}
