internal import SystemSupport

/// A model as data: layers one behind the other, from an input of a shape (without the batch) to the classes.
///
/// Its `Codable` form is `{"input_shape": […], "layers": [{"class_name": …, "config": {…}}]}`, with Keras's names, and
/// `"precision"` where it isn't f32.
public struct ModelDescription: Sendable {
  /// The shape of one sample, such as `[time steps, signals]`.
  public let inputShape: [Int]
  /// First to last, each with a name.
  public let layers: [any LayerDescription]
  /// What the products of its layers multiply.
  public var precision: Precision

  /// A description in which layers without names have those that Keras would give: lstm, dropout, dense, dense_1.
  public init(inputShape: [Int], layers: [any LayerDescription], precision: Precision = .f32) {
    self.inputShape = inputShape
    self.precision = precision
    var namer = LayerNamer(taken: layers.compactMap(\.name))
    self.layers = layers.map { layer in
      guard var definition = layer as? any LayerDefinition else { return layer }
      definition.fillNames(&namer)
      return definition
    }
  }
}

extension ModelDescription: Codable, Equatable {
  /// Throws ``ModelError`` where a layer is none that the package has.
  public init(from decoder: any Decoder) throws {
    let json = try JSONValue(from: decoder)
    guard let layers = json["layers"]?.array, let shape = json["input_shape"]?.array else {
      throw ModelError(.other("has no input_shape or no layers"))
    }
    let named = json["precision"] ?? .string(Precision.f32.rawValue)
    guard let precision = named.string.flatMap(Precision.init(rawValue:)) else {
      throw ModelError(
        .other(
          "has the precision \(named.text), expected \(Precision.allCases.map(\.rawValue).joined(separator: " or "))"))
    }
    self.init(
      inputShape: shape.map { $0.integer ?? 0 }, layers: try layers.map { try LayerRegistry.read($0) },
      precision: precision)
  }

  /// Writes what tells the model from others.
  public func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }

  /// Whether both stand for the same model, names included.
  public static func == (first: ModelDescription, second: ModelDescription) -> Bool { first.json == second.json }

  private var json: JSONValue {
    let precision = precision == .f32 ? [] : [JSONValue.Member("precision", .string(precision.rawValue))]
    return .object(
      [.init("input_shape", .integers(inputShape))] + precision + [.init("layers", .array(layers.map(\.json)))])
  }
}
