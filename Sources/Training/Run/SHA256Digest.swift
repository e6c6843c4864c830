import Crypto
package import Foundation

/// SHA-256 in hexadecimal digits.
package enum SHA256Digest {
  /// Of bytes in memory.
  package static func of(_ bytes: some DataProtocol) -> String { hexadecimal(SHA256.hash(data: bytes)) }

  /// Of bytes that somebody else owns.
  static func of(_ bytes: UnsafeRawBufferPointer) -> String {
    var hash = SHA256()
    hash.update(bufferPointer: bytes)
    return hexadecimal(hash.finalize())
  }

  /// Of a file, read a part at a time.
  package static func ofFile(_ path: String) throws -> String {
    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    defer { try? file.close() }
    var hash = SHA256()
    while let part = try file.read(upToCount: 1 << 20), !part.isEmpty { hash.update(data: part) }
    return hexadecimal(hash.finalize())
  }

  private static func hexadecimal(_ digest: SHA256.Digest) -> String {
    digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
