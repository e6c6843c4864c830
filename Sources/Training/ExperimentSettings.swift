public import ActivityData
public import NeuralNetworks

/// Everything that an experiment's results depend on, and how it is carried out: what `config.json` holds.
public struct ExperimentSettings: Sendable, Codable, Equatable {
  /// One network and how it is trained.
  public struct Model: Sendable, Codable, Equatable {
    /// The network.
    public var configuration: ModelConfiguration
    /// How it is trained.
    public var training: TrainingSettings

    /// Memberwise.
    public init(configuration: ModelConfiguration, training: TrainingSettings) {
      self.configuration = configuration
      self.training = training
    }
  }

  /// Which trained models a run keeps.
  public enum Keep: String, Sendable, Codable, CaseIterable {
    case none
    case best
    case all
  }

  /// The networks, in the order of their results.
  public var models: [Model]
  /// Repeats of each.
  public var repeats: Int
  /// People whose windows are held out of the training windows.
  public var validationSubjects: [Int] = []
  /// Epochs without a lower validation loss after which a repeat ends; nil for never.
  public var earlyStoppingPatience: Int?
  /// Epochs from one checkpoint to the next; 0 for none.
  public var checkpointEvery = 1
  /// How the windows are scaled, fitted on the training windows alone.
  public var scaling = ScalingMethod.none
  /// What the scaling counts as a feature.
  public var scalingGranularity = ScalingGranularity.signal
  /// Which models are kept.
  public var keep = Keep.all

  /// An experiment with the protocol's defaults.
  public init(models: [Model], repeats: Int) {
    self.models = models
    self.repeats = repeats
  }
}

/// Which repeat of which network.
public struct TrainingID: Sendable, Hashable, Comparable {
  /// The network's place in the settings.
  public let model: Int
  /// The repeat, from 0.
  public let repeatIndex: Int

  /// Memberwise.
  public init(model: Int, repeatIndex: Int) {
    self.model = model
    self.repeatIndex = repeatIndex
  }

  /// By network, then by repeat.
  public static func < (a: TrainingID, b: TrainingID) -> Bool { (a.model, a.repeatIndex) < (b.model, b.repeatIndex) }
}
