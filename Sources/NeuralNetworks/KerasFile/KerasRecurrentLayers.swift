import Kernels

/// What `LSTM` and `GRU` have in common.
struct KerasRecurrentSettings {
  let name: String
  let units: Int
  let returnsSequences: Bool
  /// Whether it is a direction of a `Bidirectional`, and which: a layer by itself never goes backwards.
  var isInside = false
  var goesBackwards: Bool
  let builtShape: [Int]?

  /// Reads a config; a function or an option that our layers don't have is refused.
  init(_ options: KerasOptions) throws(KerasFileError.Problem) {
    name = options.name
    units = try options.size("units")
    returnsSequences = try options.bool("return_sequences")
    goesBackwards = try options.bool("go_backwards")
    builtShape = nil
    try options.requireStatelessSequences()
    try options.require("activation", .tanh)
    try options.require("recurrent_activation", .sigmoid)
    try options.require("use_bias", true)
  }

  init(describing layer: some RecurrentLayer) {
    name = layer.name
    units = layer.units
    returnsSequences = layer.returnsSequences
    goesBackwards = false
    builtShape = layer.inputShape
  }

  var options: [(option: String, value: JSONValue)] {
    [
      ("units", .integer(units)), ("return_sequences", .bool(returnsSequences)),
      ("go_backwards", .bool(goesBackwards)),
    ]
  }

  /// The config up to where the cells' options differ.
  var head: [JSONValue.Member] {
    let own: JSONValue = ["units": .integer(units), "activation": "tanh", "recurrent_activation": "sigmoid"]
    // Bidirectional masks the outputs of its layers where they are sequences.
    let sequences = KerasCommonConfig.sequences(
      returned: returnsSequences, goesBackwards: goesBackwards, zeroOutputForMask: isInside && returnsSequences)
    return KerasCommonConfig.head(name) + sequences + KerasCommonConfig.members(own)
  }
}

/// A layer that can be a direction of a `Bidirectional`.
protocol KerasRecurrentLayer: KerasLayer {
  /// Which cells it is made of.
  static var cell: RecurrentCell { get }
  /// What all classes of this kind have.
  var recurrent: KerasRecurrentSettings { get set }
}

extension KerasRecurrentLayer {
  var name: String { recurrent.name }
  var builtShape: [Int]? { recurrent.builtShape }
  var weightsFolders: [String] { ["\(name)/\(Self.cell.rawValue)_cell"] }
  var settings: [(option: String, value: JSONValue)] { recurrent.options }
  func adopt(into configuration: inout ModelConfiguration) { configuration.units = recurrent.units }
}

/// `LSTM`.
struct KerasLSTM: KerasRecurrentLayer {
  static let className = "LSTM"
  static let cell = RecurrentCell.lstm
  var recurrent: KerasRecurrentSettings

  init(_ options: KerasOptions) throws(KerasFileError.Problem) { recurrent = try KerasRecurrentSettings(options) }

  init?(describing layer: any Layer) {
    guard let layer = layer as? LSTM else { return nil }
    recurrent = KerasRecurrentSettings(describing: layer)
  }

  var config: JSONValue { .object(recurrent.head + KerasCommonConfig.recurrentTail(unitForgetBias: true)) }
}

/// `GRU` whose reset gate comes after the product.
struct KerasGRU: KerasRecurrentLayer {
  static let className = "GRU"
  static let cell = RecurrentCell.gru
  var recurrent: KerasRecurrentSettings

  init(_ options: KerasOptions) throws(KerasFileError.Problem) {
    recurrent = try KerasRecurrentSettings(options)
    try options.require("reset_after", true)
  }

  init?(describing layer: any Layer) {
    guard let layer = layer as? GRU else { return nil }
    recurrent = KerasRecurrentSettings(describing: layer)
  }

  var config: JSONValue { .object(recurrent.head + KerasCommonConfig.recurrentTail(resetAfter: true)) }
}
