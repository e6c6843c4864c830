internal import NeuralNetworks
internal import SystemSupport
internal import Windows

extension Checkpoint {
  /// What its network says of windows as they were recorded, `[N, classes]`.
  ///
  /// Throws where they don't fit the network, or the numbers are another network's.
  func probabilities(
    of windows: WindowSet, _ model: ExperimentSettings.Model, _ context: PredictionContext
  ) throws -> [Float] {
    let network = try Sequential(model.network, convolution: model.training.convolution)
    try network.check(windows)
    guard parameters.count == network.parameterBufferCount else {
      throw RunFolderError(path ?? "", .foreignCheckpoint)
    }
    let buffer = AlignedBuffer(count: network.parameterBufferCount)
    buffer.write(parameters)
    let scaling = scaling.isEmpty ? nil : try FeatureScaling(jsonText: scaling)
    return try Predictor(model: network, kernels: context.kernels, parameters: buffer)
      .probabilities(scaling?.scaled(windows) ?? windows, threads: context.threads)
  }
}
