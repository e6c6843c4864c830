internal import Kernels
package import SystemSupport

/// A layer as data: everything that tells it from others of its class, but not the shape of its input.
///
/// The package's own layers, such as ``LSTM`` and ``Dense``, are all there are.
public protocol LayerDescription: Sendable {}

/// What makes a description one of a layer that the package has: a new layer is a type of this kind and a line in
/// `LayerRegistry`.
package protocol LayerDefinition: LayerDescription {
  /// The layer's name in its model; where it is nil, the model names it as Keras would.
  var name: String? { get set }
  /// Reads the options that tell layers of the class apart; the registry checks the others against `config`.
  init(_ options: LayerOptions) throws(ModelError)
  /// All that Keras writes about the layer, in its order, behind name, `trainable` and `dtype`.
  var config: [LayerOption] { get }
  /// Whether Keras notes the input's shape (`build_config`) beside a layer inside another.
  static var hasBuildConfig: Bool { get }
  /// Names the layer, and those inside it, where they have no name yet.
  mutating func fillNames(_ namer: inout LayerNamer)
  /// The layer on an input of this shape (without the batch).
  func makeLayer(inputShape: [Int], _ building: inout LayerBuilding) throws(ModelError) -> any Layer
}

/// What layers need to know of the model that they are made for.
package struct LayerBuilding: Sendable {
  let convolution: ConvolutionAlgorithm
  /// The dropouts that stand before; each draws from a stream of its own.
  package var dropouts: UInt32 = 0

  package init(convolution: ConvolutionAlgorithm) { self.convolution = convolution }
}

extension LayerDefinition {
  package static var hasBuildConfig: Bool { true }

  package mutating func fillNames(_ namer: inout LayerNamer) {
    if name == nil { name = namer.next(Self.className) }
  }

  /// The name, which layers of a model always have.
  var layerName: String { name ?? LayerNamer.snakeCase(Self.className) }

  /// The error about an option's value, or about the shape of the input.
  func unsupported(_ option: String, _ found: JSONValue, expected: String) -> ModelError {
    ModelError(layer: layerName, .option(option, found: found.text, expected: expected))
  }
  func unfit(_ inputShape: [Int], expected: String) -> ModelError {
    ModelError(layer: layerName, .inputShape(inputShape, expected: expected))
  }

  /// Throws where a size is none.
  func checkSize(_ option: String, _ size: Int) throws(ModelError) {
    guard LayerOptions.sizes.contains(size) else {
      throw unsupported(option, .integer(size), expected: LayerOptions.expectedSize)
    }
  }

  /// Throws where a function is none of those that the layer has.
  func checkActivation(_ option: String, _ function: Activation, of allowed: [Activation]) throws(ModelError) {
    guard allowed.contains(function) else {
      throw unsupported(option, function.json, expected: Activation.names(of: allowed))
    }
  }
}

extension LayerDescription {
  /// Keras's name of the class, which is the type's too.
  package static var className: String { "\(Self.self)" }
  package var name: String? { (self as? any LayerDefinition)?.name }

  /// The description as one of the package's layers.
  package func definition() throws(ModelError) -> any LayerDefinition {
    guard let definition = self as? any LayerDefinition else {
      throw ModelError(.unknownClass(Self.className))
    }
    return definition
  }

  /// Class, name and the layer's own options: what tells it from others.
  package var json: JSONValue {
    let options = ((self as? any LayerDefinition)?.config ?? []).filter(\.isOwn).map { option in
      switch option.value {
      case .json(let value): JSONValue.Member(option.key, value)
      case .layer(let layer): JSONValue.Member(option.key, layer.json)
      }
    }
    let name = name.map { [JSONValue.Member("name", .string($0))] } ?? []
    return ["class_name": .string(Self.className), "config": .object(name + options)]
  }
}
