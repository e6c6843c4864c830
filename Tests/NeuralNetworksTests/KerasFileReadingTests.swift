import HDF5
import Kernels
import NeuralNetworks
import Testing

@Suite("KerasFile: reading what Keras saved")
struct KerasFileReadingTests {
  @Test("Files that Keras saved open and predict the same", arguments: Architecture.allCases)
  func predictsAsKeras(architecture: Architecture) throws {
    try expectPredictions(
      of: architecture.rawValue, KerasFileSupport.goldenConfiguration(architecture), in: "kerasfiles.h5")
  }

  @Test("So do files with other recurrent layers", arguments: KerasFileSupport.goldenVariations)
  func predictsAsKeras(variation: String) throws {
    try expectPredictions(
      of: variation, KerasFileSupport.goldenConfiguration(named: variation), in: "kerasfiles-extended.h5")
  }

  private func expectPredictions(of name: String, _ configuration: ModelConfiguration, in goldens: String) throws {
    let file = try KerasModelFile.read(path: KerasFileSupport.golden("keras-\(name).h5"))
    #expect(file.configuration == configuration)
    #expect(file.attributes.isEmpty)
    let group = try File.open(KerasFileSupport.golden(goldens)).root.group(name)
    let expected: [Float] = try group.dataset("predictions").read()
    let found = KerasFileSupport.probabilities(file.model, file.parameters, try group.dataset("input").read())
    #expect(found.count == expected.count)
    for (found, expected) in zip(found, expected) { #expect(abs(found - expected) <= 1e-5) }
  }

  @Test("Layers may have any names")
  func suffixedNames() throws {
    var parts = try ModelFileParts(KerasFileSupport.golden("keras-lstm.h5"))
    parts.replace(#""name": "lstm""#, #""name": "lstm_3""#)
    parts.replace(#""name": "dense""#, #""name": "dense_7""#)
    parts.layerNames = ["lstm_3", "dropout", "dense_7", "dense_1"]
    parts.weights["lstm_3"] = parts.weights.removeValue(forKey: "lstm")?.map {
      .init(
        name: "sequential_2/lstm_3/\($0.name.split(separator: "/").last ?? ""):0", shape: $0.shape, values: $0.values)
    }
    parts.weights["dense_7"] = parts.weights.removeValue(forKey: "dense")
    let file = try read(parts)
    let original = try KerasModelFile.read(path: KerasFileSupport.golden("keras-lstm.h5"))
    #expect(file.configuration == original.configuration)
    #expect(file.parameters.array == original.parameters.array)
  }

  @Test("Configs of Keras 2 are understood")
  func keras2Configs() throws {
    var parts = try ModelFileParts(KerasFileSupport.golden("keras-cnn-lstm.h5"))
    parts.attributes["keras_version"] = "2.2.4"
    // A list of layers with the input's shape in the first, plain types, numbers in place of lists.
    let config = try #require(parts.attributes["model_config"])
    let first = try #require(config.firstRange(of: #"{"class_name": "TimeDistributed""#))
    let end = try #require(config.firstRange(of: #", "build_input_shape""#))
    parts.attributes["model_config"] =
      #"{"class_name": "Sequential", "config": ["#
      + config[first.lowerBound..<end.lowerBound] + "}"
    let isReplaced1 = parts.replace(#""trainable": true"#, #""batch_input_shape": [null, 4, 32, 9]"#)
    #expect(isReplaced1)
    let isReplaced2 = parts.replace(#""kernel_size": [3]"#, #""kernel_size": 3"#)
    #expect(isReplaced2)
    let policy =
      #"{"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}, "registered_name": null}"#
    while parts.replace(policy, #""float32""#) {}
    #expect(try read(parts).configuration == KerasFileSupport.goldenConfiguration(.cnnLSTM))
  }

  /// Keras 2 names neither direction, and says nothing of the backward layer.
  @Test("A Bidirectional of Keras 2 is understood")
  func keras2Bidirectional() throws {
    var parts = try ModelFileParts(KerasFileSupport.golden("keras-lstm-2-bidirectional.h5"))
    parts.attributes["keras_version"] = "2.13.1"
    while let config = parts.attributes["model_config"],
      let start = config.firstRange(of: #", "backward_layer": {"#),
      let end = config[start.upperBound...].firstRange(of: #"}}}, {"class_name""#)
    {
      parts.attributes["model_config"] = config[..<start.lowerBound] + "}" + config[end.lowerBound...].dropFirst(2)
    }
    let isReplaced = parts.replace(#""name": "forward_lstm_1""#, #""name": "lstm_9""#)
    #expect(isReplaced)
    #expect(parts.attributes["model_config"]?.contains("backward_") == false)
    let file = try read(parts)
    let original = try KerasModelFile.read(path: KerasFileSupport.golden("keras-lstm-2-bidirectional.h5"))
    #expect(file.configuration == original.configuration)
    #expect(file.parameters.array == original.parameters.array)
  }

  @Test("hard_sigmoid is two functions")
  func hardSigmoids() throws {
    let custom =
      #"{"module": "builtins", "class_name": "function", "config": "keras2_hard_sigmoid", "registered_name": "function"}"#
    let packaged = custom.replacing("keras2_hard_sigmoid", with: "har>keras2_hard_sigmoid")
    let cases: [(String, String?, Activation)] = [
      (#""sigmoid""#, "3.15.1", .sigmoid),
      (#""hard_sigmoid""#, "3.15.1", .keras3HardSigmoid),
      (#""hard_sigmoid""#, "2.13.1", .hardSigmoid),
      (#""hard_sigmoid""#, nil, .keras3HardSigmoid),
      (custom, "3.15.1", .hardSigmoid),
      (packaged, "3.15.1", .hardSigmoid),
    ]
    for (text, version, expected) in cases {
      var parts = try ModelFileParts(KerasFileSupport.golden("keras-conv-lstm.h5"))
      parts.attributes["keras_version"] = version
      let isReplaced3 = parts.replace(#""recurrent_activation": "sigmoid""#, #""recurrent_activation": "# + text)
      #expect(isReplaced3)
      #expect(try read(parts).configuration.recurrentActivation == expected)
    }
  }

  @Test("Keras 2's hard_sigmoid is known as layers, as Keras saves them again")
  func hardSigmoidOfLayers() throws {
    let layers = #"""
      {"module": "keras.layers", "class_name": "Pipeline", "config": {"name": "keras2_hard_sigmoid", "trainable": true, "layers":
      [{"module": "keras.layers", "class_name": "Rescaling", "config": {"name": "rescaling", "scale": 0.2, "offset": 0.5},
      "registered_name": null}, {"module": "keras.layers", "class_name": "ReLU", "config": {"name": "re_lu", "max_value": 1.0,
      "negative_slope": 0.0, "threshold": 0.0}, "registered_name": null}]}, "registered_name": null,
      "build_config": {"input_shape": null}}
      """#
    var parts = try ModelFileParts(KerasFileSupport.golden("keras-conv-lstm.h5"))
    let isReplaced4 = parts.replace(#""recurrent_activation": "sigmoid""#, #""recurrent_activation": "# + layers)
    #expect(isReplaced4)
    #expect(try read(parts).configuration.recurrentActivation == .hardSigmoid)
    let isReplaced5 = parts.replace(#""scale": 0.2"#, #""scale": 0.3"#)
    #expect(isReplaced5)
    #expect(throws: KerasFileError.self) { try read(parts) }
  }

  private func read(_ parts: ModelFileParts) throws -> KerasModelFile {
    try KerasFileSupport.withFolder { folder in
      try parts.write("\(folder)/model.h5")
      return try KerasModelFile.read(path: "\(folder)/model.h5")
    }
  }
}
