import ModelFiles
import NeuralNetworks
import SystemSupport
import Testing
import _TestSupport

/// Damage to files of networks with other recurrent layers than the tutorial's.
@Suite("KerasModelFile: errors of reading other recurrent layers")
struct KerasModelFileVariationErrorTests {
  /// A file's name, text of its config (nothing where the damage is elsewhere), what stands there instead, and what a reader must say.
  struct Damage: Sendable, CustomTestStringConvertible {
    let name: String
    let old: String
    let new: String
    let message: String
    var testDescription: String { "\(name): \(old) → \(new)" }

    init(_ name: String, _ old: String, by new: String, says message: String) {
      self.name = name
      self.old = old
      self.new = new
      self.message = message
    }
  }

  static let damages: [Damage] = [
    Damage(
      "lstm-2", #""return_sequences": true"#, by: #""return_sequences": false"#,
      says: "layer lstm_1: the input has the shape [12], expected [time steps, features]"),
    Damage(
      "lstm-2", #""units": 12"#, by: #""units": 13"#,
      says: "sequential/lstm/lstm_cell/kernel has the shape [9, 48], expected [9, 52]"),
    Damage(
      "lstm-2", #"{"class_name": "LSTM""#, by: #"{"class_name": "GRU""#,
      says: "sequential/lstm/lstm_cell/kernel has the shape [9, 48], expected [9, 36]"),
    Damage(
      "lstm-2", #""return_sequences": true"#, by: #""return_sequences": "yes""#,
      says: #"layer lstm: return_sequences is "yes", which is not supported, expected true or false"#),
    Damage("lstm-gru", #""reset_after": true"#, by: #""reset_after": false"#, says: "layer gru: reset_after is false"),
    Damage("lstm-gru", #""use_bias": true"#, by: #""use_bias": false"#, says: "layer gru: use_bias is false"),
    Damage("lstm-gru", #""stateful": false"#, by: #""stateful": true"#, says: "layer gru: stateful is true"),
    Damage(
      "lstm-gru", #""go_backwards": false"#, by: #""go_backwards": true"#,
      says: "layer gru: go_backwards is true, which is not supported, expected false"),
    Damage(
      "lstm-gru", #""recurrent_activation": "sigmoid""#, by: #""recurrent_activation": "hard_sigmoid""#,
      says: #"layer gru: recurrent_activation is "hard_sigmoid""#),
    Damage(
      "lstm-gru", #"{"class_name": "GRU""#, by: #"{"class_name": "LSTM""#,
      says: "sequential/gru/gru_cell/kernel has the shape [9, 36], expected [9, 48]"),
    Damage(
      "lstm-2-bidirectional", #""merge_mode": "concat""#, by: #""merge_mode": "sum""#,
      says: #"layer bidirectional: merge_mode is "sum", which is not supported, expected "concat""#),
    Damage(
      "lstm-2-bidirectional", #""go_backwards": true"#, by: #""go_backwards": false"#,
      says: "layer backward_lstm: go_backwards is false, which is not supported, expected true"),
    Damage(
      "lstm-2-bidirectional", #""go_backwards": false"#, by: #""go_backwards": true"#,
      says: "layer forward_lstm: go_backwards is true, which is not supported, expected false"),
    Damage(
      "lstm-2-bidirectional", #""backward_layer": {"module": "keras.layers", "class_name": "LSTM""#,
      by: #""backward_layer": {"module": "keras.layers", "class_name": "GRU""#,
      says: #"layer bidirectional: backward_layer is "GRU", which is not supported, expected LSTM"#),
    Damage(
      "lstm-2-bidirectional", #""layer": {"module": "keras.layers", "class_name": "LSTM""#,
      by:
        #""layer": {"module": "keras.layers", "class_name": "Dropout", "config": {"name": "d", "rate": 0.5}}, "x": {"y": "LSTM""#,
      says: #"layer bidirectional: layer is "Dropout", which is not supported, expected LSTM or GRU"#),
    Damage(
      "lstm-2-bidirectional", #""layer": {"module""#, by: #""other": {"module""#,
      says: "a Bidirectional layer has no layer inside"),
    Damage(
      "cnn-lstm-2-bidirectional-gru", #""layer": {"module": "keras.layers", "class_name": "Flatten""#,
      by:
        #""layer": {"module": "keras.layers", "class_name": "GRU", "config": {"name": "g", "units": 3, "activation": "tanh", "recurrent_activation": "sigmoid"}}, "x": {"y": "Flatten""#,
      says: "has weights of 6 layers, expected those of time_distributed, time_distributed_1, time_distributed_4, "),
  ]

  @Test("A damaged model gets one line that says what is wrong", arguments: damages)
  func damaged(damage: Damage) throws {
    var parts = try ModelFileParts(KerasFileSupport.golden("keras-\(damage.name).h5"))
    try parts.change(damage.old, damage.new)
    try expectError(parts, damage.message)
  }

  @Test("Weights that are not those of the config are refused")
  func wrongWeights() throws {
    var parts = try ModelFileParts(KerasFileSupport.golden("keras-lstm-gru.h5"))
    parts.weights["gru"]?[2].shape = [72]
    try expectError(parts, "sequential/gru/gru_cell/bias has the shape [72], expected [2, 36]")

    parts = try ModelFileParts(KerasFileSupport.golden("keras-lstm-2-bidirectional.h5"))
    parts.weights["bidirectional"]?.removeLast(3)
    try expectError(
      parts,
      "layer bidirectional has 3 weights, expected kernel, recurrent_kernel, bias, kernel, recurrent_kernel, bias")
  }

  @Test("Layers that are not there, or there twice, are refused")
  func endlessLayers() throws {
    var parts = try ModelFileParts(KerasFileSupport.golden("keras-lstm-2.h5"))
    let config = try #require(parts.attributes["model_config"])
    let first = try #require(config.firstRange(of: #"{"class_name": "LSTM""#))
    let second = try #require(config[first.upperBound...].firstRange(of: #"{"class_name": "LSTM""#))
    let layer = String(config[first.lowerBound..<second.lowerBound])
    func repeating(_ makeName: (Int) -> String) -> String {
      let more = (0..<63).map { layer.replacing(#""name": "lstm""#, with: #""name": "\#(makeName($0))""#) }
      return String(config[..<first.lowerBound]) + more.joined() + String(config[first.lowerBound...])
    }
    parts.attributes["model_config"] = repeating { _ in "lstm" }
    try expectError(parts, "layer lstm: has the name of another layer")
    parts.attributes["model_config"] = repeating { "lstm-\($0)" }
    try expectError(parts, "has weights of 4 layers, expected those of lstm-0, lstm-1, lstm-2, ")
  }

  private func expectError(_ parts: ModelFileParts, _ message: String) throws {
    let error = try #require(throws: ModelFileError.self) { try parts.read() }
    #expect(error.message.contains(message), "\(error.message)")
    #expect(!error.message.contains("\n"))
    #expect(error.exitStatus == .data)
  }
}
