package import Foundation

/// A moment to the second; in a file as ISO 8601 in UTC, such as `2026-01-31T14:25:30Z`.
package struct Moment: Sendable, Codable, Equatable {
  package let date: Date

  /// The second that a date is in.
  package init(_ date: Date) { self.date = Date(timeIntervalSince1970: date.timeIntervalSince1970.rounded(.down)) }

  /// When a file was last written; 1970 where there is none.
  init(ofFile path: String) {
    let date = try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
    self.init(date ?? Date(timeIntervalSince1970: 0))
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    // What is read leniently must not stand for another moment.
    guard let date = try? Date(text, strategy: .iso8601), date.formatted(.iso8601) == text else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\(text), expected a moment such as 2026-01-31T14:25:30Z")
    }
    self.date = date
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(date.formatted(.iso8601))
  }
}
