/// Reads the rows of a text table: numbers between blanks, a row per line.
package struct TextRow {
  /// Rows keep nothing from one to the next.
  package init() {}

  private let numbers = NumberText()

  @inline(__always)
  static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }

  @inline(__always)
  static func skipBlanks(_ cursor: inout UnsafePointer<UInt8>) {
    while isBlank(cursor.pointee) { cursor += 1 }
  }

  /// Reads `count` numbers and the end of their line.
  ///
  /// - Parameters:
  ///   - cursor: the start of a line; left at the start of the next one. `TextBuffer.padding` zeros follow `end`.
  ///   - end: the end of the text.
  ///   - output: where the first number goes, rounded to float; the others follow `stride` elements apart.
  /// - Returns: whether the line is right; where it is not, `explain` says why.
  @inline(__always)
  package func read(
    _ cursor: inout UnsafePointer<UInt8>, end: UnsafePointer<UInt8>, count: Int,
    into output: UnsafeMutablePointer<Float>, stride: Int
  ) -> Bool {
    var output = output
    for index in 0..<count {
      // A field may be longer than it looks: behind 16 bytes of one a number may go on.
      if cursor[16] <= UInt8(ascii: " "), let value = numbers.fixedWidth(cursor) {
        output.pointee = Float(value)
        cursor += 16
      } else {
        guard let value = general(&cursor, isFirst: index == 0) else { return false }
        output.pointee = value
      }
      output += stride
    }
    return endOfLine(&cursor, end: end)
  }

  /// Any other number, with the blanks before it.
  @inline(never)
  private func general(_ cursor: inout UnsafePointer<UInt8>, isFirst: Bool) -> Float? {
    let start = cursor
    Self.skipBlanks(&cursor)
    guard isFirst || cursor > start, let value = numbers.general(&cursor) else { return nil }
    let rounded = Float(value)
    return rounded.isFinite ? rounded : nil
  }

  @inline(__always)
  private func endOfLine(_ cursor: inout UnsafePointer<UInt8>, end: UnsafePointer<UInt8>) -> Bool {
    Self.skipBlanks(&cursor)
    // A carriage return belongs to the end of a line and is nothing anywhere else.
    if cursor.pointee == UInt8(ascii: "\r"), cursor[1] == UInt8(ascii: "\n") || cursor + 1 == end { cursor += 1 }
    if cursor.pointee == UInt8(ascii: "\n") {
      cursor += 1
      return cursor <= end
    }
    return cursor == end
  }

  /// Reads the one whole number of a line; nil where there is something else, and then `explain` says what.
  package func readWholeNumber(
    _ cursor: inout UnsafePointer<UInt8>, end: UnsafePointer<UInt8>, in range: ClosedRange<Int>
  ) -> Int? {
    Self.skipBlanks(&cursor)
    guard let value = numbers.general(&cursor), let whole = Int(exactly: value), range.contains(whole),
      endOfLine(&cursor, end: end)
    else { return nil }
    return whole
  }
}
