import SystemSupport

/// `activity_labels.txt`: a line for each activity, with its number, counted from 1 as the files of labels count, and its name.
package enum ActivityLabels {
  static let fileName = "activity_labels.txt"
  /// How many activities there may be: one alone leaves nothing to learn, and a store's labels are bytes.
  package static let counts = 2...255
  private static let largestSize = 1 << 16
  private static let expected = "a whole number from 1 to \(counts.upperBound) and a name"

  /// The names in the order of their numbers.
  ///
  /// Throws where the file can't be read, a line has no number and name, or the numbers aren't those from 1 on, each once.
  package static func read(_ path: String) throws(InputError) -> [String] {
    var names: [Int: String] = [:]
    let lines = try text(path).split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      func error(_ found: String, _ expected: String = expected) -> InputError {
        InputError(file: path, line: index + 1, found: found, expected: expected)
      }
      let words = line.split(maxSplits: 1) { $0 == " " || $0 == "\t" }
      guard let first = words.first else {
        // Blank lines at the end are none.
        if lines[index...].allSatisfy({ $0.allSatisfy { $0 == " " || $0 == "\t" } }) { break }
        throw error("an empty line")
      }
      guard let number = Int(first), (1...counts.upperBound).contains(number) else { throw error(quoted(first.utf8)) }
      let name = words.count == 2 ? words[1].trimmingBlanks : ""
      guard !name.isEmpty else { throw error("no name behind \(number)") }
      guard printable(name) == name else {
        throw error("unprintable characters in \(quoted(name.utf8))", "a printable name")
      }
      guard !names.values.contains(name) else { throw error("\(quoted(name.utf8)) twice", "each name once") }
      guard names.updateValue(name, forKey: number) == nil else { throw error("\(number) twice", "each number once") }
    }
    guard counts.contains(names.count) else {
      throw InputError(
        file: path, found: counted(names.count, "line"),
        expected: "\(counts.lowerBound) to \(counts.upperBound), one for each activity")
    }
    return try (1...names.count).map { number throws(InputError) in
      guard let name = names[number] else {
        throw InputError(file: path, found: "no activity \(number)", expected: "the numbers 1 to \(names.count)")
      }
      return name
    }
  }

  private static func text(_ path: String) throws(InputError) -> Substring {
    let file = try InputFile(path: path)
    guard file.size <= largestSize else {
      throw InputError(file: path, found: "\(file.size) bytes", expected: "at most \(largestSize)")
    }
    let text = try TextBuffer(capacity: file.size).withText(of: file, at: 0, count: file.size) {
      String(validating: $0, as: UTF8.self)
    }
    guard let text else {
      throw InputError(file: path, found: "bytes that are no UTF-8", expected: "text in UTF-8")
    }
    // A line may end as on Windows.
    return text.replacing("\r\n", with: "\n")[...]
  }
}

extension Substring {
  fileprivate var trimmingBlanks: String {
    var text = self
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
    return String(text)
  }
}
