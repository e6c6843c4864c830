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

/// What the results depend on.
struct TrainOptions: ParsableArguments {
  @OptionGroup(title: commonOptions) var protocolOptions: ProtocolOptions

  @OptionGroup(title: "Network") var file: NetworkFileOption
  @OptionGroup(title: "Network") var sizes: NetworkOptions
  @OptionGroup(title: "Optimization") var optimization: OptimizationOptions
  @OptionGroup(title: "Validation") var validation: ValidationOptions
  @OptionGroup(title: "Windows") var windows: WindowOptions

  func validate() throws {
    guard windows.scalePer == nil || windows.scale != nil else {
      throw ValidationError("--scale-per: needs --scale")
    }
    guard protocolOptions.model == nil || file.network == nil else {
      throw ValidationError("--network: excludes --model")
    }
    if file.network != nil { try refuseSizes(of: "a network from a file") }
    try sizes.check((protocolOptions.model ?? .lstm).presets)
  }

  /// Wrong usage where a preset's sizes are given for a network that has its own.
  func refuseSizes(of network: String) throws {
    if let (option, _) = sizes.given.first {
      throw ValidationError("--\(option.rawValue): \(network) has its own sizes.")
    }
  }

  /// The experiment on a store's windows; a network that a file describes takes the place of the presets.
  func settings(for store: WindowStore, described: NamedNetwork? = nil) throws -> ExperimentSettings {
    let networks =
      try (described ?? file.network.map(NamedNetwork.init(file:))).map { [$0] } ?? presetNetworks(for: store)
    for network in networks { try Sequential(network.description).check(store, of: network.source) }
    var settings = ExperimentSettings(
      models: networks.map { network in
        var description = network.description
        if let precision = optimization.precision { description.precision = precision }
        return .init(name: network.name, network: description, training: training(network))
      },
      repeats: protocolOptions.repeats ?? ProtocolOptions.defaultRepeats)
    validation.apply(to: &settings)
    settings.scaling = windows.scale ?? .none
    settings.scalingGranularity = windows.scalePer ?? .signal
    return settings
  }

  private func presetNetworks(for store: WindowStore) throws -> [NamedNetwork] {
    try sizes.descriptions(
      (protocolOptions.model ?? .lstm).presets, timeSteps: store.train.timeSteps, channels: store.train.channels,
      classes: store.activityNames.count
    ).map { preset, description in
      NamedNetwork(
        name: preset.rawValue, description: description, epochs: preset.defaultEpochs, source: preset.rawValue)
    }
  }

  private func training(_ network: NamedNetwork) -> TrainingSettings {
    var training = optimization.training(epochs: protocolOptions.epochs ?? network.epochs)
    training.augmentation = windows.augmentation
    return training
  }
}
