import ArgumentParser
import Kernels
import NeuralNetworks
import Training

/// The networks that `--model` names.
enum ModelChoice: String, ExpressibleByArgument, CaseIterable {
  case lstm
  case cnnLSTM = "cnn-lstm"
  case convLSTM = "conv-lstm"
  case all

  var architectures: [Architecture] {
    switch self {
    case .lstm: [.lstm]
    case .cnnLSTM: [.cnnLSTM]
    case .convLSTM: [.convLSTM]
    case .all: Architecture.allCases
    }
  }
}

/// The gate functions that `--recurrent-activation` names.
enum RecurrentActivationChoice: String, ExpressibleByArgument, CaseIterable {
  case sigmoid
  case hardSigmoid = "hard-sigmoid"
  case keras3HardSigmoid = "keras3-hard-sigmoid"

  var activation: Activation { Activation(rawValue: rawValue)! }
}

extension LearningRateSchedule: ExpressibleByArgument {}

/// What the results depend on.
struct TrainOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The network: lstm, cnn-lstm, conv-lstm or all.", valueName: "MODEL"))
  var model: ModelChoice = .lstm

  @Option(help: ArgumentHelp("Trainings from fresh seeds.", valueName: "R"))
  var repeats = 10

  @Option(help: ArgumentHelp("Passes over the training windows. (default: lstm 15, the others 25)", valueName: "N"))
  var epochs: Int?

  @Option(help: ArgumentHelp("Windows a minibatch.", valueName: "N"))
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

  @OptionGroup(title: "Network") var network: NetworkOptions
  @OptionGroup(title: "Windows") var windows: WindowOptions

  @Option(
    help: ArgumentHelp(
      "The gates' function in conv-lstm: sigmoid, hard-sigmoid (Keras 2's) or keras3-hard-sigmoid.", valueName: "NAME"))
  var recurrentActivation: RecurrentActivationChoice = .sigmoid

  @Option(help: ArgumentHelp("People whose windows are held out of training, such as 3,7.", valueName: "LIST"))
  var validationSubjects: SubjectList = SubjectList(subjects: [])

  @Option(
    help: ArgumentHelp("Epochs without a lower validation loss after which a repeat ends.", valueName: "PATIENCE"))
  var earlyStopping: Int?

  func validate() throws {
    func require(_ condition: Bool, _ message: String) throws {
      if !condition { throw ValidationError(message) }
    }
    try require((1...10_000).contains(repeats), "--repeats must be from 1 to 10000, not \(repeats).")
    if let epochs { try require((1...100_000).contains(epochs), "--epochs must be from 1 to 100000, not \(epochs).") }
    try require((1...4096).contains(batchSize), "--batch-size must be from 1 to 4096, not \(batchSize).")
    try require(
      learningRate > 0 && learningRate.isFinite, "--learning-rate must be a positive number, not \(learningRate).")
    if let clipNorm {
      try require(clipNorm > 0 && clipNorm.isFinite, "--clip-norm must be a positive number, not \(clipNorm).")
    }
    if let earlyStopping {
      try require(
        (1...10_000).contains(earlyStopping), "--early-stopping must be from 1 to 10000, not \(earlyStopping).")
      try require(!validationSubjects.subjects.isEmpty, "--early-stopping needs --validation-subjects.")
    }
  }

  /// The experiment.
  func settings(timeSteps: Int, channels: Int, classes: Int) -> ExperimentSettings {
    var settings = ExperimentSettings(
      models: model.architectures.map { architecture in
        var configuration = ModelConfiguration(architecture)
        configuration.timeSteps = timeSteps
        configuration.channels = channels
        configuration.classes = classes
        configuration.recurrentActivation = recurrentActivation.activation
        network.adjust(&configuration)
        var training = TrainingSettings(epochs: epochs ?? architecture.defaultEpochs, seed: seed)
        training.batchSize = batchSize
        training.learningRate = learningRate
        training.schedule = learningRateSchedule
        training.clipNorm = clipNorm
        training.augmentation = windows.augmentation
        return .init(configuration: configuration, training: training)
      }, repeats: repeats)
    settings.validationSubjects = validationSubjects.subjects
    settings.earlyStoppingPatience = earlyStopping
    settings.scaling = windows.scale
    settings.scalingGranularity = windows.scalePer
    return settings
  }
}

/// People by number, separated by commas.
struct SubjectList: ExpressibleByArgument {
  let subjects: [Int]

  init(subjects: [Int]) { self.subjects = subjects }

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Int($0) }
    guard numbers.count == parts.count, numbers.allSatisfy({ (1...255).contains($0) }) else { return nil }
    subjects = Set(numbers).sorted()
  }

  var defaultValueDescription: String { "none" }
}
