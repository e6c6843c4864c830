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
      and report.html in the folder hold what came out; har-train resume DIR goes on after an interruption. It is for one network, \
      and the folds themselves hold people out, so that --model all and the options of validation are refused.

      EXAMPLES
        har-train cross-validate --data har.h5 --folds subjects --all-people
        har-train cross-validate --data har.h5 --folds 5 --model cnn-lstm --repeats 3

      \(ExitStatusHelp.training)
      """)

  @OptionGroup(title: commonOptions) var store: Train.StoreOption

  /// Who is held out.
  struct FoldOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Who is held out: subjects, one at a time, or a number of groups.", valueName: "FOLDS"))
    var folds: FoldChoice = .subjects

    @Flag(help: "The test split's people take part too.")
    var allPeople = false
  }

  @OptionGroup(title: commonOptions) var foldOptions: FoldOptions
  @OptionGroup var options: TrainOptions
  @OptionGroup(title: commonOptions) var division: ThreadOptions
  @OptionGroup(title: commonOptions) var folder: Train.FolderOption
  @OptionGroup var outputOptions: OutputOptions

  func validate() throws {
    guard options.validation.validationSubjects.subjects.isEmpty else {
      throw ValidationError("--validation-subjects: the folds themselves hold people out")
    }
    guard options.protocolOptions.model != .all else {
      throw ValidationError("--model: all, expected one network")
    }
  }

  func run() throws {
    let kernels = try chosenKernels()
    let windows = try WindowStore.read(path: store.data)
    var settings = try options.settings(for: windows)
    settings.repeats = options.protocolOptions.repeats ?? ProtocolOptions.defaultRepeatsOfFolds
    try settings.validate()
    try options.checkPrecision(of: settings, kernels, file: options.file.network)
    var run = try RunConfiguration(settings: settings, store: windows, kernels: kernels)
    run.command = reproducingCommand()
    let configuration = CrossValidationConfiguration(
      folds: try folds(windows, seed: settings.models[0].training.seed), takesAllPeople: foldOptions.allPeople, run: run
    )
    let session = TrainingSession(kernels, division, outputOptions, ReportOptions())
    let folder = try CrossValidationFolder.create(
      folder.output ?? RunFolder.makeNew(named: "cross-validation"), configuration: configuration, warn: session.warn)
    try CrossValidationRun(folder: folder, store: windows, session: session).run()
  }

  private func folds(_ store: WindowStore, seed: UInt64) throws -> [[Int]] {
    let subjects = store.train.subjects + (foldOptions.allPeople ? store.test.subjects : [])
    let people = Set(subjects.map { Int($0) }).sorted()
    let count: Int
    switch foldOptions.folds {
    case .subjects: count = people.count
    case .groups(let groups): count = groups
    }
    guard count >= 2, count <= people.count else {
      throw CommandError(
        exitStatus: .usage,
        message:
          "--folds: \(count), expected from 2 to the \(people.count) \(foldOptions.allPeople ? "" : "training ")people of \(store.path)"
      )
    }
    if case .subjects = foldOptions.folds { return people.map { [$0] } }
    return SubjectFolds.make(subjects: people, count: count, seed: seed)
  }
}

/// Who is held out together.
enum FoldChoice: ExpressibleByArgument, Equatable {
  case subjects
  case groups(Int)

  init?(argument: String) {
    if argument == "subjects" {
      self = .subjects
    } else if let count = Int(argument), (2...256).contains(count) {
      self = .groups(count)
    } else {
      return nil
    }
  }

  var defaultValueDescription: String { "subjects" }
}
