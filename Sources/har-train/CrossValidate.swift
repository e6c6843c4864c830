import ArgumentParser
import NeuralNetworks
import SystemSupport
import Training
import Windows

/// Cross-validation over people.
struct CrossValidate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cross-validate",
    abstract: "Train on all people but some and judge on those, for everybody in turn.",
    discussion: """
      With --folds subjects one person at a time is held out (leave one subject out), with a number so many groups of people. \
      The people are those of the training split, with --all-people those of both. folds.csv, people.csv, confusion.csv \
      and report.html in the folder hold what came out; har-train resume DIR goes on after an interruption. It is for one network; \
      nobody is held out for validation, as the folds themselves hold people out.

      EXAMPLES
        har-train cross-validate --data har.h5 --folds subjects --all-people
        har-train cross-validate --data har.h5 --folds 5 --model cnn-lstm --repeats 3

      \(ExitStatusHelp.training)
      """)

  /// Who is held out, and what is trained on the others.
  struct FoldOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Who is held out: subjects, one at a time, or a number of groups.", valueName: "FOLDS"))
    var folds: FoldChoice = .subjects

    @Flag(help: "The test split's people take part too.")
    var allPeople = false

    @Option(help: ArgumentHelp("The network: lstm, cnn-lstm or conv-lstm. (default: lstm)", valueName: "MODEL"))
    var model: ModelPreset?

    @OptionGroup var length: EpochOption

    @Option(help: ArgumentHelp("Trainings of each fold from fresh seeds.", valueName: "R"))
    var repeats = 1

    func validate() throws { try require(repeats, in: SettingsRange.repeats, "--repeats") }

    var choice: TrainingChoice {
      TrainingChoice(presets: model.map { [$0] }, epochs: length.epochs, repeats: repeats)
    }
  }

  /// Where results go.
  struct FolderOption: ParsableArguments {
    @Option(
      help: ArgumentHelp("A new folder for the results. (default: runs/<date>-cross-validation)", valueName: "DIR"))
    var output: String?
  }

  @OptionGroup(title: commonOptions) var store: Train.StoreOption
  @OptionGroup(title: commonOptions) var foldOptions: FoldOptions
  @OptionGroup var options: TrainOptions
  @OptionGroup(title: "Windows") var windows: WindowOptions
  @OptionGroup(title: "Windows") var streaming: StreamOption
  @OptionGroup(title: commonOptions) var division: ThreadOptions
  @OptionGroup(title: "Several processes") var processes: ProcessOptions
  @OptionGroup(title: commonOptions) var folder: FolderOption
  @OptionGroup var outputOptions: OutputOptions

  func validate() throws {
    try streaming.check(processes)
    try options.check(foldOptions.choice)
  }

  func run() throws {
    let kernels = try chosenKernels()
    let store = try streaming.read(store.data, processes)
    var settings = try options.settings(for: store, foldOptions.choice)
    windows.apply(to: &settings)
    try settings.validate()
    try options.checkPrecision(of: settings, kernels, file: options.file.network)
    var run = try RunConfiguration(settings: settings, store: store, kernels: kernels)
    run.command = reproducingCommand(on: store)
    let configuration = CrossValidationConfiguration(
      folds: try folds(store, seed: settings.models[0].training.seed), takesAllPeople: foldOptions.allPeople, run: run
    )
    let session = TrainingSession(kernels, division, processes, outputOptions, ReportOptions())
    let folder = try CrossValidationFolder.create(
      folder.output ?? RunFolder.makeNew(named: "cross-validation"), configuration: configuration, warn: session.warn)
    try CrossValidationRun(
      folder: folder, store: store, session: try session.leading(store, sha256: folder.configuration.run.store.sha256)
    ).run()
  }

  private func folds(_ store: WindowStore, seed: UInt64) throws -> [[Int]] {
    let subjects = store.train.subjects + (foldOptions.allPeople ? store.test.subjects : [])
    let people = Set(subjects.map { Int($0) }).sorted()
    let whose = foldOptions.allPeople ? "" : "training "
    switch foldOptions.folds {
    case .subjects:
      try requireFolds(people.count, of: people.count, whose, store, "--folds")
      return people.map { [$0] }
    case .groups(let count):
      try requireFolds(count, of: people.count, whose, store, "--folds")
      return SubjectFolds.make(subjects: people, count: count, seed: seed)
    }
  }
}

extension ModelPreset: ExpressibleByArgument {}
