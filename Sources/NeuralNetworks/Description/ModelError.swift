public import SystemSupport

/// Why a model cannot be what its description says.
public struct ModelError: UserFacingError, Equatable {
  /// What is wrong.
  public enum Problem: Sendable, Equatable {
    /// An option of the layer has a value that is not supported, or not where the layer stands.
    case option(String, found: String, expected: String)
    /// The layer cannot take an input of this shape (without the batch).
    case inputShape([Int], expected: String)
    /// The layer is of a class that the package doesn't have.
    case unknownClass(String)
    /// Anything else, as a phrase without a full stop.
    case other(String)
  }

  /// The layer's name; nil where the model as a whole is concerned.
  public let layer: String?
  /// What is wrong with it.
  public let problem: Problem

  package init(layer: String? = nil, _ problem: Problem) {
    self.layer = layer
    self.problem = problem
  }

  /// One line that says which layer, what was found and what was expected.
  public var message: String {
    let reason =
      switch problem {
      case .option(let option, let found, let expected):
        "\(option) is \(singleLine(found, limit: 120)), which is not supported, expected \(expected)"
      case .inputShape(let shape, let expected): "the input has the shape \(shape), expected \(expected)"
      case .unknownClass(let name): "has a layer of the class \(singleLine(name, limit: 80)), which is not supported"
      case .other(let reason): reason
      }
    return layer.map { "layer \(singleLine($0, limit: 80)): \(reason)" } ?? reason
  }

  /// The description is data, and wrong.
  public var exitStatus: ExitStatus { .data }
}

/// `text` cut to `limit` characters, with what would break the line or drive a terminal escaped.
package func singleLine(_ text: String, limit: Int) -> String {
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
