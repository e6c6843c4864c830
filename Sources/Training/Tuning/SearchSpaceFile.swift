internal import Foundation
package import SystemSupport
internal import Yams

/// Reads a search space from YAML; docs/tuning.md tells what may stand there.
package struct SearchSpaceFile {
  private let path: String

  /// The text of a file. Throws `InputError` where it can't be read.
  package static func text(_ path: String) throws(InputError) -> String {
    guard let data = try FileSystem.contents(path), let text = String(data: data, encoding: .utf8) else {
      let isThere = FileSystem.exists(path)
      throw InputError(
        file: path, found: isThere ? "bytes that are not UTF-8" : "no file that may be read",
        expected: "a search space in YAML", status: isThere ? .data : .noInput)
    }
    return text
  }

  /// The search space of a text; `path` is named in errors.
  ///
  /// Throws `InputError` with line and column where something is not YAML or not a search space.
  package static func parse(_ text: String, path: String) throws(InputError) -> SearchSpace {
    try SearchSpaceFile(path: path).space(text)
  }

  private func space(_ text: String) throws(InputError) -> SearchSpace {
    try refuseAliases(text)
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch {
      throw syntaxError(error)
    }
    guard let root else { throw InputError(file: path, found: "nothing", expected: "a search space in YAML") }
    var space = SearchSpace()
    let keys = ["method", "folds", "reduction", "rungs", "options", "parameters"]
    for (key, value) in try mapping(root, "a search space: \(keys.joined(separator: ", "))", keys: keys) {
      switch key {
      case "method": space.method = try choice(value)
      case "folds": space.folds = try integer(value, SettingsRange.folds)
      case "reduction": space.reduction = try integer(value, SettingsRange.reduction)
      case "rungs": space.rungs = try integer(value, SettingsRange.rungs)
      case "options":
        for (name, value) in try mapping(value, "options by name, such as epochs: 25") {
          space.options.append(.init(name: name, value: try scalar(value, "one value")))
        }
      default:
        for (name, value) in try mapping(value, "options by name, such as units: [50, 100]") {
          space.parameters.append((name, try domain(value)))
        }
      }
    }
    guard !space.parameters.isEmpty else {
      throw failure(root, found: "no parameters", expected: "at least one option that varies, under parameters:")
    }
    return space
  }

  /// Aliases of aliases stand for exponentially many nodes, and a search space needs none.
  private func refuseAliases(_ text: String) throws(InputError) {
    for (index, line) in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
      var before = UInt8(ascii: " ")
      for (column, byte) in line.enumerated() {
        if byte == UInt8(ascii: "#"), line.prefix(column).allSatisfy({ $0 <= UInt8(ascii: " ") }) { break }
        let beginsToken = before <= UInt8(ascii: " ") || "[]{},:-?\"'".utf8.contains(before)
        let next = line.dropFirst(column + 1).first ?? 0
        if "&*".utf8.contains(byte), beginsToken, next > UInt8(ascii: " ") {
          throw InputError(
            file: path, line: index + 1, column: column + 1, found: "an anchor or an alias",
            expected: "values as they are")
        }
        before = byte
      }
    }
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
    enum Scale: String, CaseIterable { case linear, log }
    for (key, value) in try mapping(node, "a range", keys: ["from", "to", "scale", "steps"]) {
      switch key {
      case "scale": isLogarithmic = try choice(value) == Scale.log
      case "steps": steps = try integer(value, SettingsRange.steps)
      default:
        let text = try scalar(value, "a number")
        guard let number = Double(text), abs(number) <= 1e15 else {
          throw failure(value, found: "\"\(text)\"", expected: "a number")
        }
        ends[key] = (number, Int(text) != nil)
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

  /// The pairs of a mapping; where `keys` are given, it may have no others.
  private func mapping(
    _ node: Node, _ expected: String, keys: [String]? = nil
  ) throws(InputError) -> [(key: String, value: Node)] {
    guard let mapping = node.mapping else { throw failure(node, found: describe(node), expected: expected) }
    var pairs: [(key: String, value: Node)] = []
    for (key, value) in mapping {
      let name = try scalar(key, "a name")
      if let keys, !keys.contains(name) { throw failure(key, found: "\"\(name)\"", expected: oneOf(keys)) }
      pairs.append((name, value))
    }
    return pairs
  }

  private func choice<Choice: RawRepresentable<String> & CaseIterable>(_ node: Node) throws(InputError) -> Choice {
    let expected = oneOf(Choice.allCases.map(\.rawValue))
    let name = try scalar(node, expected)
    guard let choice = Choice(rawValue: name) else { throw failure(node, found: "\"\(name)\"", expected: expected) }
    return choice
  }

  private func oneOf(_ names: [String]) -> String { names.dropLast().joined(separator: ", ") + " or " + names.last! }

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
