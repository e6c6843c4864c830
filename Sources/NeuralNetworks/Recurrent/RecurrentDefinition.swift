internal import SystemSupport

/// A recurrent layer as data: one that can be a direction of a ``Bidirectional``.
package protocol RecurrentDefinition: LayerDefinition {
  var units: Int { get }
  var returnsSequences: Bool { get }
  var placement: RecurrentPlacement { get set }
  init(units: Int, returnsSequences: Bool, name: String?)
  /// The config's end, where the cells differ.
  var tail: [LayerOption] { get }
  /// The layer on `[steps, features]`.
  func makeRecurrentLayer(steps: Int, features: Int) -> any RecurrentLayer
}

/// Where a recurrent layer stands: a layer by itself never goes backwards.
package enum RecurrentPlacement: Sendable {
  case alone
  case forward
  case backward
}

extension RecurrentDefinition {
  package init(_ options: LayerOptions) throws(ModelError) {
    self.init(
      units: try options.size("units"), returnsSequences: try options.bool("return_sequences"), name: options.name)
    placement = options.placement
  }

  package var config: [LayerOption] {
    let own: [LayerOption] = [
      .own("units", .integer(units)), .fixed("activation", function: .elementwise(.tanh)),
      .fixed("recurrent_activation", function: .elementwise(.sigmoid)),
    ]
    // Bidirectional masks the outputs of its layers where they are sequences.
    let sequences: [LayerOption] = .sequences(
      .own("return_sequences", .bool(returnsSequences)), goesBackwards: placement == .backward,
      zeroOutputForMask: placement != .alone && returnsSequences)
    return sequences + own + tail
  }

  package func makeLayer(inputShape: [Int], dropouts: inout UInt32) throws(ModelError) -> any Layer {
    try makeRecurrentLayer(inputShape: inputShape)
  }

  func makeRecurrentLayer(inputShape: [Int]) throws(ModelError) -> any RecurrentLayer {
    try checkSize("units", units)
    guard inputShape.count == 2 else { throw unfit(inputShape, expected: "[time steps, features]") }
    return makeRecurrentLayer(steps: inputShape[0], features: inputShape[1])
  }
}
