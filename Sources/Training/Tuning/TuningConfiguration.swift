/// What `tune.json` of a search's folder holds: all that its results depend on.
package struct TuningConfiguration: FolderConfiguration, Equatable {
  /// One setting of the options that vary.
  package struct Trial: Sendable, Codable, Equatable {
    /// From 1.
    package let number: Int
    /// The varying options' values, in the order of `parameterNames`.
    package let values: [String]
    /// All options as a user would write them, the fixed ones before the varying ones.
    package let arguments: [String]
    /// What they come to, for one network.
    package let settings: ExperimentSettings
    /// Epochs after which the trial is judged, a rung each.
    package let rungEpochs: [Int]

    package init(
      number: Int, values: [String], arguments: [String], settings: ExperimentSettings, rungEpochs: [Int]
    ) {
      self.number = number
      self.values = values
      self.arguments = arguments
      self.settings = settings
      self.rungEpochs = rungEpochs
    }

    /// The one network and how it is trained.
    package var model: ExperimentSettings.Model { settings.models[0] }
  }

  package var format = TuningConfiguration.knownFormat
  /// Names of the options that vary.
  package var parameterNames: [String]
  package var trials: [Trial]
  /// The training people who take turns as the ones held out.
  package var folds: [[Int]]
  /// Of the trials of a rung, one in so many goes on.
  package var reduction: Int
  /// Repeats of the protocol that the chosen setting ends with.
  package var repeats: Int
  /// The store, arithmetic and versions, and when the search began, as a run has them.
  package var run: RunConfiguration

  package var began: Moment? {
    get { run.began }
    set { run.began = newValue }
  }

  package static let fileName = "tune.json"
  package static let knownFormat = 3

  /// A search on the store of `run`, whose settings are those of the first trial.
  package init(
    parameterNames: [String], trials: [Trial], folds: [[Int]], reduction: Int, repeats: Int, run: RunConfiguration
  ) {
    self.parameterNames = parameterNames
    self.trials = trials
    self.folds = folds
    self.reduction = reduction
    self.repeats = repeats
    self.run = run
  }

  package func validate() throws(SettingsError) {
    guard !trials.isEmpty, SettingsRange.folds.contains(folds.count), SettingsRange.reduction.contains(reduction),
      SettingsRange.repeats.contains(repeats)
    else {
      throw SettingsError("a search without trials, folds or repeats")
    }
    guard folds.allSatisfy({ !$0.isEmpty }), folds.joined().allSatisfy(SettingsRange.subjects.contains) else {
      throw SettingsError("folds of people that can't be")
    }
    for trial in trials {
      do throws(SettingsError) {
        try trial.settings.validate()
      } catch {
        throw SettingsError("trial \(trial.number): \(error.message)")
      }
      let rungs = trial.rungEpochs
      guard trial.settings.models.count == 1, !rungs.isEmpty, rungs.count == trials[0].rungEpochs.count,
        zip(rungs, rungs.dropFirst()).allSatisfy({ $0 <= $1 }), rungs[0] >= 1,
        rungs.last == trial.model.training.epochs, trial.values.count == parameterNames.count
      else { throw SettingsError("trial \(trial.number) has rungs or values that can't be") }
    }
  }

  package typealias Result = TuningResult

  package var subfolders: [String] { [""] }

  /// The same on all rungs, each of which goes on from the one before.
  package func checkpointName(_ job: TuningJob) -> String {
    "/checkpoints/trial-\(job.trial + 1)-fold-\(job.fold + 1)"
  }

  package func identity(_ job: TuningJob) throws -> String {
    struct Identity: Encodable {
      let settings: ExperimentSettings
      let fold: [Int]
      let store: String
      let arithmetic: String
    }
    return try RunJSON.digest(
      Identity(
        settings: trials[job.trial].settings, fold: folds[job.fold], store: run.store.sha256,
        arithmetic: run.arithmetic))
  }
}

/// One training of a search.
package struct TuningJob: Sendable, Hashable, Comparable, Codable {
  /// All from 0; the fold is the one that is held out.
  package let trial: Int
  package let fold: Int
  package let rung: Int

  package static func < (a: TuningJob, b: TuningJob) -> Bool {
    (a.rung, a.trial, a.fold) < (b.rung, b.trial, b.fold)
  }
}

/// What a training of a search came to.
package struct TuningResult: Sendable, Codable, Equatable {
  package let job: TuningJob
  /// Accuracy on the held-out people's windows in percent; nil where the training diverged.
  package let score: Double?
  package let loss: Double?
  /// Seconds of all its epochs so far.
  package let seconds: Double
}
