/// `Dense`.
struct KerasDense: KerasLayer {
  static let className = "Dense"
  let name: String
  let units: Int
  let function: Dense.Function

  init(_ options: KerasOptions) throws(KerasFileError.Problem) {
    name = options.name
    units = try options.size("units")
    try options.require("use_bias", true)
    try options.require("quantization_config", .null)
    switch try options.function("activation") {
    case .softmax: function = .softmax
    case .elementwise(.relu): function = .relu
    case .elementwise(.linear): function = .linear
    default: throw options.unsupported("activation", options["activation"], expected: "\"relu\" or \"softmax\"")
    }
  }

  init?(describing layer: any Layer) {
    guard let layer = layer as? Dense else { return nil }
    name = layer.name
    units = layer.outputCount
    function = layer.function
  }

  private var activation: JSONValue { .string(function.rawValue) }
  var settings: [(option: String, value: JSONValue)] { [("units", .integer(units)), ("activation", activation)] }

  /// The last layer gives the classes.
  func adopt(into configuration: inout ModelConfiguration) {
    if function == .softmax { configuration.classes = units } else { configuration.denseUnits = units }
  }

  var config: JSONValue {
    let own: JSONValue = [
      "units": .integer(units), "activation": activation, "use_bias": true,
      "kernel_initializer": KerasCommonConfig.glorotUniform, "bias_initializer": KerasCommonConfig.zeros,
      "kernel_regularizer": nil, "bias_regularizer": nil, "kernel_constraint": nil, "bias_constraint": nil,
      "quantization_config": nil,
    ]
    return .object(KerasCommonConfig.head(name) + KerasCommonConfig.members(own))
  }
}

/// `Dropout`.
struct KerasDropout: KerasLayer {
  static let className = "Dropout"
  let name: String
  let rate: Float

  init(_ options: KerasOptions) throws(KerasFileError.Problem) {
    name = options.name
    guard let rate = options["rate"]?.double.map({ Float($0) }), rate >= 0, rate < 1 else {
      throw options.unsupported("rate", options["rate"], expected: "a number from 0 and below 1")
    }
    self.rate = rate
  }

  init?(describing layer: any Layer) {
    guard let layer = layer as? Dropout else { return nil }
    name = layer.name
    rate = layer.rate
  }

  var settings: [(option: String, value: JSONValue)] { [("rate", .decimal(rate))] }
  func adopt(into configuration: inout ModelConfiguration) { configuration.dropoutRate = rate }

  var config: JSONValue {
    let own: JSONValue = ["rate": .decimal(rate), "seed": nil, "noise_shape": nil]
    return .object(KerasCommonConfig.head(name) + KerasCommonConfig.members(own))
  }
}

/// `Flatten`.
struct KerasFlatten: KerasLayer {
  static let className = "Flatten"
  let name: String
  let builtShape: [Int]?

  init(_ options: KerasOptions) throws(KerasFileError.Problem) {
    name = options.name
    builtShape = nil
    try options.require("data_format", "channels_last", .null)
  }

  init?(describing layer: any Layer) {
    guard let layer = layer as? Flatten else { return nil }
    name = layer.name
    builtShape = layer.inputShape
  }

  var config: JSONValue {
    .object(KerasCommonConfig.head(name) + KerasCommonConfig.members(["data_format": "channels_last"]))
  }
}
