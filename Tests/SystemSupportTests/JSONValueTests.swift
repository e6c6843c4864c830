import Foundation
import SystemSupport
import Testing

@Suite struct JSONValueTests {
  static let texts: [(String, JSONValue)] = [
    ("null", nil), ("true", true), ("-7", -7), ("1.5", 1.5), ("1e300", 1e300), ("0.1", 0.1),
    (#""a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00""#, "a\"\\/\u{8}\u{C}\n\r\té😀"),
    ("[]", []), ("{}", [:]), (#" [1, [2.25, null], {"b": [], "a": "x"}] "#, [1, [2.25, nil], ["a": "x", "b": []]]),
    ("9223372036854775807", 9_223_372_036_854_775_807), ("9223372036854775808", 9_223_372_036_854_775_808.0),
    ("Infinity", .number(.infinity)), ("[-Infinity]", [.number(-.infinity)]),
  ]

  @Test(arguments: texts)
  func values(_ text: String, _ expected: JSONValue) throws {
    #expect(try JSONValue(parsing: text) == expected)
  }

  /// What lies in memory behind a number that ends the text does not belong to it: often digits of texts before.
  @Test func numbersAtTheEnd() throws {
    for _ in 0..<1000 {
      #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: String(repeating: "1", count: 40) + "x") }
      #expect(try JSONValue(parsing: "9223372036854775808") == 9_223_372_036_854_775_808.0)
    }
  }

  @Test func notANumber() throws {
    #expect(try JSONValue(parsing: "NaN").double?.isNaN == true)
  }

  @Test(arguments: ["", "hello", "[1, 2", "{\"a\": tru}", "[1] 2", "\"a", "{\"a\" 1}", "[\"\\x\"]", "01x"])
  func noJSON(_ text: String) throws {
    let error = try #require(throws: JSONSyntaxError.self) { try JSONValue(parsing: text) }
    #expect(!error.reason.isEmpty && !error.reason.hasSuffix(".") && !error.reason.contains("\n"))
  }

  @Test func errorsSayWhere() throws {
    let error = try #require(throws: JSONSyntaxError.self) { try JSONValue(parsing: #"{"a": [1, hello]}"#) }
    #expect(error.reason.contains("10"), "\(error.reason)")
  }

  /// A hostile text must not exhaust the stack, that of a thread with little of it neither.
  @Test(arguments: [65, 500, 10_000, 1_000_000], ["[", "{\"a\":"])
  func bottomless(_ levels: Int, _ opening: String) throws {
    let closing = opening == "[" ? "]" : "}"
    for text in [
      String(repeating: opening, count: levels),
      String(repeating: opening, count: levels) + "0" + String(repeating: closing, count: levels),
    ] {
      #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: text) }
    }
  }

  @Test func sixtyFourLevels() throws {
    let text = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
    #expect(try JSONValue(parsing: text).text == text)
  }

  /// What Python 3's `json.dumps` gives for the same value.
  @Test func textIsThatOfPython() {
    let value: JSONValue = [
      "b": [1, 2.0, -0.5, 1e-07, 1e+22, nil, true], "a": "ü\u{1}\u{7F}😀\"\\/\n", "c": .decimal(0.3), "d": [:], "e": [],
    ]
    #expect(
      value.text
        == #"{"b": [1, 2.0, -0.5, 1e-07, 1e+22, null, true], "a": "\u00fc\u0001\u007f\ud83d\ude00\"\\/\n", "#
        + #""c": 0.3, "d": {}, "e": []}"#)
    #expect(
      JSONValue.array([.number(.nan), .number(.infinity), .number(-.infinity)]).text == "[NaN, Infinity, -Infinity]")
  }

  @Test func membersKeepTheirKeysThroughAnEncoder() throws {
    let value: JSONValue = ["class_name": "LSTM", "config": ["return_sequences": true, "units": 3, "rate": 0.25]]
    let data = try JSONEncoder().encode(["network": value])
    #expect(try JSONDecoder().decode([String: JSONValue].self, from: data)["network"]?["config"]?["units"] == 3)
    #expect(String(decoding: data, as: UTF8.self).contains("\"return_sequences\":true"))
  }
}
