import Foundation
import Recordings
import SystemSupport

/// The numbers in a line of the fuzzed table.
private let columns = 3

extension FuzzedReader {
  static let texts = [
    ofFile("rows") { path in
      let bytes = try FileSystem.contents(path) ?? Data()
      try compare(try rows(path), with: bytes)
    },
    ofFile("whole-numbers") { path in
      let range = 1...255
      let buffer = TextBuffer()
      let table = try TextTable(path: path, columns: 1, buffer: buffer)
      for group in 0..<table.groups {
        let failure = try table.readRows(ofGroup: group, buffer, wholeNumbers: range) { _, cursor, end in
          guard let value = TextRow().readWholeNumber(&cursor, end: end, in: range) else { return false }
          precondition(range.contains(value))
          return true
        }
        if let failure { try refuse(failure.error) }
      }
    },
    ofFile("activity-labels") { path in
      let names = try ActivityLabels.read(path)
      precondition(Set(names).count == names.count && ActivityLabels.counts.contains(names.count))
    },
  ]

  /// What the readers of recordings make of a file.
  private static func rows(_ path: String) throws -> [Float] {
    let buffer = TextBuffer()
    let table = try TextTable(path: path, columns: columns, buffer: buffer)
    var values: [Float] = []
    var row = [Float](repeating: 0, count: columns)
    for group in 0..<table.groups {
      let failure = try table.readRows(ofGroup: group, buffer) { _, cursor, end in
        let isRead = row.withUnsafeMutableBufferPointer {
          TextRow().read(&cursor, end: end, count: columns, into: $0.baseAddress!, stride: 1)
        }
        if isRead { values += row }
        return isRead
      }
      if let failure { try refuse(failure.error) }
    }
    precondition(values.count == table.rows * columns)
    return values
  }

  /// The explanation of a refusal must find what the reader didn't like.
  private static func refuse(_ error: InputError) throws -> Never {
    precondition(error.exitStatus == .data, error.message)
    throw error
  }

  /// The same numbers by `strtod`, from words between blanks.
  private static func compare(_ values: [Float], with bytes: Data) throws {
    let words = bytes.split { " \t\r\n".utf8.contains($0) }
    precondition(words.count == values.count, "\(values.count) values of \(words.count) words")
    for (word, value) in zip(words, values) {
      let expected = Float(strtod(String(decoding: word, as: UTF8.self), nil))
      precondition(expected.bitPattern == value.bitPattern, "\(value), expected \(expected)")
    }
  }
}
