import ArgumentParser
import NeuralNetworks
import Training

/// The networks that `--model` names.
enum ModelChoice: String, ExpressibleByArgument, CaseIterable {
  case lstm
  case cnnLSTM = "cnn-lstm"
  case convLSTM = "conv-lstm"
  case all

  var presets: [ModelPreset] { ModelPreset(rawValue: rawValue).map { [$0] } ?? ModelPreset.allCases }
}

/// The heading of the options that most calls need; they come first in help.
let commonOptions = "Common options"

/// What is trained, how long and how often.
struct TrainingChoice {
  /// nil where nobody named one.
  let presets: [ModelPreset]?
  /// nil for as many as the network needs.
  let epochs: Int?
  let repeats: Int
}

/// What the protocol trains.
struct ProtocolOptions: ParsableArguments {
  static let defaultRepeats = 10

  @Option(help: ArgumentHelp("The network: lstm, cnn-lstm, conv-lstm or all. (default: lstm)", valueName: "MODEL"))
  var model: ModelChoice?

  @OptionGroup var length: EpochOption

  @Option(help: ArgumentHelp("Trainings from fresh seeds. (default: \(Self.defaultRepeats))", valueName: "R"))
  var repeats: Int?

  func validate() throws { try repeats.map { try require($0, in: SettingsRange.repeats, "--repeats") } }

  var choice: TrainingChoice {
    TrainingChoice(presets: model?.presets, epochs: length.epochs, repeats: repeats ?? Self.defaultRepeats)
  }
}

/// How long a network trains.
struct EpochOption: ParsableArguments {
  @Option(help: ArgumentHelp("Passes over the training windows. (default: lstm 15, the others 25)", valueName: "N"))
  var epochs: Int?

  func validate() throws { try epochs.map { try require($0, in: SettingsRange.epochs, "--epochs") } }
}
