import ArgumentParser
import Training

/// Who is held out of training, and what that decides.
struct ValidationOptions: ParsableArguments {
  @Option(help: ArgumentHelp("People whose windows are held out of training, such as 3,7.", valueName: "LIST"))
  var validationSubjects: SubjectList = SubjectList(subjects: [])

  @Option(
    help: ArgumentHelp("Epochs without a lower validation loss after which a repeat ends.", valueName: "PATIENCE"))
  var earlyStopping: Int?

  @Flag(
    inversion: .prefixedNo,
    help: ArgumentHelp(
      "End with the weights of the epoch with the lowest validation loss. (default: where --early-stopping is given)"))
  var restoreBest: Bool?

  func validate() throws {
    if let earlyStopping {
      try require(earlyStopping, in: SettingsRange.patience, "--early-stopping")
      guard !validationSubjects.subjects.isEmpty else {
        throw ValidationError("--early-stopping: needs --validation-subjects")
      }
    }
    guard restoreBest != true || !validationSubjects.subjects.isEmpty else {
      throw ValidationError("--restore-best: needs --validation-subjects")
    }
  }

  /// Puts into an experiment what is asked for.
  func apply(to settings: inout ExperimentSettings) {
    settings.validationSubjects = validationSubjects.subjects
    settings.earlyStoppingPatience = earlyStopping
    if restoreBest ?? (earlyStopping != nil) { settings.restoresBest = true }
  }
}

/// People by number, separated by commas.
struct SubjectList: ExpressibleByArgument {
  let subjects: [Int]

  init(subjects: [Int]) { self.subjects = subjects }

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Int($0) }
    guard numbers.count == parts.count, numbers.allSatisfy(SettingsRange.subjects.contains) else { return nil }
    subjects = Set(numbers).sorted()
  }

  var defaultValueDescription: String { "none" }
}
