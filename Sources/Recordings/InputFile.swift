import SystemSupport

/// A file open for reading, closed when the last reference goes. Several threads may read it at once.
final class InputFile: Sendable {
  let path: String
  /// Size in bytes when it was opened.
  let size: Int
  private let descriptor: Int32

  init(path: String) throws(InputError) {
    self.path = path
    (descriptor, size) = try FileSystem.openForReading(path, as: "text file")
  }

  deinit { _ = close(descriptor) }

  /// Fills `buffer` with the bytes from `offset` on.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(InputError) {
    let count = FileSystem.readAll(into: buffer, from: descriptor, at: offset)
    guard count == buffer.count else {
      let found = count == nil ? "a file that cannot be read (\(FileSystem.lastFailure))" : "a file that became shorter"
      throw InputError(file: path, found: found, expected: "\(size) bytes", status: .io)
    }
  }
}

/// Memory for a piece of text, followed by zeros so that reading a little past its end is safe.
package final class TextBuffer {
  /// How many zeros follow the text: two words that a field is read by, and then some.
  static let padding = 64

  private var storage: UnsafeMutableRawBufferPointer

  package init(capacity: Int = 256 << 10) {
    storage = .allocate(byteCount: capacity + Self.padding, alignment: 64)
  }

  deinit { storage.deallocate() }

  /// Reads `count` bytes of `file` from `offset` on and gives `body` the text.
  func withText<Result>(
    of file: InputFile, at offset: Int, count: Int,
    _ body: (UnsafeRawBufferPointer) throws(InputError) -> Result
  ) throws(InputError) -> Result {
    if storage.count < count + Self.padding {
      storage.deallocate()
      storage = .allocate(byteCount: count + Self.padding, alignment: 64)
    }
    let text = UnsafeMutableRawBufferPointer(rebasing: storage[..<count])
    try file.read(into: text, at: offset)
    let padding = UnsafeMutableRawBufferPointer(rebasing: storage[count..<(count + Self.padding)])
    padding.initializeMemory(as: UInt8.self, repeating: 0)
    return try body(UnsafeRawBufferPointer(text))
  }
}
