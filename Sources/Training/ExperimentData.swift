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
    /// Test windows of another shape than the training windows.
    case otherShape(reason: String)
  }

  /// Splits the training windows by person, and scales all windows as fitted to those that are left to learn from.
  public init(
    train: WindowSet, test: WindowSet, settings: ExperimentSettings
  ) throws(SelectionError) {
    let subjects = settings.validationSubjects
    let available = Set(train.subjects.map { Int($0) })
    let unknown = subjects.filter { !available.contains($0) }
    guard unknown.isEmpty else { throw .noSuchSubjects(unknown, available: available.sorted()) }
    guard !available.subtracting(subjects).isEmpty else { throw .nobodyLeft }
    let held = Set(subjects)
    let left = held.isEmpty ? train : train.selecting { !held.contains($0) }
    let scaling = FeatureScaling.fit(settings.scaling, settings.scalingGranularity, to: left)
    let applied = settings.scaling == .none ? nil : scaling
    func scaled(_ windows: WindowSet) throws(SelectionError) -> TrainingData {
      do throws(FeatureScaling.Mismatch) {
        return TrainingData(try scaling.scaled(windows), scaling: applied)
      } catch {
        throw .otherShape(reason: error.reason)
      }
    }
    // Augmentation needs the readings as they were recorded.
    let isAugmented = settings.models.contains { $0.training.augmentation.isActive }
    self.train = isAugmented ? TrainingData(left, scaling: applied, isRaw: true) : try scaled(left)
    validation = held.isEmpty ? nil : try scaled(train.selecting { held.contains($0) })
    self.test = try scaled(test)
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
