package import NeuralNetworks
package import Windows

/// Everything that an experiment's results depend on, and how it is carried out: what `config.json` holds.
package struct ExperimentSettings: Sendable, Codable, Equatable {
  /// One network and how it is trained.
  package struct Model: Sendable, Codable, Equatable {
    /// What its results go by: a preset's name, or that of the file which describes it.
    package var name: String
    package var network: ModelDescription
    package var training: TrainingSettings
    /// SHA-256 of the weights' file that every repeat starts from; nil for fresh weights.
    package var startsFrom: String?

    package init(
      name: String, network: ModelDescription, training: TrainingSettings, startsFrom: String? = nil
    ) {
      self.name = name
      self.network = network
      self.training = training
      self.startsFrom = startsFrom
    }

    /// The name in headings.
    package var title: String { ModelPreset(rawValue: name)?.title ?? name }
  }

  /// Which trained models a run keeps.
  package enum Keep: String, Sendable, Codable, CaseIterable {
    case none
    case best
    case all
  }

  /// The networks, in the order of their results.
  package var models: [Model]
  /// Repeats of each.
  package var repeats: Int
  /// People whose windows are held out of the training windows.
  package var validationSubjects: [Int] = []
  /// Epochs without a lower validation loss after which a repeat ends; nil for never.
  package var earlyStoppingPatience: Int?
  /// Epochs from one checkpoint to the next; 0 for none.
  package var checkpointEvery = 1
  /// How the windows are scaled, fitted on the training windows alone.
  package var scaling = ScalingMethod.none
  package var scalingGranularity = ScalingGranularity.signal
  package var keep = Keep.all

  /// An experiment with the protocol's defaults.
  package init(models: [Model], repeats: Int) {
    self.models = models
    self.repeats = repeats
  }
}
