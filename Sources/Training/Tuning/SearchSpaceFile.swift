internal import Foundation
package import SystemSupport
internal import Yams

/// Reads a search space from YAML; docs/tuning.md tells what may stand there.
package struct SearchSpaceFile {
  private let path: String

  /// The text of a file. Throws `InputError` where it can't be read.
  package static func text(_ path: String) throws(InputError) -> String {
    do {
      return try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      let isThere = FileManager.default.isReadableFile(atPath: path)
      throw InputError(
        file: path, found: isThere ? "bytes that are not UTF-8" : "no file that may be read",
        expected: "a search space in YAML", status: isThere ? .data : .noInput)
    }
  }

  /// The search space of a text; `path` is named in errors.
  ///
  /// Throws `InputError` with line and column where something is not YAML or not a search space.
  package static func parse(_ text: String, path: String) throws(InputError) -> SearchSpace {
    try SearchSpaceFile(path: path).space(text)
  }

  private func space(_ text: String) throws(InputError) -> SearchSpace {
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch {
      throw syntaxError(error)
    }
    guard let root else { throw InputError(file: path, found: "nothing", expected: "a search space in YAML") }
    var space = SearchSpace()
    for (key, value) in try mapping(root, "a search space: method, folds, reduction, rungs, options, parameters") {
      switch key.name {
      case "method":
        let name = try scalar(value, "grid, random or asha")
        guard let method = SearchSpace.Method(rawValue: name) else {
          throw failure(value, found: "\"\(name)\"", expected: "grid, random or asha")
        }
        space.method = method
      case "folds": space.folds = try integer(value, 2...100)
      case "reduction": space.reduction = try integer(value, 2...100)
      case "rungs": space.rungs = try integer(value, 1...10)
      case "options": space.options = try options(value)
      case "parameters": space.parameters = try parameters(value)
      default:
        throw failure(
          key.node, found: "\"\(key.name)\"", expected: "method, folds, reduction, rungs, options or parameters")
      }
    }
    guard !space.parameters.isEmpty else {
      throw failure(root, found: "no parameters", expected: "at least one option that varies, under parameters:")
    }
    return space
  }

  private func options(_ node: Node) throws(InputError) -> [SearchSpace.Assignment] {
    var options: [SearchSpace.Assignment] = []
    for (key, value) in try mapping(node, "options by name, such as epochs: 25") {
      options.append(.init(name: key.name, value: try scalar(value, "one value")))
    }
    return options
  }

  private func parameters(_ node: Node) throws(InputError) -> [(name: String, domain: SearchDomain)] {
    var parameters: [(String, SearchDomain)] = []
    for (key, value) in try mapping(node, "options by name, such as units: [50, 100]") {
      parameters.append((key.name, try domain(value)))
    }
    return parameters
  }

  private func domain(_ node: Node) throws(InputError) -> SearchDomain {
    if let sequence = node.sequence {
      guard !sequence.isEmpty else { throw failure(node, found: "no values", expected: "at least one") }
      var values: [String] = []
      for value in sequence { values.append(try scalar(value, "a value")) }
      return .choices(values)
    }
    guard node.mapping != nil else {
      throw failure(node, found: describe(node), expected: "a list [a, b] or a range {from: a, to: b}")
    }
    var ends: [String: (value: Double, isWhole: Bool)] = [:]
    var isLogarithmic = false
    var steps: Int?
    for (key, value) in try mapping(node, "a range") {
      switch key.name {
      case "from", "to":
        let text = try scalar(value, "a number")
        guard let number = Double(text), abs(number) <= 1e15 else {
          throw failure(value, found: "\"\(text)\"", expected: "a number")
        }
        ends[key.name] = (number, Int(text) != nil)
      case "scale":
        let scale = try scalar(value, "linear or log")
        guard ["linear", "log"].contains(scale) else {
          throw failure(value, found: "\"\(scale)\"", expected: "linear or log")
        }
        isLogarithmic = scale == "log"
      case "steps": steps = try integer(value, 1...1000)
      default: throw failure(key.node, found: "\"\(key.name)\"", expected: "from, to, scale or steps")
      }
    }
    guard let from = ends["from"], let to = ends["to"], from.value <= to.value else {
      throw failure(node, found: describe(node), expected: "from and to, from not above to")
    }
    guard !isLogarithmic || from.value > 0 else {
      throw failure(node, found: "a logarithmic range from \(from.value)", expected: "one that begins above 0")
    }
    return .range(
      from: from.value, to: to.value, isLogarithmic: isLogarithmic, isWhole: from.isWhole && to.isWhole, steps: steps)
  }

  // MARK: Nodes

  private func mapping(
    _ node: Node, _ expected: String
  ) throws(InputError) -> [(key: (name: String, node: Node), value: Node)] {
    guard let mapping = node.mapping else { throw failure(node, found: describe(node), expected: expected) }
    var pairs: [(key: (name: String, node: Node), value: Node)] = []
    for (key, value) in mapping { pairs.append(((try scalar(key, "a name"), key), value)) }
    return pairs
  }

  private func scalar(_ node: Node, _ expected: String) throws(InputError) -> String {
    guard let scalar = node.scalar else { throw failure(node, found: describe(node), expected: expected) }
    return scalar.string
  }

  private func integer(_ node: Node, _ range: ClosedRange<Int>) throws(InputError) -> Int {
    let text = try scalar(node, "a whole number")
    guard let number = Int(text), range.contains(number) else {
      throw failure(
        node, found: "\"\(text)\"", expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  private func describe(_ node: Node) -> String {
    switch node {
    case .scalar(let scalar): "\"\(scalar.string.prefix(40))\""
    case .sequence: "a list"
    case .mapping: "a mapping"
    case .alias: "an alias"
    }
  }

  private func failure(_ node: Node, found: String, expected: String) -> InputError {
    InputError(file: path, line: node.mark?.line, column: node.mark?.column, found: found, expected: expected)
  }

  private func syntaxError(_ error: any Error) -> InputError {
    let expected = "YAML"
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return InputError(
        file: path, line: mark.line, column: mark.column, found: "what is no YAML (\(problem))", expected: expected)
    case .duplicatedKeysInMapping(let duplicates, let context):
      return InputError(
        file: path, line: context.mark.line, column: context.mark.column,
        found: "\(duplicates.sorted().joined(separator: ", ")) twice", expected: "each name once")
    default: return InputError(file: path, found: "what is no YAML", expected: expected)
    }
  }
}
