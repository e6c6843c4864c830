/// Why a model file cannot be read or written.
public struct KerasFileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What an executable should make of it.
  public enum Kind: Sendable, Equatable {
    /// The file is not there or may not be read.
    case unavailable
    /// The file is there, but not a model that can be used.
    case invalid
    /// A file of this name cannot be made.
    case cannotCreate
    /// Writing failed on the way.
    case cannotWrite
    /// The caller asked for a file that cannot be: a fault of the program.
    case misuse
  }

  /// What is wrong. Texts from the file are as they stand there; `message` makes them fit a line.
  public enum Problem: Error, Sendable, Equatable {
    /// The file is not there or may not be read.
    case cannotOpen(reason: String)
    /// Something else than an HDF5 file.
    case notHDF5(reason: String)
    /// An HDF5 file that is cut off or inconsistent.
    case damaged(reason: String)
    /// An HDF5 file without the attribute that describes a Keras model: weights alone, or no model at all.
    case noModelConfig
    /// `model_config` is not what Keras writes.
    case malformedConfig(reason: String)
    /// A layer of a class that is not known here.
    case unknownLayer(className: String)
    /// A layer's option has a value that is not known here.
    case unsupportedOption(layer: String, option: String, found: String, expected: String)
    /// Known layers, but not in an order that is one of the architectures.
    case unsupportedArchitecture(found: String)
    /// Sizes that are impossible, or too large to be meant.
    case impossibleSizes(reason: String)
    /// Weights are not there.
    case missingWeights(reason: String)
    /// A weight has another shape than the model's config says.
    case wrongShape(weight: String, found: [Int], expected: [Int])
    /// A weight holds infinities or what is not a number.
    case notFinite(weight: String)
    /// The file cannot be made.
    case cannotCreate(reason: String)
    /// The file cannot be written.
    case cannotWrite(reason: String)
    /// What was to be written is not a model.
    case misuse(reason: String)
  }

  /// The file.
  public let path: String
  /// What is wrong with it.
  public let problem: Problem

  /// A problem with the file at `path`.
  public init(path: String, problem: Problem) {
    self.path = path
    self.problem = problem
  }

  /// What an executable should make of it.
  public var kind: Kind {
    switch problem {
    case .cannotOpen: .unavailable
    case .cannotCreate: .cannotCreate
    case .cannotWrite: .cannotWrite
    case .misuse: .misuse
    default: .invalid
    }
  }

  /// One line that says where, what was found and what was expected.
  public var message: String { "\(singleLine(path, limit: 4096)): \(singleLine(problem.description, limit: 600))" }

  /// `message`.
  public var description: String { message }
}

extension KerasFileError.Problem: CustomStringConvertible {
  /// A phrase without a full stop.
  public var description: String {
    switch self {
    case .cannotOpen(let reason), .notHDF5(let reason), .damaged(let reason), .cannotCreate(let reason),
      .cannotWrite(let reason), .missingWeights(let reason), .misuse(let reason):
      reason
    case .noModelConfig: "is not a Keras model: the attribute model_config is missing"
    case .malformedConfig(let reason): "has a model_config that Keras did not write: \(reason)"
    case .unknownLayer(let className):
      "has a layer of the class \(singleLine(className, limit: 80)), which is not supported"
    case .unsupportedOption(let layer, let option, let found, let expected):
      """
      layer \(singleLine(layer, limit: 80)): \(option) is \(singleLine(found, limit: 120)), which is not supported, \
      expected \(expected)
      """
    case .unsupportedArchitecture(let found):
      "is none of the networks LSTM, CNN-LSTM and ConvLSTM: found \(singleLine(found, limit: 300))"
    case .impossibleSizes(let reason): "has impossible sizes: \(reason)"
    case .wrongShape(let weight, let found, let expected):
      "weight \(singleLine(weight, limit: 200)) has the shape \(found), expected \(expected)"
    case .notFinite(let weight):
      "weight \(singleLine(weight, limit: 200)) holds values that are not finite numbers"
    }
  }
}

/// `text` cut to `limit` characters, with what would break the line or drive a terminal escaped.
private func singleLine(_ text: String, limit: Int) -> String {
  var result = ""
  for (index, scalar) in text.unicodeScalars.enumerated() {
    guard index < limit else { return result + "…" }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: result += scalar.escaped(asASCII: true)
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}
