package import Foundation
internal import SystemSupport

/// JSON as a run's files hold it: snake_case keys in their order, numbers that read back as the same bits. What stands below the key
/// `network` is Keras's and keeps its own keys.
package enum RunJSON {
  private static let kerasKey = "network"

  /// A value's text, for people on several lines.
  package static func encode(_ value: some Encodable, isPretty: Bool = true) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = isPretty ? [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes] : [.sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    encoder.keyEncodingStrategy = .custom { path in
      key(path) { name in
        name.reduce(into: "") { $0 += $1.isUppercase ? "_\($1.lowercased())" : String($1) }
      }
    }
    return try encoder.encode(value)
  }

  /// The same as a string.
  package static func text(_ value: some Encodable, isPretty: Bool = true) throws -> String {
    String(decoding: try encode(value, isPretty: isPretty), as: UTF8.self)
  }

  package static func decode<Value: Decodable>(_: Value.Type, _ data: Data) throws -> Value {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    decoder.keyDecodingStrategy = .custom { path in
      key(path) { name in
        let words = name.split(separator: "_", omittingEmptySubsequences: false)
        return words.dropFirst().reduce(into: String(words.first ?? "")) {
          $0 += $1.prefix(1).uppercased() + $1.dropFirst()
        }
      }
    }
    return try decoder.decode(Value.self, from: data)
  }

  /// Many values, a line each.
  static func decodeLines<Value: Decodable>(_: Value.Type, _ text: String) throws -> [Value] {
    try text.split(separator: "\n").map { try decode(Value.self, Data($0.utf8)) }
  }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  private static func key(_ path: [any CodingKey], _ convert: (String) -> String) -> any CodingKey {
    let key = path[path.count - 1]
    if key.intValue != nil || path.dropLast().contains(where: { $0.stringValue == kerasKey }) { return key }
    return Key(stringValue: convert(key.stringValue))
  }

  /// Writes a value to a file, which appears whole or not at all.
  static func write(_ value: some Encodable, _ path: String, isPretty: Bool = true) throws {
    try AtomicFile.replace(path, with: try encode(value, isPretty: isPretty) + Data("\n".utf8))
  }

  static func digest(_ value: some Encodable) throws -> String {
    SHA256Digest.of(try encode(value, isPretty: false))
  }

  /// Where and what a decoder did not find as it should be.
  static func reason(_ error: any Error) -> String {
    func place(_ context: DecodingError.Context) -> String {
      let path = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
      return path.isEmpty ? "" : "\(path): "
    }
    return switch error {
    case DecodingError.keyNotFound(let key, let context): "\(place(context))\(key.stringValue) is missing"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
      DecodingError.dataCorrupted(let context):
      "\(place(context))\(context.debugDescription)"
    case let error as any UserFacingError: error.message
    default: error.localizedDescription
    }
  }
}
