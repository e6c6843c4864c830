import ArgumentParser
import NeuralNetworks

/// The sizes of the networks; the tutorial's by default.
struct NetworkOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Units of each recurrent layer, in each direction.", valueName: "N"))
  var units = 100

  @Option(help: ArgumentHelp("Recurrent layers one above the other (not conv-lstm).", valueName: "N"))
  var layers = 1

  @Flag(help: "Recurrent layers that read in both directions (not conv-lstm).")
  var bidirectional = false

  @Option(help: ArgumentHelp("What the recurrent layers are made of: lstm or gru (not conv-lstm).", valueName: "CELL"))
  var cell: RecurrentCell = .lstm

  @Option(help: ArgumentHelp("Units of the dense layer before the last.", valueName: "N"))
  var denseUnits = 100

  @Option(help: ArgumentHelp("The share of activations that dropout zeroes.", valueName: "X"))
  var dropout: Float = 0.5

  @Option(help: ArgumentHelp("Filters of the convolutions.", valueName: "N"))
  var filters = 64

  @Option(help: ArgumentHelp("Taps of the convolutions.", valueName: "N"))
  var kernelSize = 3

  /// Puts the sizes into a network's configuration.
  func adjust(_ configuration: inout ModelConfiguration) {
    configuration.units = units
    configuration.layers = layers
    configuration.isBidirectional = bidirectional
    configuration.cell = cell
    configuration.denseUnits = denseUnits
    configuration.dropoutRate = dropout
    configuration.filters = filters
    configuration.kernelSize = kernelSize
  }
}

extension RecurrentCell: ExpressibleByArgument {}
