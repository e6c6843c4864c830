package import Windows

/// The windows of an experiment: training, validation (people held out of the training windows) and test.
package struct ExperimentData: Sendable {
  /// What the networks learn from; as recorded where they are augmented, else scaled.
  package let train: WindowSet
  /// The held-out people's windows; nil for none.
  package let validation: WindowSet?
  /// What the networks are scored on.
  package let test: WindowSet
  /// What the windows are scaled by; nil for none.
  package let scaling: FeatureScaling?
  /// The weights that every repeat of a network starts from, by the network's place in the settings.
  package var startingWeights: [Int: [Float]] = [:]
  private let isTrainScaled: Bool

  /// What is wrong with a choice of validation people.
  package enum SelectionError: Error, Equatable {
    /// People who have no training windows, with those who have.
    case noSuchSubjects([Int], available: [Int])
    /// No one would be left to learn from.
    case nobodyLeft
    /// Test windows of another shape than the training windows.
    case otherShape(reason: String)
  }

  /// Splits the training windows by person, and scales all windows as fitted to those that are left to learn from.
  ///
  /// - Parameters:
  ///   - isOnlyUse: whether nobody else wants the windows, which are then scaled in their place instead of being copied.
  ///   - scaling: a scaling that was fitted before, in place of the settings'.
  package init(
    train: WindowSet, test: WindowSet, settings: ExperimentSettings, isOnlyUse: Bool,
    scaling fitted: FeatureScaling? = nil
  ) throws(SelectionError) {
    let available = Set(train.subjects.map { Int($0) })
    let held = Set(settings.validationSubjects)
    let unknown = settings.validationSubjects.filter { !available.contains($0) }
    guard unknown.isEmpty else { throw .noSuchSubjects(unknown, available: available.sorted()) }
    guard !available.subtracting(held).isEmpty else { throw .nobodyLeft }
    let left = held.isEmpty ? train : train.selecting { !held.contains($0) }
    let validation = held.isEmpty ? nil : train.selecting { held.contains($0) }
    // Augmentation needs the readings as they were recorded.
    isTrainScaled = !settings.models.contains { $0.training.augmentation.isActive }
    guard let scaling = fitted ?? Self.fit(settings, to: left) else {
      (self.train, self.validation, self.test, self.scaling) = (left, validation, test, nil)
      return
    }
    func scaled(_ windows: WindowSet) throws(SelectionError) -> WindowSet {
      do throws(FeatureScaling.Mismatch) {
        guard isOnlyUse else { return try scaling.scaled(windows) }
        try scaling.scale(windows)
        return windows
      } catch {
        throw .otherShape(reason: error.reason)
      }
    }
    self.scaling = scaling
    self.train = isTrainScaled ? try scaled(left) : left
    self.validation = try validation.map { windows throws(SelectionError) in try scaled(windows) }
    self.test = try scaled(test)
  }

  private static func fit(_ settings: ExperimentSettings, to windows: WindowSet) -> FeatureScaling? {
    settings.scaling == .none ? nil : .fit(settings.scaling, settings.scalingGranularity, to: windows)
  }

  /// The training windows as a network sees them: augmented and then scaled where any network of the experiment is augmented.
  package func trainingWindows(_ training: TrainingSettings) -> any WindowSource {
    let scaling = isTrainScaled ? nil : scaling
    guard training.augmentation.isActive || scaling != nil else { return train }
    return AugmentedWindows(train, training.augmentation, scaling: scaling)
  }
}
