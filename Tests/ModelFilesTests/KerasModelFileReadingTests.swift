import HDF5
import Kernels
import ModelFiles
import NeuralNetworks
import SystemSupport
import Testing
import _TestSupport

@Suite("KerasModelFile: reading what Keras saved")
struct KerasModelFileReadingTests {
  @Test("Files that Keras saved open and predict the same", arguments: ModelPreset.allCases)
  func predictsAsKeras(preset: ModelPreset) throws {
    let golden = try File.open(KerasFileSupport.golden("kerasfiles.h5")).root.group(preset.rawValue)
    try expectPredictions(
      of: preset.rawValue, try KerasFileSupport.goldenDescription(preset),
      from: try golden.dataset("input").read(), equal: try golden.dataset("predictions").read())
  }

  @Test("So do files with other recurrent layers", arguments: KerasFileSupport.goldenVariations)
  func predictsAsKeras(variation: String) throws {
    let golden = try File.open(KerasFileSupport.golden("kerasfiles-extended.h5")).root.group(variation)
    try expectPredictions(
      of: variation, try KerasFileSupport.goldenDescription(named: variation),
      from: try golden.dataset("input").read(), equal: try golden.dataset("predictions").read())
  }

  @Test("So do files of layers in other orders", arguments: KerasFileSupport.goldenCompositions)
  func predictsAsKeras(composition: String) throws {
    let golden = try Golden(file: "compositions.h5", name: composition)
    try expectPredictions(
      of: composition, KerasFileSupport.goldenComposition(named: composition), from: try golden.floats("input"),
      equal: try golden.floats("output"))
  }

  /// Keras rounds activations to bf16 too, its probabilities among them, of which those next to 1 are 2^-8 apart.
  @Test("So do files of mixed precision, as well as bf16 can tell")
  func predictsAsKerasInMixedPrecision() throws {
    let golden = try File.open(KerasFileSupport.golden("kerasfiles-mixed.h5")).root.group("mixed")
    try expectPredictions(
      of: "mixed", try KerasFileSupport.goldenMixed(), from: try golden.dataset("input").read(),
      equal: try golden.dataset("predictions").read(), within: 0x1p-9)
  }

  @Test("Mixed precision needs one layer that says so; an unknown policy is refused")
  func policies() throws {
    func policy(_ name: String) -> String {
      #"{"module": "keras", "class_name": "DTypePolicy", "config": {"name": "\#(name)"}, "registered_name": null}"#
    }
    var parts = try ModelFileParts(KerasFileSupport.golden("keras-mixed.h5"))
    try parts.change(
      #""name": "dense_1", "trainable": true, "dtype": \#(policy("mixed_bfloat16"))"#,
      #""name": "dense_1", "trainable": true, "dtype": \#(policy("float32"))"#)
    #expect(try parts.read().description.precision == .mixed)
    while parts.replace(policy("mixed_bfloat16"), policy("float32")) {}
    #expect(try parts.read().description.precision == .f32)
    try parts.change(
      #""name": "dense", "trainable": true, "dtype": \#(policy("float32"))"#,
      #""name": "dense", "trainable": true, "dtype": \#(policy("mixed_float16"))"#)
    #expect(throws: ModelFileError.self) { try parts.read() }
  }

  private func expectPredictions(
    of name: String, _ description: ModelDescription, from input: [Float], equal expected: [Float],
    within tolerance: Float = 1e-5
  ) throws {
    let path = KerasFileSupport.golden("keras-\(name).h5")
    let file = try KerasModelFile.read(path: path)
    #expect(file.description == description)
    #expect(try KerasModelFile.readDescription(path: path) == description)
    #expect(file.attributes.isEmpty)
    let found = KerasFileSupport.probabilities(file.model, file.parameters, input)
    #expect(found.count == expected.count)
    for (found, expected) in zip(found, expected) { #expect(abs(found - expected) <= tolerance) }
  }

  @Test("Layers may have any names, and keep them")
  func suffixedNames() throws {
    var parts = try ModelFileParts(KerasFileSupport.golden("keras-lstm.h5"))
    try parts.change(#""name": "lstm""#, #""name": "lstm_3""#)
    try parts.change(#""name": "dense""#, #""name": "dense_7""#)
    parts.layerNames = ["lstm_3", "dropout", "dense_7", "dense_1"]
    parts.weights["lstm_3"] = parts.weights.removeValue(forKey: "lstm")?.map {
      .init(
        name: "sequential_2/lstm_3/\($0.name.split(separator: "/").last ?? ""):0", shape: $0.shape, values: $0.values)
    }
    parts.weights["dense_7"] = parts.weights.removeValue(forKey: "dense")
    let file = try parts.read()
    let original = try KerasModelFile.read(path: KerasFileSupport.golden("keras-lstm.h5"))
    #expect(
      file.description
        == ModelDescription(
          inputShape: [128, 9],
          layers: [
            LSTM(units: 12, name: "lstm_3"), Dropout(rate: 0.5, name: "dropout"),
            Dense(units: 10, activation: .relu, name: "dense_7"),
            Dense(units: 6, activation: .softmax, name: "dense_1"),
          ]))
    #expect(file.parameters.bits == original.parameters.bits)

    let folder = try TemporaryDirectory()
    try KerasModelFile.write(
      path: folder.path("again.h5"), description: file.description, parameters: file.parameters)
    let again = try ModelFileParts(folder.path("again.h5"))
    #expect(again.layerNames == parts.layerNames)
    #expect(again.weights["lstm_3"]?.map(\.name).first == "sequential/lstm_3/lstm_cell/kernel")
    #expect(try again.read().description == file.description)
  }

  @Test("A description needs no weights")
  func descriptionAlone() throws {
    let folder = try TemporaryDirectory()
    var parts = try ModelFileParts(KerasFileSupport.golden("keras-cnn-lstm.h5"))
    parts.hasWeightsGroup = false
    try parts.write(folder.path("model.h5"))
    let description = try KerasModelFile.readDescription(path: folder.path("model.h5"))
    #expect(try description == KerasFileSupport.goldenDescription(.cnnLSTM))
    #expect(throws: ModelFileError.self) { try KerasModelFile.read(path: folder.path("model.h5")) }
    // The model must be one all the same.
    try parts.change(#""activation": "softmax""#, #""activation": "relu""#)
    try parts.write(folder.path("model.h5"))
    #expect(throws: ModelFileError.self) { try KerasModelFile.readDescription(path: folder.path("model.h5")) }
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
    try parts.change(#""trainable": true"#, #""batch_input_shape": [null, 4, 32, 9]"#)
    try parts.change(#""kernel_size": [3]"#, #""kernel_size": 3"#)
    let policy =
      #"{"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}, "registered_name": null}"#
    while parts.replace(policy, #""float32""#) {}
    #expect(try parts.read().description == KerasFileSupport.goldenDescription(.cnnLSTM))
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
    try parts.change(#""name": "forward_lstm_1""#, #""name": "lstm_9""#)
    #expect(parts.attributes["model_config"]?.contains("backward_") == false)
    let file = try parts.read()
    let original = try KerasModelFile.read(path: KerasFileSupport.golden("keras-lstm-2-bidirectional.h5"))
    let names = file.model.layers.flatMap(\.innerLayers).map(\.name)
    #expect(names == ["forward_lstm", "backward_lstm", "lstm_9", "backward_lstm_9"])
    #expect(file.model.layers.map(\.name) == original.model.layers.map(\.name))
    #expect(
      file.model.placedParameters.map(\.parameter.shape) == original.model.placedParameters.map(\.parameter.shape))
    #expect(file.parameters.bits == original.parameters.bits)
  }

  @Test("Numbers that only Python writes don't hinder reading", arguments: ["NaN", "Infinity", "-Infinity"])
  func pythonNumbers(number: String) throws {
    var parts = try ModelFileParts(KerasFileSupport.golden("keras-lstm.h5"))
    try parts.change(#""seed": null"#, #""seed": "# + number)
    #expect(try parts.read().description == KerasFileSupport.goldenDescription(.lstm))
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
      try parts.change(#""recurrent_activation": "sigmoid""#, #""recurrent_activation": "# + text)
      #expect(try recurrentActivation(parts) == expected)
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
    try parts.change(#""recurrent_activation": "sigmoid""#, #""recurrent_activation": "# + layers)
    #expect(try recurrentActivation(parts) == .hardSigmoid)
    try parts.change(#""scale": 0.2"#, #""scale": 0.3"#)
    #expect(throws: ModelFileError.self) { try parts.read() }
  }

  private func recurrentActivation(_ parts: ModelFileParts) throws -> Activation {
    try #require(try parts.read().description.layers.first as? ConvLSTM2D).recurrentActivation
  }
}
