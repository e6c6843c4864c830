import Kernels
import NeuralNetworks

extension Golden {
  /// The network of a case in models.h5 or models-extended.h5, without dropout.
  func makeConfiguration() throws -> ModelConfiguration {
    func size(_ key: String) -> Int { setting(key) ?? 0 }
    var configuration = ModelConfiguration(Architecture(rawValue: setting("model") ?? "")!)
    configuration.timeSteps = size("steps")
    configuration.channels = size("channels")
    configuration.subsequences = size("subsequences")
    configuration.units = size("units")
    configuration.filters = size("filters")
    configuration.kernelSize = size("kernel_size")
    configuration.denseUnits = size("dense")
    configuration.classes = size("classes")
    configuration.recurrentActivation = recurrentActivation
    configuration.layers = setting("layers") ?? 1
    configuration.isBidirectional = setting("bidirectional") ?? false
    if let cell = setting("cell", String.self) { configuration.cell = RecurrentCell(rawValue: cell)! }
    configuration.dropoutRate = 0
    return configuration
  }
}
