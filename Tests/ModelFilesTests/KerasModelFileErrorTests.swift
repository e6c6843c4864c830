import Foundation
import HDF5
import ModelFiles
import NeuralNetworks
import SystemSupport
import Testing
import _TestSupport

/// A way to damage a model file, and what a reader must say to it.
struct DamagedModel: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let preset: ModelPreset
  let message: String
  let damage: @Sendable (inout ModelFileParts) -> Void

  init(
    _ name: String, _ preset: ModelPreset = .lstm, says message: String,
    _ damage: @escaping @Sendable (inout ModelFileParts) -> Void
  ) {
    testDescription = name
    self.preset = preset
    self.message = message
    self.damage = damage
  }

  /// Replaces text of the config.
  init(
    _ preset: ModelPreset, _ old: String, by new: String, says message: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    self.init("\(old) → \(new)", preset, says: message) {
      let found = $0.replace(old, new)
      #expect(found, "the config has it", sourceLocation: sourceLocation)
    }
  }
}

extension DamagedModel {
  /// Replaces text of the LSTM's config.
  init(_ old: String, by new: String, says message: String, sourceLocation: SourceLocation = #_sourceLocation) {
    self.init(.lstm, old, by: new, says: message, sourceLocation: sourceLocation)
  }
}

@Suite("KerasModelFile: errors of reading")
struct KerasModelFileErrorTests {
  static let missing: [DamagedModel] = [
    DamagedModel("no config", says: "the attribute model_config is missing") { $0.attributes["model_config"] = nil },
    DamagedModel("no weights", says: "/model_weights: is missing") { $0.hasWeightsGroup = false },
    DamagedModel("no weights of a layer", says: "layer lstm has 2 weights, expected kernel, recurrent_kernel, bias") {
      $0.weights["lstm"]?.removeLast()
    },
    DamagedModel("a layer without weights", says: "has weights of 2 layers, expected those of lstm, dense, dense_1") {
      $0.weights["dense"] = []
    },
    DamagedModel("a layer without a group", says: "/model_weights/dense: is missing") { $0.weights["dense"] = nil },
    DamagedModel("a weight without data", says: "/sequential/dense/bias: is missing") {
      $0.weights["dense"]?[1].values = []
    },
    DamagedModel(
      "a transposed kernel", says: "sequential/lstm/lstm_cell/kernel has the shape [48, 9], expected [9, 48]"
    ) { $0.weights["lstm"]?[0].shape = [48, 9] },
    DamagedModel("weights in another order", says: "has the shape [12, 48], expected [9, 48]") {
      $0.weights["lstm"]?.swapAt(0, 1)
    },
    DamagedModel("NaN", says: "sequential/dense_1/bias holds values that are not finite numbers") {
      $0.weights["dense_1"]?[1].values[3] = .nan
    },
    DamagedModel("an infinity", says: "sequential/dense/kernel holds values that are not finite numbers") {
      $0.weights["dense"]?[0].values[0] = -.infinity
    },
  ]

  static let options: [DamagedModel] = [
    DamagedModel(#""activation": "tanh""#, by: #""activation": "relu""#, says: #"layer lstm: activation is "relu""#),
    DamagedModel(
      #""recurrent_activation": "sigmoid""#, by: #""recurrent_activation": "hard_sigmoid""#,
      says: #"layer lstm: recurrent_activation is "hard_sigmoid", which is not supported, expected "sigmoid""#),
    DamagedModel(#""activation": "relu""#, by: #""activation": "swish""#, says: #"layer dense: activation is "swish""#),
    DamagedModel(
      #""activation": "softmax""#, by: #""activation": "relu""#, says: #"layer dense_1: activation is "relu""#),
    DamagedModel(#""activation": "relu", "#, by: "", says: "layer dense: activation is missing"),
    DamagedModel(#""use_bias": true"#, by: #""use_bias": false"#, says: "layer lstm: use_bias is false"),
    DamagedModel(#""stateful": false"#, by: #""stateful": true"#, says: "layer lstm: stateful is true"),
    DamagedModel(#""go_backwards": false"#, by: #""go_backwards": true"#, says: "layer lstm: go_backwards is true"),
    DamagedModel(#""return_state": false"#, by: #""return_state": true"#, says: "layer lstm: return_state is true"),
    DamagedModel(
      #""return_sequences": false"#, by: #""return_sequences": true"#,
      says: "layer dense_1: the input has the shape [128, 10], expected [features] in the last layer"),
    DamagedModel(#""rate": 0.5"#, by: #""rate": 1.0"#, says: "layer dropout: rate is 1.0"),
    DamagedModel(#""rate": 0.5"#, by: #""rate": NaN"#, says: "layer dropout: rate is NaN"),
    DamagedModel(
      #""name": "dense", "trainable": true, "dtype": {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}"#,
      by: #""name": "dense", "trainable": true, "dtype": {"config": {"name": "mixed_float16"}"#,
      says: #"layer dense: dtype is {"config": {"name": "mixed_float16"}"#),
    DamagedModel(
      .cnnLSTM, #""padding": "valid""#, by: #""padding": "same""#, says: #"layer conv1d: padding is "same""#),
    DamagedModel(.cnnLSTM, #""strides": [1]"#, by: #""strides": [2]"#, says: "layer conv1d: strides is [2]"),
    DamagedModel(
      .cnnLSTM, #""dilation_rate": [1]"#, by: #""dilation_rate": [2]"#, says: "layer conv1d: dilation_rate is [2]"),
    DamagedModel(.cnnLSTM, #""groups": 1"#, by: #""groups": 3"#, says: "layer conv1d: groups is 3"),
    DamagedModel(
      .cnnLSTM, #""pool_size": [2]"#, by: #""pool_size": [3]"#, says: "layer max_pooling1d: pool_size is [3]"),
    DamagedModel(
      .cnnLSTM, #""strides": [2]"#, by: #""strides": [1]"#, says: "layer max_pooling1d: strides is [1]"),
    DamagedModel(
      .cnnLSTM, #""data_format": "channels_last""#, by: #""data_format": "channels_first""#,
      says: #"layer conv1d: data_format is "channels_first""#),
    DamagedModel(
      .cnnLSTM, #""filters": 8"#, by: #""filters": 9"#,
      says: "sequential/time_distributed/conv1d/kernel has the shape [3, 9, 8], expected [3, 9, 9]"),
    DamagedModel(
      .convLSTM, #""kernel_size": [1, 3]"#, by: #""kernel_size": [3, 3]"#,
      says: "layer conv_lstm2d: kernel_size is [3, 3], which is not supported, expected a height of 1"),
    DamagedModel(
      .convLSTM, #""recurrent_activation": "sigmoid""#, by: #""recurrent_activation": "tanh""#,
      says: #"layer conv_lstm2d: recurrent_activation is "tanh""#),
  ]

  static let sizes: [DamagedModel] =
    ["0", "-1", "65537", "9223372036854775807", "9223372036854775808", "1e300", "1.5", "null", "[100]", #""100""#].map {
      DamagedModel(#""units": 12"#, by: #""units": "# + $0, says: "layer lstm: units is ")
    } + [
      DamagedModel(
        "[null, 128, 9]", by: "[null, null, 9]", says: "layer input: batch_shape is [null, null, 9]"),
      DamagedModel(
        "[null, 128, 9]", by: "[null, 1152]",
        says: "layer lstm: the input has the shape [1152], expected [time steps, features]"),
      DamagedModel("[null, 128, 9]", by: "[]", says: "layer input: batch_shape is []"),
      DamagedModel(
        .cnnLSTM, "[null, 4, 32, 9]", by: "[null, 65536, 65536, 9]", says: "the model takes more than"),
      DamagedModel(
        .cnnLSTM, "[null, 4, 32, 9]", by: "[null, 4, 5, 9]",
        says:
          "layer max_pooling1d: the input has the shape [1, 8], expected [time steps, channels] of at least two steps"),
      DamagedModel(
        .convLSTM, "[null, 4, 1, 32, 9]", by: "[null, 4, 2, 16, 9]",
        says: "layer conv_lstm2d: the input has the shape [4, 2, 16, 9], expected [time steps, 1, positions, channels]"),
      DamagedModel(.convLSTM, #""filters": 8"#, by: #""filters": 65536"#, says: "the model takes more than"),
      DamagedModel(#""units": 12"#, by: #""units": 13"#, says: "has the shape [9, 48], expected [9, 52]"),
    ]

  static let structures: [DamagedModel] = [
    DamagedModel(
      #""class_name": "LSTM""#, by: #""class_name": "SimpleRNN""#,
      says: "a layer of the class SimpleRNN, which is not supported"),
    DamagedModel(
      #""class_name": "LSTM""#, by: #""class_name": "GRU""#,
      says: "sequential/lstm/lstm_cell/kernel has the shape [9, 48], expected [9, 36]"),
    DamagedModel(
      .cnnLSTM, #""class_name": "MaxPooling1D""#, by: #""class_name": "AveragePooling1D""#,
      says: "a layer of the class AveragePooling1D"),
    DamagedModel(
      #""class_name": "LSTM""#, by: #""class_name": "two\nlines\u001b[31m""#,
      says: #"the class two\nlines\u{1B}[31m"#),
    DamagedModel(
      #""class_name": "Sequential""#, by: #""class_name": "Functional""#,
      says: "is a model of the class Functional, expected Sequential"),
    DamagedModel("an empty model", says: "found no layers") {
      $0.attributes["model_config"] =
        #"{"class_name": "Sequential", "config": {"layers": [], "build_input_shape": [1, 2]}}"#
    },
    DamagedModel(
      "no JSON", says: "model_config that Keras did not write: Invalid value around character 0"
    ) {
      $0.attributes["model_config"] = "hello"
    },
    DamagedModel("JSON cut off", says: "model_config that Keras did not write: Unexpected end of file") {
      $0.attributes["model_config"]?.removeLast(7)
    },
    DamagedModel("JSON that is too deep", says: "it is nested deeper than 64 levels") {
      $0.attributes["model_config"] = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
    },
    DamagedModel(
      "JSON without bottom", says: "model_config that Keras did not write: Too many nested arrays or dictionaries"
    ) {
      $0.attributes["model_config"] = String(repeating: "[", count: 100_000)
    },
    DamagedModel(
      "objects without bottom", says: "model_config that Keras did not write: Too many nested arrays or dictionaries"
    ) {
      $0.attributes["model_config"] =
        String(repeating: #"{"a":"#, count: 10_000) + "1" + String(repeating: "}", count: 10_000)
    },
    DamagedModel("no layers", says: "it has no list of layers") {
      $0.attributes["model_config"] = #"{"class_name": "Sequential", "config": {}}"#
    },
    DamagedModel(#""name": "lstm", "#, by: "", says: "a layer of class LSTM has no name"),
  ]

  @Test("A damaged model gets one line that says what is wrong", arguments: missing + options + sizes + structures)
  func damaged(model: DamagedModel) throws {
    let folder = try TemporaryDirectory()
    let path = folder.path("model.h5")
    var parts = try ModelFileParts(KerasFileSupport.golden("keras-\(model.preset.rawValue).h5"))
    model.damage(&parts)
    try parts.write(path)
    let error = try #require(throws: ModelFileError.self) { try KerasModelFile.read(path: path) }
    #expect(error.message.hasPrefix("\(path): "))
    #expect(error.message.contains(model.message), "\(error.message)")
    #expect(!error.message.contains("\n"))
    #expect(error.exitStatus == .data)
  }

  /// Networks that are no preset, made of a preset's file and its weights, and the classes of their layers.
  static let otherNetworks: [(file: String, old: String, new: String, classes: String)] = [
    (
      "lstm", #""activation": "relu""#, #""activation": "linear""#, "LSTM Dropout Dense Dense"
    ),
    (
      "cnn-lstm", #""rate": 0.5"#, #""rate": 0.25"#,
      Array(repeating: "TimeDistributed", count: 5).joined(separator: " ") + " LSTM Dropout Dense Dense"
    ),
    (
      "conv-lstm", #""class_name": "Dropout""#, #""class_name": "Flatten""#, "ConvLSTM2D Flatten Flatten Dense Dense"
    ),
    ("lstm-2", #""class_name": "Dropout""#, #""class_name": "Flatten""#, "LSTM LSTM Flatten Dense Dense"),
  ]

  @Test("Layers in another order than a preset's are a model too", arguments: otherNetworks.indices)
  func otherOrders(index: Int) throws {
    let (file, old, new, classes) = Self.otherNetworks[index]
    let path = KerasFileSupport.golden("keras-\(file).h5")
    var parts = try ModelFileParts(path)
    try parts.change(old, new)
    let (found, original) = (try parts.read(), try KerasModelFile.read(path: path))
    #expect(found.description.layers.map { type(of: $0).className }.joined(separator: " ") == classes)
    #expect(found.description != original.description)
    #expect(found.parameters.bits == original.parameters.bits)
    let windows = (0..<found.model.inputCount).map { Float($0 % 17) / 17 - 0.5 }
    let probabilities = KerasFileSupport.probabilities(found.model, found.parameters, windows)
    #expect(abs(probabilities.reduce(0, +) - 1) < 1e-5)
    // Dropout and flattening change no prediction; a linear layer does.
    let isTheSame = probabilities == KerasFileSupport.probabilities(original.model, original.parameters, windows)
    #expect(isTheSame == (file != "lstm"))
  }

  @Test("Files that are no models are refused as what they are")
  func otherFiles() throws {
    let folder = try TemporaryDirectory()
    let path = folder.path("file")
    func error(_ bytes: Data) throws -> ModelFileError {
      try folder.write(bytes, to: "file")
      return try #require(throws: ModelFileError.self) { try KerasModelFile.read(path: path) }
    }
    let golden = try Data(contentsOf: URL(fileURLWithPath: KerasFileSupport.golden("keras-lstm.h5")))
    #expect(try error(Data("no HDF5".utf8)).message == "\(path): is not an HDF5 file")
    #expect(
      try error(Data("PK\u{3}\u{4} and more".utf8)).message
        == "\(path): is a zip archive, not an HDF5 file; a .keras file can be saved again in Keras as .h5")
    #expect(try error(Data()).message == "\(path): is empty, not an HDF5 file")
    #expect(try error(golden.prefix(golden.count / 2)).message.contains("is truncated"))
    let absentPath = folder.path("absent")
    let absent = try #require(throws: ModelFileError.self) { try KerasModelFile.read(path: absentPath) }
    #expect(absent.exitStatus == .noInput)
    #expect(absent.message == "\(absentPath): cannot be opened: No such file or directory")
    let ofFolder = try #require(throws: ModelFileError.self) { try KerasModelFile.read(path: folder.path) }
    #expect(ofFolder.problem == .notHDF5(reason: "is not a file"))
    #expect(ofFolder.path == folder.path)
    let other = try #require(throws: ModelFileError.self) {
      try KerasModelFile.read(path: KerasFileSupport.golden("kerasfiles.h5"))
    }
    #expect(other.problem == .noModelConfig)
  }

  @Test(
    "Configs with random damage are read or refused, and never trap",
    arguments: ModelPreset.allCases.map(\.rawValue) + KerasFileSupport.goldenVariations
      + KerasFileSupport.goldenCompositions)
  func randomDamage(name: String) throws {
    let folder = try TemporaryDirectory()
    let path = folder.path("model.h5")
    let original = try ModelFileParts(KerasFileSupport.golden("keras-\(name).h5"))
    let config = Array((original.attributes["model_config"] ?? "").utf8)
    let replacements = Array(#"0129-.eE"[]{},:\u nulltrue"#.utf8)
    var generator = KerasFileRandom(state: 7)
    for _ in 0..<200 {
      var bytes = config
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        bytes[place] = replacements[Int.random(in: 0..<replacements.count, using: &generator)]
      }
      var parts = original
      parts.attributes["model_config"] = String(decoding: bytes, as: UTF8.self)
      try parts.write(path)
      do throws(ModelFileError) {
        _ = try KerasModelFile.read(path: path)
      } catch {
        #expect(error.exitStatus == .data)
      }
    }
  }
}

/// The same numbers in every run.
struct KerasFileRandom: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 33)
  }
}
