import Kernels

/// `ConvLSTM2D` with a kernel of one row that gives its last hidden state.
struct KerasConvLSTM2D: KerasLayer {
  static let className = "ConvLSTM2D"
  let name: String
  let filters: Int
  let kernelSize: Int
  let recurrentActivation: Activation

  init(_ options: KerasOptions) throws(KerasFileError.Problem) {
    name = options.name
    filters = try options.size("filters")
    let extents = try options.sizes("kernel_size", rank: 2)
    guard extents[0] == 1 else {
      throw options.unsupported("kernel_size", .integers(extents), expected: "a height of 1")
    }
    kernelSize = extents[1]
    try options.requireStatelessSequences()
    try options.require("return_sequences", false)
    try options.require("go_backwards", false)
    try options.requireAll("strides", 1, rank: 2)
    try options.requireAll("dilation_rate", 1, rank: 2)
    try options.require("padding", "valid")
    try options.require("data_format", "channels_last", .null)
    try options.require("activation", .relu)
    try options.require("use_bias", true)
    let gates: [Activation] = [.sigmoid, .hardSigmoid, .keras3HardSigmoid]
    guard case .elementwise(let function) = try options.function("recurrent_activation"), gates.contains(function)
    else {
      throw options.unsupported(
        "recurrent_activation", options["recurrent_activation"], expected: "sigmoid or hard_sigmoid")
    }
    recurrentActivation = function
  }

  init?(describing layer: any Layer) {
    guard let layer = layer as? ConvLSTM2D, layer.activation == .relu else { return nil }
    name = layer.name
    filters = layer.filters
    kernelSize = layer.kernelSize
    recurrentActivation = layer.recurrentActivation
  }

  var weightsFolders: [String] { ["\(name)/conv_lstm_cell"] }
  var settings: [(option: String, value: JSONValue)] {
    [
      ("filters", .integer(filters)), ("kernel_size", .integers([1, kernelSize])),
      ("recurrent_activation", KerasFunction.elementwise(recurrentActivation).json),
    ]
  }

  func adopt(into configuration: inout ModelConfiguration) {
    configuration.filters = filters
    configuration.kernelSize = kernelSize
    configuration.recurrentActivation = recurrentActivation
  }

  var config: JSONValue {
    let own: JSONValue = [
      "filters": .integer(filters), "kernel_size": .integers([1, kernelSize]), "strides": [1, 1], "padding": "valid",
      "data_format": "channels_last", "dilation_rate": [1, 1], "activation": "relu",
      "recurrent_activation": KerasFunction.elementwise(recurrentActivation).json,
    ]
    return .object(
      KerasCommonConfig.head(name) + KerasCommonConfig.sequences() + KerasCommonConfig.members(own)
        + KerasCommonConfig.recurrentTail(unitForgetBias: true))
  }
}
