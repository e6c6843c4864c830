import ArgumentParser
import Kernels
import SystemSupport
import Training
import Windows

/// The search for a setting.
struct Tune: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Search for a setting by cross-validation over the training people, then train it by the protocol.",
    discussion: """
      SPACE.yaml names options that are fixed and options that vary (docs/tuning.md). Every trial trains once for each group of \
      people held out; the test people are looked at once, by the chosen setting. trials.csv and ranking.csv in the folder hold \
      what came out; har-train resume DIR goes on after an interruption.

      EXAMPLE
        har-train tune examples/tune.yaml --data har.h5 --budget 24 --threads 16

      \(ExitStatusHelp.training)
      """)

  @Argument(help: ArgumentHelp("The search space.", valueName: "SPACE.yaml"))
  var space: String

  @Option(help: ArgumentHelp("The store that har-convert wrote.", valueName: "STORE.h5"))
  var data: String

  @Option(help: ArgumentHelp("Trials at most.", valueName: "N"))
  var budget = 20

  @Option(help: ArgumentHelp("Repeats of the chosen setting at the end.", valueName: "R"))
  var repeats = ProtocolOptions.defaultRepeats

  @Option(help: ArgumentHelp("What trials, groups of people and all random numbers derive from.", valueName: "N"))
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("A new folder for the results. (default: runs/<date>-tune)", valueName: "DIR"))
  var output: String?

  @OptionGroup var streaming: StreamOption
  @OptionGroup var division: ThreadOptions
  @OptionGroup(title: "Several processes") var processes: ProcessOptions
  @OptionGroup var reports: ReportOptions
  @OptionGroup var outputOptions: OutputOptions

  func validate() throws {
    try streaming.check(processes)
    try require(budget, in: SettingsRange.budget, "--budget")
    try require(repeats, in: SettingsRange.repeats, "--repeats")
  }

  func run() throws {
    let kernels = try chosenKernels()
    let searchSpace = try SearchSpaceFile.parse(try SearchSpaceFile.text(space), path: space)
    let store = try streaming.read(data, processes)
    let trials = try trials(searchSpace, store, kernels)
    let people = Set(store.train.subjects.map { Int($0) })
    try requireFolds(searchSpace.folds, of: people.count, "training ", store, "\(space): folds")
    var configuration = TuningConfiguration(
      parameterNames: searchSpace.parameters.map(\.name), trials: trials,
      folds: SubjectFolds.make(subjects: Array(people), count: searchSpace.folds, seed: seed),
      reduction: searchSpace.reduction, repeats: repeats,
      run: try RunConfiguration(settings: trials[0].settings, store: store, kernels: kernels))
    configuration.run.command = reproducingCommand(on: store)
    let session = TrainingSession(kernels, division, processes, outputOptions, reports)
    let folder = try TuningFolder.create(
      output ?? RunFolder.makeNew(named: "tune"), configuration: configuration, warn: session.warn)
    try TuningRun(
      folder: folder, store: store, session: try session.leading(store, sha256: folder.configuration.run.store.sha256)
    ).run()
  }

  /// What is to be tried, with the settings that `har-train` would make of the same options.
  private func trials(
    _ space: SearchSpace, _ store: WindowStore, _ kernels: KernelSet
  ) throws -> [TuningConfiguration.Trial] {
    try space.combinations(budget: budget, seed: seed).enumerated().map { index, combination in
      let arguments = try arguments(space.options + combination)
      func misfit(_ reason: some StringProtocol) -> CommandError {
        CommandError(exitStatus: .data, message: "\(self.space): \(arguments.joined(separator: " ")): \(reason)")
      }
      let options: TrialOptions
      let settings: ExperimentSettings
      do {
        options = try TrialOptions.parse(arguments + ["--seed", "\(seed)", "--repeats", "\(repeats)"])
        settings = try options.settings(for: store)
        try settings.validate()
      } catch let error as any UserFacingError {
        throw misfit(error.message)
      } catch {
        throw misfit(TrialOptions.message(for: error).split(separator: "\n").first ?? "")
      }
      try options.options.checkPrecision(of: settings, kernels, file: options.options.file.network)
      guard settings.models.count == 1 else { throw misfit("a search is for one network") }
      guard settings.validationSubjects.isEmpty else { throw misfit("the search itself holds people out") }
      return TuningConfiguration.Trial(
        number: index + 1, values: combination.map(\.value), arguments: arguments, settings: settings,
        rungEpochs: space.rungEpochs(settings.models[0].training.epochs))
    }
  }

  /// Options as a user would write them.
  private func arguments(_ assignments: [SearchSpace.Assignment]) throws -> [String] {
    try assignments.flatMap { assignment in
      let name = assignment.name
      func misfit(_ reason: String) -> CommandError {
        CommandError(exitStatus: .data, message: "\(space): \(name): \(assignment.value), \(reason)")
      }
      guard name.wholeMatch(of: /[a-z]+(-[a-z]+)*/) != nil, name != "help" else { throw misfit("expected an option") }
      guard !["seed", "repeats"].contains(name) else {
        throw misfit("which is the same for all trials: har-train tune --\(name)")
      }
      switch assignment.value {
      case "true": return ["--\(name)"]
      case "false":
        // What can't stand alone is no flag, and can't be off.
        guard (try? TrialOptions.parse(["--\(name)"])) != nil else {
          throw misfit("expected an option that is on or off")
        }
        return []
      // A value that looks like an option would be taken for one.
      case let value where value.hasPrefix("-"):
        throw misfit("expected no value below zero")
      case let value: return ["--\(name)", value]
      }
    }
  }
}

/// Options as `har-train` takes them for a run, which a search's space names.
private struct TrialOptions: ParsableArguments {
  @OptionGroup var protocolOptions: ProtocolOptions
  @OptionGroup var options: TrainOptions
  @OptionGroup var validation: ValidationOptions
  @OptionGroup var windows: WindowOptions

  func validate() throws { try options.check(protocolOptions.choice) }

  /// The experiment that `har-train` would make of the same options.
  func settings(for store: WindowStore) throws -> ExperimentSettings {
    var settings = try options.settings(for: store, protocolOptions.choice)
    validation.apply(to: &settings)
    windows.apply(to: &settings)
    return settings
  }
}
