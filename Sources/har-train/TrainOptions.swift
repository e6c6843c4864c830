import ArgumentParser
import ModelFiles
import NeuralNetworks
import SystemSupport
import Training
import Windows

/// A network from elsewhere.
struct NetworkFileOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "In place of --model: the network that a Keras file describes, from fresh weights.", valueName: "FILE.h5"))
  var network: String?
}

/// The networks and how their weights are found.
struct TrainOptions: ParsableArguments {
  @OptionGroup(title: "Network") var file: NetworkFileOption
  @OptionGroup(title: "Network") var sizes: NetworkOptions
  @OptionGroup(title: "Optimization") var optimization: OptimizationOptions

  /// Wrong usage where they don't go with what is to be trained.
  func check(_ choice: TrainingChoice) throws {
    guard choice.presets == nil || file.network == nil else {
      throw ValidationError("--network: excludes --model")
    }
    if file.network != nil { try refuseSizes(of: "a network from a file") }
    try sizes.check(Self.presets(choice))
  }

  /// Wrong usage where a preset's sizes are given for a network that has its own.
  func refuseSizes(of network: String) throws {
    if let (option, _) = sizes.given.first {
      throw ValidationError("--\(option.rawValue): \(network) has its own sizes.")
    }
  }

  /// The experiment on a store's windows as they are, with nobody held out; a network that a file describes takes the place of the presets.
  func settings(
    for store: WindowStore, _ choice: TrainingChoice, described: NamedNetwork? = nil
  ) throws -> ExperimentSettings {
    let networks =
      try (described ?? file.network.map(NamedNetwork.init(file:))).map { [$0] } ?? presetNetworks(choice, for: store)
    for network in networks { try Sequential(network.description).check(store, of: network.source) }
    var settings = ExperimentSettings(
      models: networks.map { network in
        var description = network.description
        if let precision = optimization.precision { description.precision = precision }
        return .init(
          name: network.name, network: description,
          training: optimization.training(epochs: choice.epochs ?? network.epochs))
      }, repeats: choice.repeats)
    if store.isStreamed { settings.streams = true }
    return settings
  }

  private static func presets(_ choice: TrainingChoice) -> [ModelPreset] { choice.presets ?? [.lstm] }

  private func presetNetworks(_ choice: TrainingChoice, for store: WindowStore) throws -> [NamedNetwork] {
    try sizes.descriptions(
      Self.presets(choice), timeSteps: store.train.timeSteps, channels: store.train.channels,
      classes: store.activityNames.count
    ).map { preset, description in
      NamedNetwork(
        name: preset.rawValue, description: description, epochs: preset.defaultEpochs, source: preset.rawValue)
    }
  }
}
