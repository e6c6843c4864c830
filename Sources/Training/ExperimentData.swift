public import ActivityData

/// The windows of an experiment: training, validation (people held out of the training windows) and test.
public struct ExperimentData: Sendable {
  /// What the networks learn from.
  public let train: TrainingData
  /// The held-out people's windows; nil for none.
  public let validation: TrainingData?
  /// What the networks are scored on.
  public let test: TrainingData

  /// What is wrong with a choice of validation people.
  public enum SelectionError: Error, Equatable {
    /// People who have no training windows, with those who have.
    case noSuchSubjects([Int], available: [Int])
    /// No one would be left to learn from.
    case nobodyLeft
  }

  /// Splits the training windows by person.
  public init(train: WindowSet, test: WindowSet, validationSubjects: [Int] = []) throws(SelectionError) {
    let available = Set(train.subjects.map { Int($0) })
    let unknown = validationSubjects.filter { !available.contains($0) }
    guard unknown.isEmpty else { throw .noSuchSubjects(unknown, available: available.sorted()) }
    guard !available.subtracting(validationSubjects).isEmpty else { throw .nobodyLeft }
    let held = Set(validationSubjects)
    self.train = TrainingData(held.isEmpty ? train : train.selecting { !held.contains($0) })
    validation = held.isEmpty ? nil : TrainingData(train.selecting { held.contains($0) })
    self.test = TrainingData(test)
  }
}

extension WindowSet {
  /// The windows of some people, in their order.
  public func selecting(_ isChosen: (_ subject: Int) -> Bool) -> WindowSet {
    let rows = subjects.indices.filter { isChosen(Int(subjects[$0])) }
    let size = timeSteps * channels
    var chosen: [Float] = []
    chosen.reserveCapacity(rows.count * size)
    for row in rows { chosen += features[row * size..<(row + 1) * size] }
    return WindowSet(
      timeSteps: timeSteps, channels: channels, features: chosen, labels: rows.map { labels[$0] },
      subjects: rows.map { subjects[$0] })
  }
}
