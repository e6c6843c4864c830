import Foundation
import SystemSupport
import Testing
import _TestSupport

@Suite("CSV")
struct CSVTableTests {
  private let rows: [[String?]] = [
    ["plain", "1.5", nil], ["a,b", "say \"no\"", "two\nlines"], ["\r", "\r\n", "\""], ["", " blank ", "Größe ✓"],
    ["e\u{301},", ",\u{301}", "\"\u{301}"],
  ]

  private var table: CSVTable {
    var table = CSVTable(columns: ["one", "the \"second\"", "c,d"])
    for row in rows { table.append(row) }
    return table
  }

  @Test func fieldsAreQuotedWhereTheyMustBe() {
    #expect(
      table.text == """
        one,"the ""second""\","c,d"
        plain,1.5,
        "a,b","say ""no""\","two\nlines"
        "\r","\r\n",\"""\"
        , blank ,Größe ✓
        "e\u{301},",",\u{301}",\"""\u{301}"

        """)
    var narrow = CSVTable(columns: ["only"])
    narrow.append([nil])
    #expect(narrow.text == "only\n\"\"\n")
  }

  @Test func linesAreThoseOfTheTable() {
    let lines = CSVTable.lines(columns: ["one", "the \"second\"", "c,d"], rows: rows)
    #expect(lines.joined() == table.text)
    #expect(Array(CSVTable.lines(columns: ["only"], rows: [])) == ["only\n"])
  }

  @Test(.enabled(if: Outside.python != nil, "\(Outside.pythonHint)"))
  func pythonReadsTheSameFields() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write(table.text, to: "table.csv")
    let expected = try JSONEncoder().encode([["one", "the \"second\"", "c,d"]] + rows.map { $0.map { $0 ?? "" } })
    let result = try Outside.runPython(
      """
      import csv, json, sys, pandas
      expected = json.loads(sys.argv[2])
      assert list(csv.reader(open(sys.argv[1], newline="", encoding="utf-8"))) == expected
      frame = pandas.read_csv(sys.argv[1], dtype=str, keep_default_na=False)
      assert list(frame.columns) == expected[0] and len(frame) == len(expected) - 1
      """, [path, String(decoding: expected, as: UTF8.self)])
    #expect(result.status == 0, "\(result.standardError)")
  }
}
