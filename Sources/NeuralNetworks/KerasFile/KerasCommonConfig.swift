/// The parts that configs of several classes share, as Keras 3 writes them.
enum KerasCommonConfig {
  /// An object of Keras by module, class and config.
  static func object(_ className: String, in module: String, _ config: JSONValue = [:]) -> JSONValue {
    ["module": .string(module), "class_name": .string(className), "config": config, "registered_name": nil]
  }

  /// Members that every layer's config begins with.
  static func head(_ name: String) -> [JSONValue.Member] {
    members(["name": .string(name), "trainable": true, "dtype": float32])
  }

  /// The type of weights and values.
  static let float32 = object("DTypePolicy", in: "keras", ["name": "float32"])
  static let glorotUniform = object(
    "GlorotUniform", in: "keras.initializers", ["seed": nil, "input_axes": nil, "output_axes": nil])
  static let orthogonal = object("Orthogonal", in: "keras.initializers", ["seed": nil, "gain": 1.0])
  static let zeros = object("Zeros", in: "keras.initializers")

  /// What layers over sequences begin with, after `head`.
  static func sequences(
    returned: Bool = false, goesBackwards: Bool = false, zeroOutputForMask: Bool = false
  ) -> [JSONValue.Member] {
    members([
      "return_sequences": .bool(returned), "return_state": false, "go_backwards": .bool(goesBackwards),
      "stateful": false, "unroll": false, "zero_output_for_mask": .bool(zeroOutputForMask),
    ])
  }

  /// What layers over sequences end in, from `use_bias` on. LSTMs have a bias of the forget gate, GRUs the place of their reset gate.
  static func recurrentTail(unitForgetBias: Bool? = nil, resetAfter: Bool? = nil) -> [JSONValue.Member] {
    func optional(_ key: String, _ value: Bool?) -> [JSONValue.Member] {
      value.map { [.init(key: key, value: .bool($0))] } ?? []
    }
    let initializers = members([
      "use_bias": true, "kernel_initializer": glorotUniform, "recurrent_initializer": orthogonal,
      "bias_initializer": zeros,
    ])
    let restraints = members([
      "kernel_regularizer": nil, "recurrent_regularizer": nil, "bias_regularizer": nil, "activity_regularizer": nil,
      "kernel_constraint": nil, "recurrent_constraint": nil, "bias_constraint": nil, "dropout": 0.0,
      "recurrent_dropout": 0.0,
    ])
    return initializers + optional("unit_forget_bias", unitForgetBias) + restraints
      + optional("reset_after", resetAfter) + members(["seed": nil])
  }

  /// The members of an object.
  static func members(_ object: JSONValue) -> [JSONValue.Member] {
    if case .object(let members) = object { members } else { [] }
  }

  /// A shape with Keras's null for the batch before it.
  static func batched(_ shape: [Int]) -> JSONValue { .array([.null] + shape.map { .integer($0) }) }
}
