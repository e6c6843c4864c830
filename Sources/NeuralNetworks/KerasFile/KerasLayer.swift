/// A layer as a model file describes it.
///
/// Only what the layer computes is kept. What matters to training alone (initializers, regularizers, constraints, an LSTM's own
/// dropout) is written with Keras's defaults, and not looked at in reading.
///
/// A new class of layers is a type of its own and a line in `KerasLayers.classes`.
protocol KerasLayer: Sendable {
  /// Keras's name of the class.
  static var className: String { get }
  /// The name in the file, such as `lstm_3`.
  var name: String { get }
  /// Reads a config.
  init(_ options: KerasOptions) throws(KerasFileError.Problem)
  /// Describes one of our layers; nil for one of another class.
  init?(describing layer: any Layer)
  /// The config as Keras 3 writes it.
  var config: JSONValue { get }
  /// The options that tell layers of this class apart.
  var settings: [(option: String, value: JSONValue)] { get }
  /// The folders of the layer's weights in the names of weights, the cell included: one, or several with as many weights each, in the
  /// weights' order.
  var weightsFolders: [String] { get }
  /// The class with those of layers inside, such as `TimeDistributed(Conv1D)`.
  var title: String { get }
  /// The shape that Keras notes beside the config of a layer inside another; nil for classes where it notes none.
  var builtShape: [Int]? { get }
  /// Takes the sizes that this layer gives to a model.
  func adopt(into configuration: inout ModelConfiguration)
  /// Refuses to be another layer than `expected`, which is of the same title; names don't count.
  func check(against expected: any KerasLayer) throws(KerasFileError.Problem)
}

extension KerasLayer {
  var weightsFolders: [String] { [name] }
  var title: String { Self.className }
  var builtShape: [Int]? { nil }
  var settings: [(option: String, value: JSONValue)] { [] }
  func adopt(into configuration: inout ModelConfiguration) {}

  /// The layer among others.
  var json: JSONValue { ["class_name": .string(Self.className), "config": config] }

  /// The layer inside another.
  var jsonInside: JSONValue {
    var layer = KerasCommonConfig.members(KerasCommonConfig.object(Self.className, in: "keras.layers", config))
    if let builtShape {
      layer.append(.init(key: "build_config", value: ["input_shape": KerasCommonConfig.batched(builtShape)]))
    }
    return .object(layer)
  }

  /// Compares the settings.
  func check(against expected: any KerasLayer) throws(KerasFileError.Problem) {
    for (mine, other) in zip(settings, expected.settings) where mine.value != other.value {
      throw .unsupportedOption(
        layer: name, option: mine.option, found: mine.value.text, expected: other.value.text)
    }
  }
}

/// The classes of layers that are known here.
enum KerasLayers {
  private static let classes: [any KerasLayer.Type] = [
    KerasBidirectional.self, KerasConv1D.self, KerasConvLSTM2D.self, KerasDense.self, KerasDropout.self,
    KerasFlatten.self, KerasGRU.self, KerasLSTM.self, KerasMaxPooling1D.self, KerasTimeDistributed.self,
  ]

  /// Reads a layer: its class's name and its config.
  static func read(_ json: JSONValue, generation: KerasGeneration) throws(KerasFileError.Problem) -> any KerasLayer {
    guard let className = json["class_name"]?.string else {
      throw .malformedConfig(reason: "a layer has no class_name")
    }
    guard let type = classes.first(where: { $0.className == className }) else {
      throw .unknownLayer(className: className)
    }
    return try type.init(
      try KerasOptions(json["config"] ?? .null, className: className, generation: generation))
  }

  /// Describes one of our layers; nil where its class is not known here.
  static func describe(_ layer: any Layer) -> (any KerasLayer)? {
    for type in classes {
      if let description = type.init(describing: layer) { return description }
    }
    return nil
  }
}
