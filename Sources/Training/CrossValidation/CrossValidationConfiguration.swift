internal import NeuralNetworks
internal import SystemSupport

/// What `cross-validation.json` holds: one network, how it is trained, and the groups of people who take turns as those it is judged
/// on. A job's network is its fold, both from 0.
package struct CrossValidationConfiguration: FolderConfiguration {
  package var format = CrossValidationConfiguration.knownFormat
  /// People held out, a fold each; nobody is in two.
  package var folds: [[Int]]
  /// Whether the people of the test split take part; else those of the training split alone.
  package var takesAllPeople: Bool
  /// The store, arithmetic, versions and beginning as a run has them, and its one network.
  package var run: RunConfiguration

  package var began: Moment? {
    get { run.began }
    set { run.began = newValue }
  }

  package static let fileName = "cross-validation.json"
  package static let knownFormat = 1

  package init(folds: [[Int]], takesAllPeople: Bool, run: RunConfiguration) {
    self.folds = folds
    self.takesAllPeople = takesAllPeople
    self.run = run
  }

  package var model: ExperimentSettings.Model { run.settings.models[0] }
  package var repeats: Int { run.settings.repeats }

  /// Every repeat of every fold, fold by fold.
  package var trainings: [TrainingID] {
    folds.indices.flatMap { fold in (0..<repeats).map { TrainingID(model: fold, repeatIndex: $0) } }
  }

  package func validate() throws(SettingsError) {
    try run.validate()
    guard run.settings.models.count == 1 else { throw SettingsError("a cross-validation of several networks") }
    guard run.settings.validationSubjects.isEmpty else {
      throw SettingsError("validation people in a cross-validation, whose folds hold people out themselves")
    }
    let people = folds.joined()
    guard (2...256).contains(folds.count), folds.allSatisfy({ !$0.isEmpty }), Set(people).count == people.count,
      people.allSatisfy(SettingsRange.subjects.contains)
    else { throw SettingsError("folds of people that can't be") }
  }

  package typealias Result = RepeatRecord

  package var subfolders: [String] { [""] }

  package func checkpointName(_ id: TrainingID) -> String {
    "/checkpoints/fold-\(id.model + 1)-repeat-\(id.repeatIndex + 1)"
  }

  package func identity(_ id: TrainingID) throws -> String {
    struct Identity: Encodable {
      let settings: ExperimentSettings
      let fold: [Int]
      let takesAllPeople: Bool
      let repeatIndex: Int
      let store: String
      let arithmetic: String
    }
    var settings = run.settings
    // A repeat is the same, however many there are.
    settings.repeats = 1
    return try RunJSON.digest(
      Identity(
        settings: settings, fold: folds[id.model], takesAllPeople: takesAllPeople, repeatIndex: id.repeatIndex,
        store: run.store.sha256, arithmetic: run.arithmetic))
  }
}
