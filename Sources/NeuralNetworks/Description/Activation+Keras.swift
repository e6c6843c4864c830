internal import Kernels
internal import SystemSupport

extension Activation {
  /// What an option such as `activation` holds; nil for a function that is not known here.
  ///
  /// `hard_sigmoid` is one function in Keras 2 and another in Keras 3.
  init?(_ value: JSONValue, generation: KerasGeneration) {
    switch value {
    case .null: self = .linear
    case .string("hard_sigmoid") where generation == .two, .string(Self.keras2HardSigmoid): self = .hardSigmoid
    case .string:
      guard let function = Self.allCases.first(where: { $0.json == value }) else { return nil }
      self = function
    case .object: self.init(serialized: value, generation: generation)
    default: return nil
    }
  }

  /// A Python function by name, perhaps registered under a package, or clip(scale · x + 0.5, 0, 1) made of layers.
  private init?(serialized object: JSONValue, generation: KerasGeneration) {
    switch object["class_name"]?.string {
    case "function":
      guard let name = object["config"]?.string, let last = name.split(separator: ">").last else { return nil }
      self.init(.string(String(last)), generation: generation)
    case "Pipeline":
      guard let layers = object["config"]?["layers"]?.array, layers.count == 2,
        layers[0]["class_name"]?.string == "Rescaling", let rescaling = layers[0]["config"],
        layers[1]["class_name"]?.string == "ReLU", let relu = layers[1]["config"],
        let scale = rescaling["scale"]?.double, rescaling["offset"]?.double == 0.5,
        relu["max_value"]?.double == 1, (relu["negative_slope"]?.double ?? 0) == 0,
        (relu["threshold"]?.double ?? 0) == 0
      else { return nil }
      switch Float(scale) {
      case 0.2: self = .hardSigmoid
      case 1 / 6: self = .keras3HardSigmoid
      default: return nil
      }
    default: return nil
    }
  }

  /// Functions as an error lists them.
  static func names(of functions: [Activation]) -> String {
    functions.map { $0 == .hardSigmoid ? "\"\(keras2HardSigmoid)\"" : $0.json.text }.joined(separator: " or ")
  }

  /// What Keras 3 writes, and loads without being told of any function.
  var json: JSONValue {
    switch self {
    case .linear, .relu, .tanh, .sigmoid, .softmax: .string(rawValue)
    case .keras3HardSigmoid: "hard_sigmoid"
    case .hardSigmoid: Self.hardSigmoidOfLayers
    }
  }

  private static let keras2HardSigmoid = "keras2_hard_sigmoid"

  /// Keras 3 has no name for clip(0.2 x + 0.5, 0, 1), but takes layers for a function.
  private static let hardSigmoidOfLayers = kerasObject(
    "Pipeline", in: "keras.layers",
    [
      "name": .string(keras2HardSigmoid),
      "layers": [
        kerasObject("Rescaling", in: "keras.layers", ["scale": 0.2, "offset": 0.5]),
        kerasObject("ReLU", in: "keras.layers", ["max_value": 1.0]),
      ],
    ])
}

/// Which Keras wrote a file, as far as it matters to what a config means.
package enum KerasGeneration: Sendable, Equatable {
  case two
  case three

  /// From `keras_version`; a file that says nothing is read as today's Keras reads it.
  package init(version: String?) { self = version?.hasPrefix("2.") == true ? .two : .three }
}
