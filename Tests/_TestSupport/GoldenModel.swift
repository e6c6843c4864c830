internal import Kernels
package import NeuralNetworks
internal import SystemSupport

extension Golden {
  /// The network of a case: in compositions.h5 made of Keras's own config, else of the sizes of a preset, without dropout.
  package func makeModel(_ convolution: ConvolutionAlgorithm = .standard) throws -> Sequential {
    if let layers = try JSONValue(parsing: configText)["layers"]?.array {
      // The first is Keras's input layer.
      return try Sequential(
        ModelDescription(
          inputShape: Array(try shape("input").dropFirst()),
          layers: try layers.dropFirst().map { try LayerRegistry.read($0) }), convolution: convolution)
    }
    func size(_ key: String) -> Int { setting(key) ?? 0 }
    var sizes = PresetSizes()
    sizes.timeSteps = size("steps")
    sizes.channels = size("channels")
    sizes.subsequences = size("subsequences")
    sizes.units = size("units")
    sizes.filters = size("filters")
    sizes.kernelSize = size("kernel_size")
    sizes.denseUnits = size("dense")
    sizes.classes = size("classes")
    sizes.recurrentActivation = recurrentActivation
    sizes.layers = setting("layers") ?? 1
    sizes.isBidirectional = setting("bidirectional") ?? false
    if let cell = setting("cell", String.self) { sizes.cell = RecurrentCell(rawValue: cell)! }
    sizes.dropoutRate = 0
    return try Sequential(
      try ModelPreset(rawValue: setting("model") ?? "")!.description(sizes), convolution: convolution)
  }

  /// The recurrent activation by the name that the reference scripts give it.
  private var recurrentActivation: Activation {
    switch setting("recurrent_activation", String.self) {
    case "hard_sigmoid": .keras3HardSigmoid
    case "keras2_hard_sigmoid": .hardSigmoid
    default: .sigmoid
    }
  }
}
