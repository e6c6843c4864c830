package import SystemSupport
package import Windows

/// The windows of an experiment: training, validation (people held out of the training windows) and test.
package struct ExperimentData: Sendable {
  /// What the networks learn from; as recorded where they are augmented, else scaled.
  package let train: WindowSet
  package let validation: WindowSet?
  package let test: WindowSet
  package let scaling: FeatureScaling?
  /// The weights that every repeat of a network starts from, by the network's place in the settings.
  package var startingWeights: [Int: [Float]] = [:]
  private let isTrainScaled: Bool
  /// Of each signal of the training windows, [C]; nil where no network's windows are jittered.
  private let deviations: [Float]?

  /// Why windows can't be split or scaled as asked for.
  package enum SelectionError: UserFacingError, Equatable {
    case noSuchSubjects([Int], available: [Int])
    case nobodyLeft
    /// Windows of another shape than the scaling's.
    case otherShape(reason: String)
    /// Windows that are streamed.
    case unreadable(StoreError)

    package var exitStatus: ExitStatus {
      switch self {
      case .noSuchSubjects, .nobodyLeft: .usage
      case .otherShape: .data
      case .unreadable(let error): error.exitStatus
      }
    }

    package var message: String {
      func list(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: ", ") }
      return switch self {
      case .noSuchSubjects(let unknown, let available):
        "--validation-subjects: no training windows of \(list(unknown)); expected among \(list(available))"
      case .nobodyLeft: "--validation-subjects: names everybody; somebody must be left to learn from"
      case .otherShape(let reason): "the training windows' scaling \(reason)"
      case .unreadable(let error): error.message
      }
    }
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
    let isJittered = settings.models.contains { $0.training.augmentation.jitter > 0 }
    let fit: FeatureScaling?
    do throws(StoreError) {
      deviations = isJittered ? try left.deviations : nil
      if let fitted { fit = fitted } else { fit = try Self.fit(settings, to: left) }
    } catch {
      throw .unreadable(error)
    }
    guard let scaling = fit else {
      (self.train, self.validation, self.test, self.scaling) = (left, validation, test, nil)
      return
    }
    func scaled(_ windows: WindowSet) throws(SelectionError) -> WindowSet {
      do throws(FeatureScaling.Mismatch) {
        guard isOnlyUse, !windows.isStreamed else { return try scaling.scaled(windows) }
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

  private static func fit(
    _ settings: ExperimentSettings, to windows: WindowSet
  ) throws(StoreError) -> FeatureScaling? {
    settings.scaling == .none ? nil : try .fit(settings.scaling, settings.scalingGranularity, to: windows)
  }

  /// The training windows as a network sees them: augmented and then scaled where any network of the experiment is augmented.
  ///
  /// - Throws: where they are streamed and can't be read.
  package func trainingWindows(_ training: TrainingSettings) throws(StoreError) -> any WindowSource {
    let scaling = isTrainScaled ? nil : scaling
    return try train.augmented(by: training.augmentation, scaling: scaling, deviations: deviations)
  }
}
