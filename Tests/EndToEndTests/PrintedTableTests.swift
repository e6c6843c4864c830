import CommandSupport
import SystemSupport
import Testing

/// Columns of text, and numbers with their nouns.
@Suite struct PrintedTableTests {
  @Test func columnsAreAsWideAsTheirCells() {
    let rows = [["run", "epochs", "state"], ["lstm", "2", "done"], ["conv-lstm", "100", ""]]
    #expect(
      PrintedTable([.left(), .right(), .left()], rows).text == """
        run        epochs  state
        lstm            2  done
        conv-lstm     100
        """)
    #expect(PrintedTable.widths(rows) == [9, 6, 5])
  }

  /// Names are cut, numbers never, and rows may end early.
  @Test func columnsOfAGivenWidth() {
    let rows = [["activity", "windows"], ["walking upstairs", "12345678901", "bar"], ["été", "1"]]
    #expect(
      PrintedTable([.left(8), .right(9, gap: 0), .left(gap: 1)], rows).text == """
        activity  windows
        walking…12345678901 bar
        été             1
        """)
  }

  /// What colours a cell takes no room.
  @Test func dressedCells() {
    let table = PrintedTable([.right(), .right(4, gap: 0)], [["", "1"], ["1", "22"], ["10", "3"]])
    let text = table.text { row, column, cell in row > 0 && column == 1 ? "<\(cell)>" : cell }
    #expect(text == "     1\n 1<  22>\n10<   3>")
  }

  @Test(arguments: [(0, "0 windows"), (1, "1 window"), (2, "2 windows")])
  func numbersAndTheirNouns(_ count: Int, _ text: String) {
    #expect(counted(count, "window") == text)
    #expect(counted(count, "person", "people") == ["0 people", "1 person", "2 people"][count])
  }
}
