extension KerasModelConfig {
  /// The architecture that the layers make, with its sizes, and the model that it stands for.
  func recognized() throws(KerasFileError.Problem) -> (configuration: ModelConfiguration, model: Sequential) {
    for architecture in Architecture.allCases {
      var configuration = ModelConfiguration(architecture)
      guard adoptVariation(into: &configuration) else { continue }
      guard let typical = KerasModelConfig(describing: configuration.makeModel()), typical.title == title else {
        continue
      }
      try adoptInputShape(into: &configuration)
      // The first of several layers of a class decides, and the others are held against it below.
      for layer in layers.reversed() { layer.adopt(into: &configuration) }
      let model = try configuration.makeCheckedModel()
      guard let meant = KerasModelConfig(describing: model) else { continue }
      for (found, expected) in zip(layers, meant.layers) { try found.check(against: expected) }
      return (configuration, model)
    }
    throw .unsupportedArchitecture(found: layers.isEmpty ? "no layers" : title)
  }

  /// Takes over how many recurrent layers there are and of which kind the first is; false for more than there can be.
  private func adoptVariation(into configuration: inout ModelConfiguration) -> Bool {
    guard configuration.architecture != .convLSTM else { return true }
    let recurrent = layers.filter { $0 is any KerasRecurrentLayer || $0 is KerasBidirectional }
    guard let first = recurrent.first, recurrent.count <= ModelConfiguration.mostLayers else { return false }
    configuration.layers = recurrent.count
    configuration.isBidirectional = first is KerasBidirectional
    if let layer = (first as? KerasBidirectional)?.forward ?? first as? any KerasRecurrentLayer {
      configuration.cell = type(of: layer).cell
    }
    return true
  }

  private func adoptInputShape(into configuration: inout ModelConfiguration) throws(KerasFileError.Problem) {
    let shape = inputShape
    switch (configuration.architecture, shape.count) {
    case (.lstm, 2):
      configuration.timeSteps = shape[0]
    case (.cnnLSTM, 3):
      configuration.subsequences = shape[0]
      configuration.timeSteps = shape[0] * shape[1]
    case (.convLSTM, 4) where shape[1] == 1:
      configuration.subsequences = shape[0]
      configuration.timeSteps = shape[0] * shape[2]
    default:
      let expected =
        switch configuration.architecture {
        case .lstm: "[null, steps, signals]"
        case .cnnLSTM: "[null, subsequences, steps, signals]"
        case .convLSTM: "[null, subsequences, 1, steps, signals]"
        }
      throw .unsupportedOption(
        layer: "input", option: "batch_shape", found: KerasCommonConfig.batched(shape).text, expected: expected)
    }
    configuration.channels = shape[shape.count - 1]
  }
}

extension ModelConfiguration {
  /// Floats of all parameters, or of one sample anywhere between the layers, at most: 4 GiB.
  private static let largestCount = 1 << 30
  /// Recurrent layers at most.
  static let mostLayers = 64

  /// ``makeModel()``, with an error in place of a trap where sizes or their combination are impossible.
  ///
  /// Throws ``KerasFileError/Problem/impossibleSizes(reason:)``.
  public func makeCheckedModel() throws(KerasFileError.Problem) -> Sequential {
    let sizes: [(name: String, size: Int)] = [
      ("time steps", timeSteps), ("channels", channels), ("classes", classes), ("units", units),
      ("dense units", denseUnits), ("filters", filters), ("kernel size", kernelSize), ("subsequences", subsequences),
    ]
    for (name, size) in sizes where !(1...KerasOptions.largestSize).contains(size) {
      throw .impossibleSizes(reason: "\(size) \(name), expected 1 to \(KerasOptions.largestSize)")
    }
    guard dropoutRate >= 0, dropoutRate < 1 else {
      throw .impossibleSizes(reason: "a dropout rate of \(dropoutRate), expected from 0 and below 1")
    }
    guard (1...Self.mostLayers).contains(layers) else {
      throw .impossibleSizes(reason: "\(layers) recurrent layers, expected 1 to \(Self.mostLayers)")
    }
    guard architecture != .convLSTM || (layers == 1 && !isBidirectional && cell == .lstm) else {
      throw .impossibleSizes(
        reason: "\(architecture.rawValue) has one layer of LSTM cells in one direction; lstm and cnn-lstm have others")
    }
    if architecture != .lstm {
      guard timeSteps % subsequences == 0 else {
        throw .impossibleSizes(reason: "\(timeSteps) time steps do not divide into \(subsequences) subsequences")
      }
      let length = timeSteps / subsequences
      let shortest = architecture == .convLSTM ? kernelSize : 2 * kernelSize
      guard length >= shortest else {
        throw .impossibleSizes(
          reason: "subsequences of \(length) steps are too short for the convolutions, expected at least \(shortest)")
      }
    }
    // With all sizes below 2^16 none of the products overflows.
    let model = makeModel()
    let counts = [model.parameterBufferCount, model.inputCount] + model.layers.map(\.outputCount)
    guard counts.allSatisfy({ $0 <= Self.largestCount }) else {
      throw .impossibleSizes(reason: "the model takes more than \(Self.largestCount) numbers")
    }
    return model
  }
}
