/// A model as `model_config` describes it: the shape of a sample, and layers one behind the other.
struct KerasModelConfig: Sendable {
  /// The shape of the input, without the batch.
  let inputShape: [Int]
  /// The layers, the input layer aside.
  let layers: [any KerasLayer]

  /// Describes one of our models; nil where it has a layer that model files cannot hold.
  init?(describing model: Sequential) {
    inputShape = model.layers[0].inputShape
    layers = model.layers.compactMap { KerasLayers.describe($0) }
    guard layers.count == model.layers.count else { return nil }
  }

  /// `model_config` as Keras 3 writes it.
  var json: JSONValue {
    let shape = KerasCommonConfig.batched(inputShape)
    let input: JSONValue = [
      "class_name": "InputLayer",
      "config": [
        "batch_shape": shape, "dtype": "float32", "sparse": false, "ragged": false, "name": "input_layer",
        "optional": false,
      ],
    ]
    let sequential = KerasCommonConfig.members([
      "layers": .array([input] + layers.map(\.json)), "build_input_shape": shape,
    ])
    return ["class_name": "Sequential", "config": .object(KerasCommonConfig.head(Self.name) + sequential)]
  }

  /// The name that Keras gives to the first model of a session; the paths of all weights begin with it.
  static let name = "sequential"

  /// What each layer is, in one line.
  var title: String { layers.map(\.title).joined(separator: " → ") }
}

// MARK: Reading

extension KerasModelConfig {
  /// Reads `model_config`.
  init(_ text: String, generation: KerasGeneration) throws(KerasFileError.Problem) {
    let json: JSONValue
    do throws(JSONError) {
      json = try JSONParser.parse(text)
    } catch {
      throw .malformedConfig(reason: "at byte \(error.offset), expected \(error.expected)")
    }
    guard let className = json["class_name"]?.string, let config = json["config"] else {
      throw .malformedConfig(reason: "it has no class_name or no config")
    }
    guard className == "Sequential" else {
      throw .unsupportedArchitecture(found: "a model of the class \(className), expected Sequential")
    }
    // The first versions of Keras 2 made the list of layers all of the config.
    guard var descriptions = config.array ?? config["layers"]?.array else {
      throw .malformedConfig(reason: "it has no list of layers")
    }
    var input: JSONValue?
    if descriptions.first?["class_name"]?.string == "InputLayer" {
      input = descriptions.removeFirst()["config"]
    }
    let shape =
      input.flatMap(Self.batchShape) ?? descriptions.first?["config"].flatMap(Self.batchShape)
      ?? config["build_input_shape"]
    inputShape = try Self.sampleShape(shape)
    var layers: [any KerasLayer] = []
    for description in descriptions {
      layers.append(try KerasLayers.read(description, generation: generation))
    }
    self.layers = layers
  }

  private static func batchShape(_ config: JSONValue) -> JSONValue? {
    config["batch_shape"] ?? config["batch_input_shape"]
  }

  private static func sampleShape(_ shape: JSONValue?) throws(KerasFileError.Problem) -> [Int] {
    let extents = shape?.array?.dropFirst() ?? []
    let sizes = extents.compactMap(\.integer).filter { (1...KerasOptions.largestSize).contains($0) }
    guard !sizes.isEmpty, sizes.count == extents.count else {
      throw .unsupportedOption(
        layer: "input", option: "batch_shape", found: shape?.text ?? "missing",
        expected: "the batch and then whole numbers from 1 to \(KerasOptions.largestSize)")
    }
    return sizes
  }
}
