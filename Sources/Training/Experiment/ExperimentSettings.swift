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
    /// Numbers of epochs that were asked for before they became more; nil for none.
    package var earlierEpochs: [Int]?

    package init(name: String, network: ModelDescription, training: TrainingSettings) {
      self.name = name
      self.network = network
      self.training = training
    }

    /// The name in headings.
    package var title: String { ModelPreset(rawValue: name)?.title ?? name }
  }

  /// Which trained models a run keeps.
  package enum Keep: String, Sendable, Codable, CaseIterable {
    case none, best, all
  }

  package var models: [Model]
  /// Of each network.
  package var repeats: Int
  /// People whose windows are held out of the training windows.
  package var validationSubjects: [Int] = []
  /// Epochs without a lower validation loss after which a repeat ends; nil for never.
  package var earlyStoppingPatience: Int?
  /// Whether a repeat ends with the weights of the epoch with the lowest validation loss; nil, as where a run's file says nothing, for
  /// those of its last epoch.
  package var restoresBest: Bool?
  /// Epochs from one checkpoint to the next; 0 for none.
  package var checkpointEvery = 1
  /// How the windows are scaled, fitted on the training windows alone.
  package var scaling = ScalingMethod.none
  package var scalingGranularity = ScalingGranularity.signal
  package var keep = Keep.all
  /// Whether the windows are streamed from the store, which takes them in another order; nil for no.
  package var streams: Bool?

  /// Every repeat of every network, in the order of the results.
  package var trainings: [TrainingID] {
    models.indices.flatMap { model in (0..<repeats).map { TrainingID(model: model, repeatIndex: $0) } }
  }

  /// An experiment with the protocol's defaults.
  package init(models: [Model], repeats: Int) {
    self.models = models
    self.repeats = repeats
  }
}
