package import NeuralNetworks
internal import SystemSupport

/// `model_config`: a model's description in Keras's JSON.
package enum KerasModelConfig {
  /// The name that Keras gives to the first model of a session; the paths of all weights begin with it.
  static let name = "sequential"

  // MARK: Writing

  /// The config as Keras 3 writes it.
  static func json(_ description: ModelDescription, _ model: Sequential) throws(ModelError) -> JSONValue {
    let precision = description.precision
    let shape = batched(description.inputShape)
    let input: JSONValue = [
      "class_name": "InputLayer",
      "config": [
        "batch_shape": shape, "dtype": "float32", "sparse": false, "ragged": false, "name": "input_layer",
        "optional": false,
      ],
    ]
    var layers: [JSONValue] = [input]
    for (description, layer) in zip(description.layers, model.layers) {
      let config = try config(try description.definition(), layer, precision)
      layers.append(["class_name": .string(type(of: description).className), "config": config])
    }
    return [
      "class_name": "Sequential",
      "config": .object(head(name, precision) + [.init("layers", .array(layers)), .init("build_input_shape", shape)]),
    ]
  }

  /// A layer's config, with those of layers inside.
  private static func config(
    _ definition: any LayerDefinition, _ layer: any Layer, _ precision: Precision
  ) throws(ModelError) -> JSONValue {
    var inner = layer.innerLayers.makeIterator()
    var members = head(layer.name, precision)
    for option in definition.config {
      switch option.value {
      case .json(let value): members.append(.init(option.key, value))
      case .layer(let description):
        guard let layer = inner.next() else { continue }
        members.append(.init(option.key, try inside(try description.definition(), layer, precision)))
      }
    }
    return .object(members)
  }

  private static func inside(
    _ definition: any LayerDefinition, _ layer: any Layer, _ precision: Precision
  ) throws(ModelError) -> JSONValue {
    let className = type(of: definition).className
    let object = kerasObject(className, in: "keras.layers", try config(definition, layer, precision))
    guard type(of: definition).hasBuildConfig else { return object }
    let built: JSONValue = ["input_shape": batched(layer.inputShape)]
    return .object((object.members ?? []) + [.init("build_config", built)])
  }

  /// What every config begins with.
  private static func head(_ name: String, _ precision: Precision) -> [JSONValue.Member] {
    [
      .init("name", .string(name)), .init("trainable", true),
      .init("dtype", kerasObject("DTypePolicy", in: "keras", ["name": .string(precision.kerasPolicy)])),
    ]
  }

  /// A shape with Keras's null for the batch before it.
  private static func batched(_ shape: [Int]) -> JSONValue { .array([.null] + shape.map { .integer($0) }) }

  // MARK: Reading

  /// Reads `model_config`; the model is still to be checked.
  package static func read(_ text: String, generation: KerasGeneration) throws(ModelFileError.Problem)
    -> ModelDescription
  {
    let json: JSONValue
    do throws(JSONSyntaxError) {
      json = try JSONValue(parsing: text)
    } catch {
      throw .malformedConfig(reason: error.reason)
    }
    guard let className = json["class_name"]?.string, let config = json["config"] else {
      throw .malformedConfig(reason: "it has no class_name or no config")
    }
    guard className == "Sequential" else { throw .notSequential(className: className) }
    // The first versions of Keras 2 made the list of layers all of the config.
    guard var layers = config.array ?? config["layers"]?.array else {
      throw .malformedConfig(reason: "it has no list of layers")
    }
    var input: JSONValue?
    if layers.first?["class_name"]?.string == "InputLayer" { input = layers.removeFirst()["config"] }
    let shape =
      input.flatMap(batchShape) ?? layers.first?["config"].flatMap(batchShape) ?? config["build_input_shape"]
    do throws(ModelError) {
      var descriptions: [any LayerDescription] = []
      for layer in layers { descriptions.append(try LayerRegistry.read(layer, generation: generation)) }
      // Keras's guide advises a last layer of float32 in a model that is mixed else.
      let isMixed = layers.contains { $0["config"]?["dtype"].flatMap(Precision.init(kerasDtype:)) == .mixed }
      return ModelDescription(
        inputShape: try sampleShape(shape), layers: descriptions, precision: isMixed ? .mixed : .f32)
    } catch {
      throw .unsupportedModel(error)
    }
  }

  private static func batchShape(_ config: JSONValue) -> JSONValue? {
    config["batch_shape"] ?? config["batch_input_shape"]
  }

  private static func sampleShape(_ shape: JSONValue?) throws(ModelError) -> [Int] {
    let extents = shape?.array?.dropFirst() ?? []
    let sizes = extents.compactMap(\.integer)
    guard !sizes.isEmpty, sizes.count == extents.count else {
      throw ModelError(
        layer: "input",
        .option("batch_shape", found: shape?.text ?? "missing", expected: "the batch and then whole numbers"))
    }
    return sizes
  }
}
