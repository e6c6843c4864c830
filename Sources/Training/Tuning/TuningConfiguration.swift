import Foundation

/// What `tune.json` of a search's folder holds: all that its results depend on.
public struct TuningConfiguration: Sendable, Codable, Equatable {
  /// One setting of the options that vary.
  public struct Trial: Sendable, Codable, Equatable {
    /// From 1.
    public let number: Int
    /// The varying options' values, in the order of the columns.
    public let values: [String]
    /// All options as a user would write them, the fixed ones before the varying ones.
    public let arguments: [String]
    /// What they come to, for one network.
    public let settings: ExperimentSettings
    /// Epochs after which the trial is judged, a rung each.
    public let rungEpochs: [Int]

    /// Memberwise.
    public init(
      number: Int, values: [String], arguments: [String], settings: ExperimentSettings, rungEpochs: [Int]
    ) {
      self.number = number
      self.values = values
      self.arguments = arguments
      self.settings = settings
      self.rungEpochs = rungEpochs
    }
  }

  /// The format of the folder.
  public var format = TuningConfiguration.knownFormat
  /// Names of the options that vary.
  public var parameterNames: [String]
  /// The settings to try.
  public var trials: [Trial]
  /// The training people who take turns as the ones held out.
  public var folds: [[Int]]
  /// Of the trials of a rung, one in so many goes on.
  public var reduction: Int
  /// Repeats of the protocol that the chosen setting ends with.
  public var repeats: Int
  /// The store, arithmetic and versions, as a run has them.
  public var run: RunConfiguration

  /// The format that this package writes.
  public static let knownFormat = 1

  /// A search on a store. `run` says which; its settings are those of the first trial.
  public init(
    parameterNames: [String], trials: [Trial], folds: [[Int]], reduction: Int, repeats: Int, run: RunConfiguration
  ) {
    self.parameterNames = parameterNames
    self.trials = trials
    self.folds = folds
    self.reduction = reduction
    self.repeats = repeats
    self.run = run
  }

  /// What no search can be, in a phrase; nil where all is possible.
  private var impossibility: String? {
    guard !trials.isEmpty, folds.count >= 2, reduction >= 2, (1...10_000).contains(repeats) else {
      return "a search without trials, folds or repeats"
    }
    let people = folds.joined()
    guard folds.allSatisfy({ !$0.isEmpty }), people.allSatisfy({ (1...255).contains($0) }) else {
      return "folds of people that can't be"
    }
    for trial in trials {
      if let reason = trial.settings.impossibility { return "trial \(trial.number): \(reason)" }
      let rungs = trial.rungEpochs
      guard trial.settings.models.count == 1, !rungs.isEmpty, rungs.count == trials[0].rungEpochs.count,
        zip(rungs, rungs.dropFirst()).allSatisfy({ $0 <= $1 }), rungs[0] >= 1,
        rungs.last == trial.settings.models[0].training.epochs, trial.values.count == parameterNames.count
      else { return "trial \(trial.number) has rungs or values that can't be" }
    }
    return nil
  }

  static func read(_ path: String) throws(RunFolderError) -> TuningConfiguration {
    let configuration = try RunJSON.read(TuningConfiguration.self, path, known: knownFormat)
    if let reason = configuration.impossibility { throw RunFolderError(path, .wrongConfiguration(reason: reason)) }
    return configuration
  }

  /// What a checkpoint of a trial on a fold must have been written for.
  func identity(_ job: TuningJob) throws -> String {
    struct Identity: Encodable {
      let settings: ExperimentSettings
      let fold: [Int]
      let store: String
      let arithmetic: String
    }
    let identity = Identity(
      settings: trials[job.trial].settings, fold: folds[job.fold], store: run.store.sha256, arithmetic: run.arithmetic)
    return SHA256Digest.of(try RunJSON.encode(identity, isPretty: false))
  }
}

/// One training of a search.
public struct TuningJob: Sendable, Hashable, Comparable, Codable {
  /// The trial, from 0.
  public let trial: Int
  /// The fold that is held out, from 0.
  public let fold: Int
  /// The rung, from 0.
  public let rung: Int

  /// By rung, trial and fold.
  public static func < (a: TuningJob, b: TuningJob) -> Bool {
    (a.rung, a.trial, a.fold) < (b.rung, b.trial, b.fold)
  }
}

/// What a training of a search came to.
public struct TuningResult: Sendable, Codable, Equatable {
  /// Which training.
  public let job: TuningJob
  /// Accuracy on the held-out people's windows in percent; nil where the training diverged.
  public let score: Double?
  /// The mean loss on them.
  public let loss: Double?
  /// Seconds of all its epochs so far.
  public let seconds: Double
}
