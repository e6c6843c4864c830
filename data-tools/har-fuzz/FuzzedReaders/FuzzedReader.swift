/// What is given any bytes at all, by name.
struct FuzzedReader: Sendable {
  let name: String
  /// Reads the bytes. What is wrong with them may be thrown; what must never be ends the process.
  let read: @Sendable (UnsafeRawBufferPointer) throws -> Void

  static let all = texts + settings

  /// A reader of files.
  static func ofFile(_ name: String, _ read: @escaping @Sendable (String) throws -> Void) -> FuzzedReader {
    let file = MemoryFile()
    return FuzzedReader(name: name) { bytes in
      file.write(bytes)
      try read(file.path)
    }
  }

  /// A reader of texts.
  static func ofText(_ name: String, _ read: @escaping @Sendable (String) throws -> Void) -> FuzzedReader {
    FuzzedReader(name: name) { try read(String(decoding: $0, as: UTF8.self)) }
  }
}
