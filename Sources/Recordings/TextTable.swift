import SystemSupport
import Windows

/// A text file of numbers, a row per line, whose lines have been counted so that any group of them can be read at once.
package struct TextTable: Sendable {
  /// Lines in a group: its text and the windows that it belongs to fit the second-level cache; and a chunk of a store
  /// is written in one piece.
  static let rowsPerGroup = StoreWriter.windowsPerChunk

  let file: InputFile
  /// Values in a line.
  let columns: Int
  /// Lines in the file, without blank ones at its end.
  package let rows: Int
  /// Where each group of lines starts, and where the last one ends.
  private let groupStarts: [Int]

  /// Opens and counts the lines of the file at `path`.
  ///
  /// Throws where it cannot be read, is empty, or has a line that cannot be one of numbers because of its length.
  package init(path: String, columns: Int, buffer: TextBuffer) throws(InputError) {
    file = try InputFile(path: path)
    self.columns = columns
    let end = try Self.endOfText(file, buffer)
    guard end > 0 else {
      throw InputError(
        file: path, found: file.size == 0 ? "an empty file" : "blank lines only",
        expected: "lines of \(counted(columns, "number"))")
    }
    var index = LineIndex(longest: max(256, columns * 128))
    var offset = 0
    while offset < end {
      let count = min(Self.blockBytes, end - offset)
      let fits = try buffer.withText(of: file, at: offset, count: count) { text in index.scan(text, at: offset) }
      guard fits else {
        throw InputError(
          file: path, line: index.rows + 1, column: index.longest + 1, found: "more than \(index.longest) bytes",
          expected: "\(counted(columns, "number")) in the line")
      }
      offset += count
    }
    (rows, groupStarts) = index.finished(at: end)
  }

  /// Groups of at most `rowsPerGroup` lines.
  package var groups: Int { groupStarts.count - 1 }

  /// Bytes of a group's text.
  func bytes(ofGroup group: Int) -> Int { groupStarts[group + 1] - groupStarts[group] }

  /// Reads a group's text and gives the start of each line, to be left at the start of the next one, to `read`; ends where
  /// that says that a line is wrong.
  ///
  /// - Parameter wholeNumbers: the range they should lie in as whole numbers; nil for any finite number.
  /// - Returns: the wrong line and what is wrong with it.
  @inline(__always)
  package func readRows(
    ofGroup group: Int, _ buffer: TextBuffer, wholeNumbers: ClosedRange<Int>? = nil,
    _ read: (_ row: Int, _ cursor: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Bool
  ) throws(InputError) -> (row: Int, error: InputError)? {
    try buffer.withText(of: file, at: groupStarts[group], count: bytes(ofGroup: group)) { text in
      guard var cursor = text.bindMemory(to: UInt8.self).baseAddress else { return nil }
      let end = cursor + text.count
      for row in (group * Self.rowsPerGroup)..<min(rows, (group + 1) * Self.rowsPerGroup) {
        let start = cursor
        if !read(row, &cursor, end) {
          return (row, error(row, UnsafeBufferPointer(start: start, count: end - start), wholeNumbers))
        }
      }
      return nil
    }
  }

  /// The error for a line, at the start of `text`.
  private func error(
    _ row: Int, _ text: UnsafeBufferPointer<UInt8>, _ wholeNumbers: ClosedRange<Int>?
  ) -> InputError {
    var line = Array(text.prefix { $0 != UInt8(ascii: "\n") })
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    let problem = TextRow.explain(line, count: columns, wholeNumbers: wholeNumbers)
    // A line that is right after all was changed while it was being read.
    return InputError(
      file: file.path, line: row + 1, column: problem?.column, found: problem?.found ?? "a line that changed",
      expected: problem?.expected ?? "a file that stays as it is", status: problem == nil ? .io : .data)
  }

  private static let blockBytes = 192 << 10

  /// The end of the text without blank lines and blanks after it.
  private static func endOfText(_ file: InputFile, _ buffer: TextBuffer) throws(InputError) -> Int {
    var end = file.size
    while end > 0 {
      let count = min(end, 4096)
      let kept = try buffer.withText(of: file, at: end - count, count: count) { text in
        text.lastIndex { !TextRow.isBlank($0) && $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }.map { $0 + 1 }
          ?? 0
      }
      if kept > 0 { return end - count + kept }
      end -= count
    }
    return 0
  }
}

/// Counts lines, and keeps the start of each group of them.
private struct LineIndex {
  /// A line of more bytes is none of numbers; this bounds the memory that a group needs.
  let longest: Int
  /// Lines that ended so far.
  private(set) var rows = 0
  private var lineStart = 0
  private var groupStarts = [0]

  init(longest: Int) { self.longest = longest }

  /// Takes the text that starts at `offset` in the file; false at a line that is too long.
  mutating func scan(_ text: UnsafeRawBufferPointer, at offset: Int) -> Bool {
    guard let start = text.baseAddress else { return true }
    let end = start + text.count
    var position = start
    while let newline = memchr(position, Int32(UInt8(ascii: "\n")), end - position) {
      let next = offset + (UnsafeRawPointer(newline) - start) + 1
      guard next - lineStart <= longest else { return false }
      rows += 1
      lineStart = next
      if rows % TextTable.rowsPerGroup == 0 { groupStarts.append(next) }
      position = UnsafeRawPointer(newline) + 1
      if position == end { break }
    }
    return offset + text.count - lineStart <= longest
  }

  /// The last line has no newline before `end`, as blanks at the end are left out.
  func finished(at end: Int) -> (rows: Int, groupStarts: [Int]) { (rows + 1, groupStarts + [end]) }
}
