import SystemSupport

/// What is wrong with a line, said without haste: the fast reader only notices that something is.
extension TextRow {
  struct Problem: Equatable {
    /// In bytes, counted from 1.
    let column: Int
    let found: String
    let expected: String
  }

  /// The first thing wrong with `line`, which is given without its end; nil where nothing is.
  ///
  /// - Parameters:
  ///   - count: how many values it should hold.
  ///   - wholeNumbers: the range they should lie in as whole numbers; nil for any finite number.
  static func explain(_ line: [UInt8], count: Int, wholeNumbers: ClosedRange<Int>?) -> Problem? {
    let value = wholeNumbers.map { "a whole number from \($0.lowerBound) to \($0.upperBound)" } ?? "a finite number"
    let fields = fields(of: line)
    for (index, field) in fields.enumerated() {
      if index == count {
        return Problem(
          column: field.lowerBound + 1, found: "\(fields.count) values",
          expected: counted(count, "value") + " in the line")
      }
      if let found = complaint(line[field], wholeNumbers) {
        return Problem(column: field.lowerBound + 1, found: found, expected: value)
      }
    }
    guard fields.count < count else { return nil }
    if let column = emptyField(line, count: count) {
      return Problem(column: column, found: "an empty field", expected: value)
    }
    return Problem(
      column: (fields.last?.upperBound ?? 0) + 1,
      found: fields.isEmpty ? "an empty line" : counted(fields.count, "value"),
      expected: counted(count, "value") + " in the line")
  }

  private static func fields(of line: [UInt8]) -> [Range<Int>] {
    line.indices.split { isBlank(line[$0]) }.map { $0.startIndex..<$0.endIndex }
  }

  /// What is found where `field` is not the number it should be.
  private static func complaint(_ field: ArraySlice<UInt8>, _ wholeNumbers: ClosedRange<Int>?) -> String? {
    var value: Double?
    (Array(field) + [0]).withUnsafeBufferPointer { text in
      guard var cursor = text.baseAddress else { return }
      let end = cursor + field.count
      value = NumberText().general(&cursor)
      if cursor != end { value = nil }
    }
    guard let value else { return quoted(field) }
    guard let wholeNumbers else {
      return Float(value).isFinite ? nil : "\(quoted(field)), which is too large"
    }
    guard let whole = Int(exactly: value), wholeNumbers.contains(whole) else { return quoted(field) }
    return nil
  }

  /// The column of the first blank field where the line has the right length for fields of equal width.
  private static func emptyField(_ line: [UInt8], count: Int) -> Int? {
    let width = 16
    guard count > 1, line.count == width * count else { return nil }
    let index = (0..<count).first { line[($0 * width)..<(($0 + 1) * width)].allSatisfy(isBlank) }
    return index.map { $0 * width + 1 }
  }
}
