import Kernels
import NeuralNetworks

extension Golden {
  /// The layer of a case in layers.h5 or layers-extended.h5, or nil for one that the package doesn't have.
  func makeLayer(_ name: String) throws -> (any Layer)? {
    let shape = Array(try shape("input").dropFirst())
    if name.hasPrefix("bidirectional") {
      guard let forward = makeRecurrentLayer(String(name.dropFirst("bidirectional-".count)), shape: shape) else {
        return nil
      }
      return Bidirectional(name: "bidirectional", forward: forward, backward: forward)
    }
    guard name.hasPrefix("time-distributed") else { return makeLayer(name, shape: shape) }
    return makeLayer(String(name.dropFirst("time-distributed-".count)), shape: Array(shape.dropFirst())).map {
      TimeDistributed(name: "time_distributed", steps: shape[0], inner: $0)
    }
  }

  private func makeLayer(_ name: String, shape: [Int]) -> (any Layer)? {
    let activation = setting("activation", String.self)
    if name.hasPrefix("dense") {
      return Dense(
        name: name, inputs: shape[0], units: setting("units") ?? 0, function: Dense.Function(rawValue: activation!)!)
    }
    if name.hasPrefix("conv1d") {
      // The package's convolution has its relu inside.
      guard activation == "relu" else { return nil }
      return Conv1D(
        name: name, steps: shape[0], channels: shape[1], filters: setting("filters") ?? 0,
        kernelSize: setting("kernel_size", [Int].self)![0])
    }
    if name.hasPrefix("max-pooling1d") { return MaxPooling1D(name: name, steps: shape[0], channels: shape[1]) }
    if name.hasPrefix("flatten") { return Flatten(name: name, shape: shape) }
    if let layer = makeRecurrentLayer(name, shape: shape) { return layer }
    if name.hasPrefix("conv-lstm2d") {
      return ConvLSTM2D(
        name: name, steps: shape[0], width: shape[2], channels: shape[3], filters: setting("filters") ?? 0,
        kernelSize: setting("kernel_size", [Int].self)![1], activation: Activation(rawValue: activation!)!,
        recurrentActivation: recurrentActivation)
    }
    return nil
  }

  private func makeRecurrentLayer(_ name: String, shape: [Int]) -> (any RecurrentLayer)? {
    let units: Int = setting("units") ?? 0
    let returnsSequences: Bool = setting("return_sequences") ?? false
    if name.hasPrefix("lstm") {
      return LSTM(
        name: name, steps: shape[0], features: shape[1], units: units, returnsSequences: returnsSequences)
    }
    if name.hasPrefix("gru") {
      return GRU(name: name, steps: shape[0], features: shape[1], units: units, returnsSequences: returnsSequences)
    }
    return nil
  }
}
