import ArgumentParser
import ModelFiles
import NeuralNetworks
import SystemSupport
import Training
import Windows

/// The networks that `--model` names.
enum ModelChoice: String, ExpressibleByArgument, CaseIterable {
  case lstm
  case cnnLSTM = "cnn-lstm"
  case convLSTM = "conv-lstm"
  case all

  var presets: [ModelPreset] { ModelPreset(rawValue: rawValue).map { [$0] } ?? ModelPreset.allCases }
}

/// Whether epochs take the windows in an order of their own.
enum ShuffleChoice: String, ExpressibleByArgument, CaseIterable {
  case on, off
}

extension LearningRateSchedule: ExpressibleByArgument {}
extension ConvolutionAlgorithm: ExpressibleByArgument {}
extension Precision: ExpressibleByArgument {}

/// What the results depend on.
struct TrainOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The network: lstm, cnn-lstm, conv-lstm or all. (default: lstm)", valueName: "MODEL"))
  var model: ModelChoice?

  @Option(
    help: ArgumentHelp(
      "In place of --model: the network that a Keras file describes, from fresh weights.", valueName: "FILE.h5"))
  var network: String?

  @Option(help: ArgumentHelp("Trainings from fresh seeds.", valueName: "R"))
  var repeats = 10

  @Option(help: ArgumentHelp("Passes over the training windows. (default: lstm 15, the others 25)", valueName: "N"))
  var epochs: Int?

  @Option(help: ArgumentHelp("Windows per minibatch.", valueName: "N"))
  var batchSize = 64

  @Option(help: ArgumentHelp("What all random numbers derive from.", valueName: "N"))
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("Adam's learning rate.", valueName: "X"))
  var learningRate: Float = 0.001

  @Option(
    help: ArgumentHelp("constant, cosine, or on-plateau (halved after two epochs without progress).", valueName: "NAME")
  )
  var learningRateSchedule: LearningRateSchedule = .constant

  @Option(help: ArgumentHelp("Scale longer gradients down to this norm. (default: none)", valueName: "X"))
  var clipNorm: Float?

  @Option(help: ArgumentHelp("Whether each epoch shuffles the windows, or takes them in the store's order: on or off."))
  var shuffle: ShuffleChoice = .on

  @Option(
    help: ArgumentHelp(
      "How convolutions of width 3 are computed, others being direct: winograd or direct.", valueName: "NAME"))
  var convolution: ConvolutionAlgorithm = .standard

  @Option(
    help: ArgumentHelp(
      "What products multiply: f32, or mixed for bf16 with float32 sums, on processors that have it. (default: f32, or what a network's file says)",
      valueName: "NAME"))
  var precision: Precision?

  @OptionGroup(title: "Network") var sizes: NetworkOptions
  @OptionGroup(title: "Windows") var windows: WindowOptions

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
    try require(repeats, in: SettingsRange.repeats, "--repeats")
    try epochs.map { try require($0, in: SettingsRange.epochs, "--epochs") }
    try require(batchSize, in: SettingsRange.batchSize, "--batch-size")
    guard learningRate > 0 && learningRate.isFinite else {
      throw ValidationError("--learning-rate: \(learningRate), expected a positive number")
    }
    if let clipNorm, !(clipNorm > 0 && clipNorm.isFinite) {
      throw ValidationError("--clip-norm: \(clipNorm), expected a positive number")
    }
    if let earlyStopping {
      try require(earlyStopping, in: SettingsRange.patience, "--early-stopping")
      guard !validationSubjects.subjects.isEmpty else {
        throw ValidationError("--early-stopping: needs --validation-subjects")
      }
    }
    guard restoreBest != true || !validationSubjects.subjects.isEmpty else {
      throw ValidationError("--restore-best: needs --validation-subjects")
    }
    guard windows.scalePer == nil || windows.scale != nil else {
      throw ValidationError("--scale-per: needs --scale")
    }
    guard model == nil || network == nil else { throw ValidationError("--network: excludes --model") }
    if network != nil { try refuseSizes(of: "a network from a file") }
    let presets = (model ?? .lstm).presets
    for (option, _) in sizes.given where !presets.contains(where: { $0.options.contains(option) }) {
      throw ValidationError("--\(option.rawValue): \(presets[0].rawValue) has no such option.")
    }
  }

  /// Wrong usage where a preset's sizes are given for a network that has its own.
  func refuseSizes(of network: String) throws {
    if let (option, _) = sizes.given.first {
      throw ValidationError("--\(option.rawValue): \(network) has its own sizes.")
    }
  }

  /// The experiment on a store's windows; a network that a file describes takes the place of the presets.
  func settings(for store: WindowStore, described: NamedNetwork? = nil) throws -> ExperimentSettings {
    let networks = try (described ?? network.map(NamedNetwork.init(file:))).map { [$0] } ?? presetNetworks(for: store)
    for network in networks { try Sequential(network.description).check(store, of: network.source) }
    var settings = ExperimentSettings(
      models: networks.map { network in
        var description = network.description
        if let precision { description.precision = precision }
        return .init(name: network.name, network: description, training: training(network.epochs))
      },
      repeats: repeats)
    settings.validationSubjects = validationSubjects.subjects
    settings.earlyStoppingPatience = earlyStopping
    if restoreBest ?? (earlyStopping != nil) { settings.restoresBest = true }
    settings.scaling = windows.scale ?? .none
    settings.scalingGranularity = windows.scalePer ?? .signal
    return settings
  }

  private func presetNetworks(for store: WindowStore) throws -> [NamedNetwork] {
    var sizes = PresetSizes()
    sizes.timeSteps = store.train.timeSteps
    sizes.channels = store.train.channels
    sizes.classes = store.activityNames.count
    for (_, set) in self.sizes.given { set(&sizes) }
    return try (model ?? .lstm).presets.map { preset in
      do throws(ModelError) {
        return NamedNetwork(
          name: preset.rawValue, description: try preset.description(sizes), epochs: preset.defaultEpochs,
          source: preset.rawValue)
      } catch {
        throw CommandError(exitStatus: .usage, message: "\(preset.rawValue): \(error.message)")
      }
    }
  }

  private func training(_ defaultEpochs: Int) -> TrainingSettings {
    var training = TrainingSettings(epochs: epochs ?? defaultEpochs, seed: seed)
    training.batchSize = batchSize
    training.learningRate = learningRate
    training.schedule = learningRateSchedule
    training.clipNorm = clipNorm
    training.shuffle = shuffle == .on
    training.convolution = convolution
    training.augmentation = windows.augmentation
    return training
  }
}

/// A network and what it goes by.
struct NamedNetwork {
  let name: String
  let description: ModelDescription
  /// How long it trains where nobody says.
  let epochs: Int
  /// The file or the preset that describes it.
  let source: String
}

extension NamedNetwork {
  /// The network that a Keras file describes; its weights are not looked at.
  init(file path: String) throws { self.init(file: path, try KerasModelFile.readDescription(path: path)) }

  init(file path: String, _ description: ModelDescription) {
    let file = FileSystem.split(path).name
    let base = file.hasSuffix(".h5") ? String(file.dropLast(3)) : file
    // What is no plain name would make a strange folder.
    let isPlain = base.wholeMatch(of: /[A-Za-z0-9_-][A-Za-z0-9_.-]*/) != nil
    self.init(name: isPlain ? base : "network", description: description, epochs: 25, source: path)
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
