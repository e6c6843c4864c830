import HDF5
import SystemSupport

/// Where a store's readings are while it is in use.
package enum ReadingPlacement: Sendable {
  /// In memory, all of them.
  case memory
  /// In the file, from which they come when they are wanted.
  case file
  /// In memory, unless they would take more than a quarter of what each of some processes may use, and can be streamed.
  case automatic(processes: Int)

  /// For a process by itself.
  package static let automatic = ReadingPlacement.automatic(processes: 1)

  /// Bytes of readings from which on it may depend on the machine whether a store is streamed.
  static let bytesThatMayBeMany = 256 << 20

  /// Throws where the readings have to be in memory and are more than that.
  func streams(_ reader: StoreReader) throws(HDF5Error) -> Bool {
    let bytes = reader.readingBytes
    let usable = UsableMemory.bytes
    switch self {
    case .file: return true
    case .automatic(let processes) where bytes > usable / 4 / max(1, processes) && reader.canStream: return true
    case .memory, .automatic: break
    }
    guard bytes <= usable else { throw reader.tooLarge(bytes, of: usable) }
    return false
  }
}
