internal import SystemSupport

/// A recurrent layer as data: one that can be a direction of a ``Bidirectional``.
package protocol RecurrentDefinition: LayerDefinition {
  static var cell: RecurrentCell { get }
  var units: Int { get }
  var returnsSequences: Bool { get }
  var placement: RecurrentPlacement { get set }
  init(units: Int, returnsSequences: Bool, name: String?)
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
      .own("units", .integer(units)), .fixed("activation", function: .tanh),
      .fixed("recurrent_activation", function: .sigmoid),
    ]
    // Bidirectional masks the outputs of its layers where they are sequences.
    let sequences: [LayerOption] = .sequences(
      .own("return_sequences", .bool(returnsSequences)), goesBackwards: placement == .backward,
      zeroOutputForMask: placement != .alone && returnsSequences)
    return sequences + own + .recurrentTail(Self.cell)
  }

  package func makeLayer(inputShape: [Int], _ building: inout LayerBuilding) throws(ModelError) -> any Layer {
    try makeRecurrentLayer(inputShape: inputShape)
  }

  func makeRecurrentLayer(inputShape: [Int]) throws(ModelError) -> RecurrentLayer {
    try checkSize("units", units)
    guard inputShape.count == 2 else { throw unfit(inputShape, expected: "[time steps, features]") }
    return RecurrentLayer(
      Self.cell, name: layerName, steps: inputShape[0], features: inputShape[1], units: units,
      returnsSequences: returnsSequences)
  }
}
