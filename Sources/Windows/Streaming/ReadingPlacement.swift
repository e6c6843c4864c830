import SystemSupport

/// Where a store's readings are while it is in use.
package enum ReadingPlacement: Sendable {
  /// In memory, all of them.
  case memory
  /// In the file, from which they come when they are wanted.
  case file
  /// In memory, unless they would take more than a quarter of what this process may use.
  case automatic

  func streams(_ reader: StoreReader) -> Bool {
    switch self {
    case .memory: false
    case .file: true
    case .automatic: reader.readingBytes > UsableMemory.bytes / 4
    }
  }
}
