/// Why a text is no JSON.
struct JSONError: Error, Equatable {
  /// The byte where reading stopped, counted from 0.
  let offset: Int
  /// What should be there.
  let expected: String
}

/// Reads JSON (RFC 8259, and the `NaN` and `Infinity` that Python writes besides).
struct JSONParser {
  private let bytes: [UInt8]
  private var position = 0
  /// Arrays and objects inside each other, at most: a value must not exhaust the stack.
  private static let depthLimit = 64

  private init(_ text: String) { bytes = Array(text.utf8) }

  /// The one value that a text holds.
  static func parse(_ text: String) throws(JSONError) -> JSONValue {
    var parser = JSONParser(text)
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.position == parser.bytes.count else { throw parser.error("the end") }
    return value
  }

  private func error(_ expected: String) -> JSONError { JSONError(offset: position, expected: expected) }
  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || (0x09...0x0D).contains(byte) { position += 1 }
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard let byte = next, byte == character.value else { return false }
    position += 1
    return true
  }

  private mutating func take(_ character: Unicode.Scalar) throws(JSONError) {
    guard skip(character) else { throw error("'\(character)'") }
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    guard depth < Self.depthLimit else { throw error("at most \(Self.depthLimit) levels") }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    default: return try word()
    }
  }

  private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
    try take("{")
    var members: [JSONValue.Member] = []
    if skip("}") { return .object(members) }
    repeat {
      skipSpace()
      let key = try string()
      try take(":")
      members.append(JSONValue.Member(key: key, value: try value(depth: depth + 1)))
    } while skip(",")
    try take("}")
    return .object(members)
  }

  private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
    try take("[")
    var elements: [JSONValue] = []
    if skip("]") { return .array(elements) }
    repeat { elements.append(try value(depth: depth + 1)) } while skip(",")
    try take("]")
    return .array(elements)
  }

  /// A number or one of the named values.
  private mutating func word() throws(JSONError) -> JSONValue {
    let start = position
    var end = position
    while end < bytes.count, Self.isWord(bytes[end]) { end += 1 }
    let word = String(decoding: bytes[start..<end], as: UTF8.self)
    let value: JSONValue
    switch word {
    case "null": value = .null
    case "true": value = .bool(true)
    case "false": value = .bool(false)
    case "NaN": value = .number(.nan)
    case "Infinity": value = .number(.infinity)
    case "-Infinity": value = .number(-.infinity)
    default:
      guard let first = word.utf8.first, first == UInt8(ascii: "-") || (0x30...0x39).contains(first) else {
        throw error("a value")
      }
      if let integer = Int(word) {
        value = .integer(integer)
      } else if let number = Double(word) {
        value = .number(number)
      } else {
        throw error("a number")
      }
    }
    position = end
    return value
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x30...0x39: true
    case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): true
    default: false
    }
  }

  private mutating func string() throws(JSONError) -> String {
    guard next == UInt8(ascii: "\"") else { throw error("a string") }
    position += 1
    var units: [UInt16] = []
    var plainStart = position
    while let byte = next, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw error("no control character in a string") }
      guard byte == UInt8(ascii: "\\") else {
        position += 1
        continue
      }
      units.append(contentsOf: String(decoding: bytes[plainStart..<position], as: UTF8.self).utf16)
      position += 1
      units.append(try escape())
      plainStart = position
    }
    guard next != nil else { throw error("the end of a string") }
    units.append(contentsOf: String(decoding: bytes[plainStart..<position], as: UTF8.self).utf16)
    position += 1
    return String(decoding: units, as: UTF16.self)
  }

  private mutating func escape() throws(JSONError) -> UInt16 {
    guard let byte = next else { throw error("an escape") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return UInt16(byte)
    case UInt8(ascii: "b"): return 0x08
    case UInt8(ascii: "f"): return 0x0C
    case UInt8(ascii: "n"): return 0x0A
    case UInt8(ascii: "r"): return 0x0D
    case UInt8(ascii: "t"): return 0x09
    case UInt8(ascii: "u"):
      guard bytes.count - position >= 4 else { throw error("four hexadecimal digits") }
      let digits = bytes[position..<(position + 4)]
      guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
        let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
      else { throw error("four hexadecimal digits") }
      position += 4
      return unit
    default:
      position -= 1
      throw error("an escape")
    }
  }
}
