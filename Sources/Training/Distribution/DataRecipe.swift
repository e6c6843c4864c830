internal import Windows

/// Which of a store's windows a training learns from and is judged on, so that another process finds the same.
package struct DataRecipe: Sendable, Codable, Equatable {
  /// What the store's windows are divided into.
  package enum Division: Sendable, Codable, Equatable {
    /// The store's two splits.
    case splits
    /// People who are held out, of the training windows or of both splits, and everybody else.
    case holdingOut([Int], ofBothSplits: Bool)
  }

  package let division: Division
  package let settings: ExperimentSettings
  /// A scaling that was fitted before, as JSON; nil where it is fitted here, or there is none.
  package let scaling: String?

  package init(_ division: Division, _ settings: ExperimentSettings, scaling: String? = nil) {
    self.division = division
    self.settings = settings
    self.scaling = scaling
  }

  /// The windows, divided and scaled; the store's stay as they are.
  ///
  /// Throws ``ExperimentData/SelectionError``, or what is wrong with the scaling.
  package func data(_ store: StoreWindows) throws -> ExperimentData {
    let scaling = try scaling.map { try FeatureScaling(jsonText: $0) }
    switch division {
    case .splits:
      return try ExperimentData(
        train: store.train, test: store.test, settings: settings, isOnlyUse: false, scaling: scaling)
    case .holdingOut(let people, let ofBothSplits):
      let held = Set(people)
      let windows = ofBothSplits ? store.all : store.train
      return try ExperimentData(
        train: windows.selecting { !held.contains($0) }, test: windows.selecting { held.contains($0) },
        settings: settings, isOnlyUse: false, scaling: scaling)
    }
  }
}
