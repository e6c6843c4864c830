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

/// What is trained, and how long.
struct ProtocolOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The network: lstm, cnn-lstm, conv-lstm or all. (default: lstm)", valueName: "MODEL"))
  var model: ModelChoice?

  @Option(help: ArgumentHelp("Passes over the training windows. (default: lstm 15, the others 25)", valueName: "N"))
  var epochs: Int?

  /// Repeats where nobody says: of the tutorial's protocol, and of each fold of a cross-validation.
  static let defaultRepeats = 10
  static let defaultRepeatsOfFolds = 1

  @Option(
    help: ArgumentHelp(
      "Trainings from fresh seeds. (default: \(Self.defaultRepeats), in a cross-validation \(Self.defaultRepeatsOfFolds))",
      valueName: "R"))
  var repeats: Int?

  func validate() throws {
    try repeats.map { try require($0, in: SettingsRange.repeats, "--repeats") }
    try epochs.map { try require($0, in: SettingsRange.epochs, "--epochs") }
  }
}
