/// Which repeat of which network, both from 0 in the order of the settings.
package struct TrainingID: Sendable, Hashable, Comparable {
  package let model: Int
  package let repeatIndex: Int

  package init(model: Int, repeatIndex: Int) {
    self.model = model
    self.repeatIndex = repeatIndex
  }

  /// The repeat from 1 in the names of files, with two digits at least.
  var repeatNumber: String { (repeatIndex < 9 ? "0" : "") + "\(repeatIndex + 1)" }

  package static func < (a: TrainingID, b: TrainingID) -> Bool { (a.model, a.repeatIndex) < (b.model, b.repeatIndex) }
}
