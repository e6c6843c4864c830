/// `Conv1D` followed by relu.
struct KerasConv1D: KerasLayer {
  static let className = "Conv1D"
  let name: String
  let filters: Int
  let kernelSize: Int
  let builtShape: [Int]?

  init(_ options: KerasOptions) throws(KerasFileError.Problem) {
    name = options.name
    filters = try options.size("filters")
    kernelSize = try options.sizes("kernel_size", rank: 1)[0]
    builtShape = nil
    try options.requireAll("strides", 1, rank: 1)
    try options.requireAll("dilation_rate", 1, rank: 1)
    try options.require("padding", "valid")
    try options.require("data_format", "channels_last", .null)
    try options.require("groups", 1)
    try options.require("activation", .relu)
    try options.require("use_bias", true)
  }

  init?(describing layer: any Layer) {
    guard let layer = layer as? Conv1D else { return nil }
    name = layer.name
    filters = layer.filters
    kernelSize = layer.kernelSize
    builtShape = layer.inputShape
  }

  var settings: [(option: String, value: JSONValue)] {
    [("filters", .integer(filters)), ("kernel_size", .integers([kernelSize]))]
  }

  func adopt(into configuration: inout ModelConfiguration) {
    configuration.filters = filters
    configuration.kernelSize = kernelSize
  }

  var config: JSONValue {
    let own: JSONValue = [
      "filters": .integer(filters), "kernel_size": .integers([kernelSize]), "strides": [1], "padding": "valid",
      "data_format": "channels_last", "dilation_rate": [1], "groups": 1, "activation": "relu", "use_bias": true,
      "kernel_initializer": KerasCommonConfig.glorotUniform, "bias_initializer": KerasCommonConfig.zeros,
      "kernel_regularizer": nil, "bias_regularizer": nil, "activity_regularizer": nil, "kernel_constraint": nil,
      "bias_constraint": nil,
    ]
    return .object(KerasCommonConfig.head(name) + KerasCommonConfig.members(own))
  }
}

/// `MaxPooling1D` over pairs of steps.
struct KerasMaxPooling1D: KerasLayer {
  static let className = "MaxPooling1D"
  let name: String

  init(_ options: KerasOptions) throws(KerasFileError.Problem) {
    name = options.name
    try options.requireAll("pool_size", 2, rank: 1)
    if options["strides"] != .null { try options.requireAll("strides", 2, rank: 1) }
    try options.require("padding", "valid")
    try options.require("data_format", "channels_last", .null)
  }

  init?(describing layer: any Layer) {
    guard let layer = layer as? MaxPooling1D else { return nil }
    name = layer.name
  }

  var config: JSONValue {
    let own: JSONValue = ["pool_size": [2], "padding": "valid", "strides": [2], "data_format": "channels_last"]
    return .object(KerasCommonConfig.head(name) + KerasCommonConfig.members(own))
  }
}

/// `TimeDistributed` around a layer.
struct KerasTimeDistributed: KerasLayer {
  static let className = "TimeDistributed"
  let name: String
  let inner: any KerasLayer

  init(_ options: KerasOptions) throws(KerasFileError.Problem) {
    name = options.name
    guard let layer = options["layer"] else {
      throw .malformedConfig(reason: "a TimeDistributed layer has no layer inside")
    }
    inner = try KerasLayers.read(layer, generation: options.generation)
  }

  init?(describing layer: any Layer) {
    guard let layer = layer as? TimeDistributed, let inner = KerasLayers.describe(layer.inner) else { return nil }
    name = layer.name
    self.inner = inner
  }

  var title: String { "\(Self.className)(\(inner.title))" }
  var weightsFolders: [String] { inner.weightsFolders.map { "\(name)/\($0)" } }
  var settings: [(option: String, value: JSONValue)] { inner.settings }
  func adopt(into configuration: inout ModelConfiguration) { inner.adopt(into: &configuration) }

  var config: JSONValue {
    .object(KerasCommonConfig.head(name) + [.init(key: "layer", value: inner.jsonInside)])
  }
}
