internal import SystemSupport

/// An ``LSTM`` or ``GRU`` over `[T, D]` in both directions, whose states stand side by side: `[2U]`, or `[T, 2U]`.
///
/// https://keras.io/api/layers/recurrent_layers/bidirectional/ with `merge_mode` concat.
public struct Bidirectional: LayerDescription {
  package var name: String?
  package private(set) var forward: any RecurrentDefinition
  package private(set) var backward: any RecurrentDefinition

  /// An LSTM in both directions.
  public init(_ inner: LSTM, name: String? = nil) { self.init(both: inner, name: name) }

  /// A GRU in both directions.
  public init(_ inner: GRU, name: String? = nil) { self.init(both: inner, name: name) }

  init(both inner: any RecurrentDefinition, name: String? = nil) {
    forward = inner
    backward = inner
    self.name = name
    forward.placement = .forward
    backward.placement = .backward
    if let name = inner.name { nameDirections(name) }
  }

  private mutating func nameDirections(_ name: String) {
    forward.name = Self.forwardPrefix + name
    backward.name = Self.backwardPrefix + name
  }

  private static let forwardPrefix = "forward_"
  private static let backwardPrefix = "backward_"
}

extension Bidirectional: LayerDefinition {
  package init(_ options: LayerOptions) throws(ModelError) {
    let layer = try Self.direction(of: options, option: "layer", placement: .forward)
    self.init(both: layer, name: options.name)
    forward = layer
    // Keras 2 names no direction, and leaves out a backward layer that is like the forward one.
    guard let other = options["backward_layer"], other != .null else {
      backward.name = Self.backwardPrefix + layer.layerName.trimmingPrefix(Self.forwardPrefix)
      return
    }
    backward = try Self.direction(of: options, option: "backward_layer", placement: .backward)
    guard type(of: backward).className == type(of: layer).className else {
      throw options.unsupported(
        "backward_layer", .string(type(of: backward).className), expected: type(of: layer).className)
    }
    for (option, first, second) in [
      ("units", JSONValue.integer(layer.units), JSONValue.integer(backward.units)),
      ("return_sequences", .bool(layer.returnsSequences), .bool(backward.returnsSequences)),
    ] where first != second {
      throw backward.unsupported(option, second, expected: "\(first.text) as in the forward layer")
    }
  }

  private static func direction(
    of options: LayerOptions, option: String, placement: RecurrentPlacement
  ) throws(ModelError) -> any RecurrentDefinition {
    let layer = try options.layer(option, placement: placement)
    guard let direction = layer as? any RecurrentDefinition else {
      throw options.unsupported(option, .string(type(of: layer).className), expected: "LSTM or GRU")
    }
    return direction
  }

  package var config: [LayerOption] {
    [
      .fixed("merge_mode", "concat"), .own("layer", layer: forward), .own("backward_layer", layer: backward),
    ]
  }

  package mutating func fillNames(_ namer: inout LayerNamer) {
    if forward.name == nil { nameDirections(namer.next(type(of: forward).className)) }
    if name == nil { name = namer.next(Self.className) }
  }

  package func makeLayer(inputShape: [Int], _ building: inout LayerBuilding) throws(ModelError) -> any Layer {
    BidirectionalLayer(
      name: layerName, forwardLayer: try forward.makeRecurrentLayer(inputShape: inputShape),
      backwardLayer: try backward.makeRecurrentLayer(inputShape: inputShape))
  }
}
