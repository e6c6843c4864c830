import ArgumentParser
import Kernels
import NeuralNetworks

/// The gate functions that `--recurrent-activation` names.
enum RecurrentActivationChoice: String, ExpressibleByArgument, CaseIterable {
  case sigmoid
  case hardSigmoid = "hard-sigmoid"
  case keras3HardSigmoid = "keras3-hard-sigmoid"

  var activation: Activation { Activation(rawValue: rawValue)! }
}

extension RecurrentCell: ExpressibleByArgument {}

/// The sizes of the presets' networks; the tutorial's where an option is not given.
struct NetworkOptions: ParsableArguments {
  private static let defaults = PresetSizes()

  @Option(
    help: ArgumentHelp(
      "Units of each recurrent layer, in each direction. (default: \(Self.defaults.units))", valueName: "N"))
  var units: Int?

  @Option(
    help: ArgumentHelp(
      "Recurrent layers one above the other (not conv-lstm). (default: \(Self.defaults.layers))", valueName: "N"))
  var layers: Int?

  @Flag(help: "Recurrent layers that read in both directions (not conv-lstm).")
  var bidirectional = false

  @Option(
    help: ArgumentHelp(
      "What the recurrent layers are made of: lstm or gru (not conv-lstm). (default: \(Self.defaults.cell.rawValue))",
      valueName: "CELL"))
  var cell: RecurrentCell?

  @Option(
    help: ArgumentHelp(
      "Units of the dense layer before the last. (default: \(Self.defaults.denseUnits))", valueName: "N"))
  var denseUnits: Int?

  @Option(
    help: ArgumentHelp(
      "The share of activations that dropout zeroes. (default: \(Self.defaults.dropoutRate))", valueName: "X"))
  var dropout: Float?

  @Option(
    help: ArgumentHelp("Filters of the convolutions (not lstm). (default: \(Self.defaults.filters))", valueName: "N"))
  var filters: Int?

  @Option(
    help: ArgumentHelp("Taps of the convolutions (not lstm). (default: \(Self.defaults.kernelSize))", valueName: "N"))
  var kernelSize: Int?

  @Option(
    help: ArgumentHelp(
      "The gates' function in conv-lstm: sigmoid, hard-sigmoid (Keras 2's) or keras3-hard-sigmoid. (default: \(Self.defaults.recurrentActivation.rawValue))",
      valueName: "NAME"))
  var recurrentActivation: RecurrentActivationChoice?

  func validate() throws {
    for (option, value) in [
      ("units", units), ("layers", layers), ("dense-units", denseUnits), ("filters", filters),
      ("kernel-size", kernelSize),
    ] {
      if let value, value < 1 { throw ValidationError("--\(option): \(value), expected 1 or more") }
    }
    if let dropout, !(dropout >= 0 && dropout < 1) {
      throw ValidationError("--dropout: \(dropout), expected from 0 and below 1")
    }
  }

  /// The options that are given, with what each puts into a preset's sizes.
  var given: [(option: PresetOption, set: (inout PresetSizes) -> Void)] {
    func option<Value>(
      _ option: PresetOption, _ size: WritableKeyPath<PresetSizes, Value>, _ value: Value?
    ) -> (option: PresetOption, set: (inout PresetSizes) -> Void)? {
      value.map { value in (option, { $0[keyPath: size] = value }) }
    }
    return [
      option(.units, \.units, units), option(.layers, \.layers, layers),
      option(.bidirectional, \.isBidirectional, bidirectional ? true : nil), option(.cell, \.cell, cell),
      option(.denseUnits, \.denseUnits, denseUnits), option(.dropout, \.dropoutRate, dropout),
      option(.filters, \.filters, filters), option(.kernelSize, \.kernelSize, kernelSize),
      option(.recurrentActivation, \.recurrentActivation, recurrentActivation?.activation),
    ].compactMap { $0 }
  }

  /// Wrong usage where an option is given that none of the chosen networks has.
  func check(_ presets: [ModelPreset]) throws {
    for (option, _) in given where !presets.contains(where: { $0.options.contains(option) }) {
      throw ValidationError("--\(option.rawValue): \(presets[0].rawValue) has no such option.")
    }
  }

  /// The networks of presets with these sizes, for windows `[T, C]` of so many activities. Throws where one can't be.
  func descriptions(
    _ presets: [ModelPreset], timeSteps: Int, channels: Int, classes: Int
  ) throws -> [(preset: ModelPreset, description: ModelDescription)] {
    var sizes = PresetSizes()
    (sizes.timeSteps, sizes.channels, sizes.classes) = (timeSteps, channels, classes)
    for (_, set) in given { set(&sizes) }
    return try presets.map { preset in
      do throws(ModelError) {
        return (preset, try preset.description(sizes))
      } catch {
        throw CommandError(exitStatus: .usage, message: "\(preset.rawValue): \(error.message)")
      }
    }
  }
}
