internal import Kernels
package import SystemSupport

/// A member of a layer's config: an option by Keras's name, with its value and what reading makes of it.
package struct LayerOption: Sendable {
  package enum Value: Sendable {
    case json(JSONValue)
    case layer(any LayerDescription)
  }

  enum Role: Sendable {
    /// Part of the description.
    case own
    /// The package has this value only, or these.
    case fixed(alsoAccepted: [JSONValue])
    /// The package has this function only, which has several spellings.
    case function(Activation)
    /// Matters to Keras's own training alone: written as Keras's default, and not looked at.
    case unread
  }

  package let key: String
  package let value: Value
  let role: Role

  package var isOwn: Bool { if case .own = role { true } else { false } }

  static func own(_ key: String, _ value: JSONValue) -> LayerOption {
    LayerOption(key: key, value: .json(value), role: .own)
  }
  static func own(_ key: String, layer: any LayerDescription) -> LayerOption {
    LayerOption(key: key, value: .layer(layer), role: .own)
  }
  static func fixed(_ key: String, _ value: JSONValue, _ alsoAccepted: JSONValue...) -> LayerOption {
    LayerOption(key: key, value: .json(value), role: .fixed(alsoAccepted: alsoAccepted))
  }
  static func fixed(_ key: String, function: Activation) -> LayerOption {
    LayerOption(key: key, value: .json(function.json), role: .function(function))
  }
  static func unread(_ key: String, _ value: JSONValue) -> LayerOption {
    LayerOption(key: key, value: .json(value), role: .unread)
  }
}

// MARK: Groups that several classes share, in Keras's order

extension [LayerOption] {
  /// Initializers of a kernel and its bias, and what restrains them.
  static let kernelAndBias: [LayerOption] =
    [
      .fixed("use_bias", true), .unread("kernel_initializer", glorotUniform), .unread("bias_initializer", zeros),
    ] + ["kernel_regularizer", "bias_regularizer"].map { .unread($0, nil) }

  /// What layers over sequences begin with.
  static func sequences(
    _ returned: LayerOption = .fixed("return_sequences", false), goesBackwards: Bool = false,
    zeroOutputForMask: Bool = false
  ) -> [LayerOption] {
    [
      returned, .fixed("return_state", false), .fixed("go_backwards", .bool(goesBackwards)),
      .fixed("stateful", false), .unread("unroll", false), .unread("zero_output_for_mask", .bool(zeroOutputForMask)),
    ]
  }

  /// What layers over sequences end in: LSTMs have a bias of the forget gate, GRUs the place of their reset gate.
  static func recurrentTail(_ cell: RecurrentCell) -> [LayerOption] {
    let initializers: [LayerOption] = [
      .fixed("use_bias", true), .unread("kernel_initializer", glorotUniform),
      .unread("recurrent_initializer", orthogonal), .unread("bias_initializer", zeros),
    ]
    let restraints: [LayerOption] = [
      "kernel_regularizer", "recurrent_regularizer", "bias_regularizer", "activity_regularizer", "kernel_constraint",
      "recurrent_constraint", "bias_constraint",
    ].map { .unread($0, nil) }
    let dropouts: [LayerOption] = [.unread("dropout", 0.0), .unread("recurrent_dropout", 0.0)]
    let seed: [LayerOption] = [.unread("seed", nil)]
    switch cell {
    case .lstm: return initializers + [.unread("unit_forget_bias", true)] + restraints + dropouts + seed
    case .gru: return initializers + restraints + dropouts + [.fixed("reset_after", true)] + seed
    }
  }

  private static let glorotUniform = kerasObject(
    "GlorotUniform", in: "keras.initializers", ["seed": nil, "input_axes": nil, "output_axes": nil])
  private static let orthogonal = kerasObject("Orthogonal", in: "keras.initializers", ["seed": nil, "gain": 1.0])
  private static let zeros = kerasObject("Zeros", in: "keras.initializers")
}

/// An object of Keras by module, class and config, as Keras 3 writes it.
package func kerasObject(_ className: String, in module: String, _ config: JSONValue = [:]) -> JSONValue {
  ["module": .string(module), "class_name": .string(className), "config": config, "registered_name": nil]
}
