package import SystemSupport

/// The classes of layers that there are.
package enum LayerRegistry {
  static let classes: [any LayerDefinition.Type] = [
    Bidirectional.self, Conv1D.self, ConvLSTM2D.self, Dense.self, Dropout.self, Flatten.self, GRU.self, LSTM.self,
    MaxPooling1D.self, TimeDistributed.self,
  ]

  /// Reads a layer: an object of `class_name` and `config`, as Keras or `LayerDescription.json` writes it.
  package static func read(
    _ json: JSONValue, generation: KerasGeneration = .three, placement: RecurrentPlacement = .alone
  ) throws(ModelError) -> any LayerDefinition {
    guard let className = json["class_name"]?.string else { throw ModelError(.other("a layer has no class_name")) }
    guard let type = classes.first(where: { $0.className == className }) else {
      throw ModelError(.unknownClass(className))
    }
    let options = try LayerOptions(
      json["config"] ?? .null, className: className, generation: generation, placement: placement)
    let layer = try type.init(options)
    try options.check(layer.config)
    return layer
  }
}
