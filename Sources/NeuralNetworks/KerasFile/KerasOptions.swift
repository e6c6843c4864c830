import Kernels

/// A layer's config as it is being read, option by option: everything is checked, and every error names layer and option.
struct KerasOptions {
  /// Whole numbers above it are not sizes of a layer, and might overflow when multiplied.
  static let largestSize = 65_536

  /// Which Keras wrote the file.
  let generation: KerasGeneration
  /// The layer's name.
  let name: String
  private let config: JSONValue

  /// The config of a layer of class `className`, whose weights and values must be float32.
  init(_ config: JSONValue, className: String, generation: KerasGeneration) throws(KerasFileError.Problem) {
    guard case .object = config else { throw .malformedConfig(reason: "a layer of class \(className) has no config") }
    guard let name = config["name"]?.string else {
      throw .malformedConfig(reason: "a layer of class \(className) has no name")
    }
    self.config = config
    self.name = name
    self.generation = generation
    guard let type = config["dtype"], type != .null else { return }
    let typeName = type.string ?? type["config"]?["name"]?.string
    guard typeName == "float32" else { throw unsupported("dtype", type, expected: "float32") }
  }

  /// An option's value; nil where it is absent.
  subscript(option: String) -> JSONValue? { config[option] }

  /// The error about an option.
  func unsupported(_ option: String, _ found: JSONValue?, expected: String) -> KerasFileError.Problem {
    .unsupportedOption(layer: name, option: option, found: found?.text ?? "missing", expected: expected)
  }

  /// Refuses an option that is there and has none of the given values. Keras leaves out no option whose default is another.
  func require(_ option: String, _ allowed: JSONValue...) throws(KerasFileError.Problem) {
    guard let found = config[option], !allowed.contains(found) else { return }
    throw unsupported(option, found, expected: allowed.first?.text ?? "nothing")
  }

  /// A size: a whole number from 1.
  func size(_ option: String) throws(KerasFileError.Problem) -> Int {
    guard let found = config[option]?.integer, (1...Self.largestSize).contains(found) else {
      throw unsupported(option, config[option], expected: "a whole number from 1 to \(Self.largestSize)")
    }
    return found
  }

  /// `rank` sizes, written as a list or as one number that stands for all.
  func sizes(_ option: String, rank: Int) throws(KerasFileError.Problem) -> [Int] {
    guard let elements = config[option]?.array else { return Array(repeating: try size(option), count: rank) }
    let sizes = elements.compactMap(\.integer).filter { (1...Self.largestSize).contains($0) }
    guard sizes.count == rank, elements.count == rank else {
      throw unsupported(option, config[option], expected: "\(rank) whole numbers from 1 to \(Self.largestSize)")
    }
    return sizes
  }

  /// Refuses an option that is there and isn't `value`, or a list of `rank` of them.
  func requireAll(_ option: String, _ value: Int, rank: Int) throws(KerasFileError.Problem) {
    try require(option, .integers(Array(repeating: value, count: rank)), .integer(value))
  }

  /// A function.
  func function(_ option: String) throws(KerasFileError.Problem) -> KerasFunction {
    guard let found = config[option], let function = KerasFunction(found, generation: generation) else {
      throw unsupported(option, config[option], expected: "a function that is supported")
    }
    return function
  }

  /// Refuses all but one function.
  func require(_ option: String, _ function: Activation) throws(KerasFileError.Problem) {
    guard try self.function(option) == .elementwise(function) else {
      throw unsupported(option, config[option], expected: KerasFunction.elementwise(function).json.text)
    }
  }

  /// Yes or no; no where it is absent.
  func bool(_ option: String) throws(KerasFileError.Problem) -> Bool {
    switch config[option] {
    case nil: return false
    case .bool(let value): return value
    case let found: throw unsupported(option, found, expected: "true or false")
    }
  }

  /// What no layer of sequences may do: give its state besides, keep it from batch to batch, or take time for the first axis.
  func requireStatelessSequences() throws(KerasFileError.Problem) {
    for option in ["return_state", "stateful", "time_major"] { try require(option, false) }
  }
}
