internal import Kernels
internal import SystemSupport

/// A layer's config as it is being read, option by option: every error names layer and option.
package struct LayerOptions {
  /// Whole numbers above them are not meant as sizes of a layer, and might overflow when multiplied.
  static let sizes = 1...65_536
  static let expectedSize = "a whole number from \(sizes.lowerBound) to \(sizes.upperBound)"

  let generation: KerasGeneration
  let name: String
  /// Where in a `Bidirectional` the layer stands.
  let placement: RecurrentPlacement
  private let className: String
  private let config: JSONValue

  /// The config of a layer of class `className`, whose dtype policy must be one of `Precision`.
  init(
    _ config: JSONValue, className: String, generation: KerasGeneration, placement: RecurrentPlacement
  ) throws(ModelError) {
    guard config.members != nil else { throw ModelError(.other("a layer of class \(className) has no config")) }
    guard let name = config["name"]?.string else {
      throw ModelError(.other("a layer of class \(className) has no name"))
    }
    self.config = config
    self.className = className
    self.name = name
    self.generation = generation
    self.placement = placement
    guard let type = config["dtype"], type != .null else { return }
    guard Precision(kerasDtype: type) != nil else {
      throw unsupported("dtype", type, expected: Precision.allCases.map(\.kerasPolicy).joined(separator: " or "))
    }
  }

  /// An option's value; nil where it is absent.
  subscript(option: String) -> JSONValue? { config[option] }

  func unsupported(_ option: String, _ found: JSONValue?, expected: String) -> ModelError {
    ModelError(layer: name, .option(option, found: found?.text ?? "missing", expected: expected))
  }

  /// Refuses options that are there and have a value that the package hasn't. Keras leaves out no option whose default is
  /// another.
  func check(_ options: [LayerOption]) throws(ModelError) {
    for option in options {
      guard let found = config[option.key], case .json(let value) = option.value else { continue }
      let isAccepted =
        switch option.role {
        case .own, .unread: true
        case .fixed(let alsoAccepted): found == value || alsoAccepted.contains(found)
        case .function(let function): Activation(found, generation: generation) == function
        }
      guard isAccepted else { throw unsupported(option.key, found, expected: value.text) }
    }
    // A layout that only Keras 2 had.
    if let found = config["time_major"], found != false {
      throw unsupported("time_major", found, expected: "false")
    }
  }

  /// A size: a whole number from 1.
  func size(_ option: String) throws(ModelError) -> Int {
    guard let found = config[option]?.integer, Self.sizes.contains(found) else {
      throw unsupported(option, config[option], expected: Self.expectedSize)
    }
    return found
  }

  /// `rank` sizes, written as a list or as one number that stands for all.
  func sizes(_ option: String, rank: Int) throws(ModelError) -> [Int] {
    guard let elements = config[option]?.array else { return Array(repeating: try size(option), count: rank) }
    let sizes = elements.compactMap(\.integer).filter { Self.sizes.contains($0) }
    guard sizes.count == rank, elements.count == rank else {
      throw unsupported(option, config[option], expected: "\(rank) whole numbers, each \(Self.expectedSize)")
    }
    return sizes
  }

  /// One of some functions.
  func activation(_ option: String, of allowed: [Activation]) throws(ModelError) -> Activation {
    guard let found = config[option], let function = Activation(found, generation: generation),
      allowed.contains(function)
    else {
      throw unsupported(option, config[option], expected: Activation.names(of: allowed))
    }
    return function
  }

  /// Yes or no; no where it is absent.
  func bool(_ option: String) throws(ModelError) -> Bool {
    guard let found = config[option] else { return false }
    guard let value = found.bool else { throw unsupported(option, found, expected: "true or false") }
    return value
  }

  /// The layer inside this one.
  func layer(
    _ option: String, placement: RecurrentPlacement = .alone
  ) throws(ModelError) -> any LayerDefinition {
    guard let layer = config[option] else {
      throw ModelError(.other("a \(className) layer has no layer inside"))
    }
    return try LayerRegistry.read(layer, generation: generation, placement: placement)
  }
}
