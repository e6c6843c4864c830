/// `Bidirectional` around `LSTM` or `GRU`, whose states stand side by side.
struct KerasBidirectional: KerasLayer {
  static let className = "Bidirectional"
  let name: String
  let forward: any KerasRecurrentLayer
  let backward: any KerasRecurrentLayer

  init(_ options: KerasOptions) throws(KerasFileError.Problem) {
    name = options.name
    try options.require("merge_mode", "concat")
    guard let layer = options["layer"] else {
      throw .malformedConfig(reason: "a Bidirectional layer has no layer inside")
    }
    forward = try Self.direction(layer, of: options, option: "layer")
    // Keras 2 leaves out a backward layer that is like the forward one.
    guard let other = options["backward_layer"], other != .null else {
      var mirrored = forward
      mirrored.recurrent.goesBackwards = true
      backward = mirrored
      return
    }
    backward = try Self.direction(other, of: options, option: "backward_layer")
    guard type(of: backward).cell == type(of: forward).cell else {
      throw options.unsupported(
        "backward_layer", .string(type(of: backward).className), expected: type(of: forward).className)
    }
  }

  private static func direction(
    _ json: JSONValue, of options: KerasOptions, option: String
  ) throws(KerasFileError.Problem) -> any KerasRecurrentLayer {
    let layer = try KerasLayers.read(json, generation: options.generation)
    guard var direction = layer as? any KerasRecurrentLayer else {
      throw options.unsupported(option, .string(layer.title), expected: "LSTM or GRU")
    }
    direction.recurrent.isInside = true
    return direction
  }

  init?(describing layer: any Layer) {
    guard let layer = layer as? Bidirectional,
      var forward = KerasLayers.describe(layer.forwardLayer) as? any KerasRecurrentLayer,
      var backward = KerasLayers.describe(layer.backwardLayer) as? any KerasRecurrentLayer
    else { return nil }
    name = layer.name
    forward.recurrent.isInside = true
    backward.recurrent.isInside = true
    backward.recurrent.goesBackwards = true
    self.forward = forward
    self.backward = backward
  }

  var title: String { "\(Self.className)(\(forward.title))" }
  var weightsFolders: [String] { (forward.weightsFolders + backward.weightsFolders).map { "\(name)/\($0)" } }
  func adopt(into configuration: inout ModelConfiguration) { forward.adopt(into: &configuration) }

  func check(against expected: any KerasLayer) throws(KerasFileError.Problem) {
    guard let expected = expected as? KerasBidirectional else { return }
    try forward.check(against: expected.forward)
    try backward.check(against: expected.backward)
  }

  var config: JSONValue {
    .object(
      KerasCommonConfig.head(name) + [
        .init(key: "merge_mode", value: "concat"), .init(key: "layer", value: forward.jsonInside),
        .init(key: "backward_layer", value: backward.jsonInside),
      ])
  }
}
