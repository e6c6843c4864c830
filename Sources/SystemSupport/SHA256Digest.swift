import CCrypto

/// SHA-256 (FIPS 180-4), in hexadecimal digits unless bytes are asked for.
package enum SHA256Digest {
  package static let byteCount = 32

  package static func of(_ bytes: some Sequence<UInt8>) -> String { hexadecimal(self.bytes(of: bytes)) }

  package static func bytes(of bytes: some Sequence<UInt8>) -> [UInt8] {
    let hash = Hash()
    if bytes.withContiguousStorageIfAvailable({ hash.update(UnsafeRawBufferPointer($0)) }) == nil {
      Array(bytes).withUnsafeBytes { hash.update($0) }
    }
    return hash.finish()
  }

  /// Of a file, read a part at a time.
  package static func ofFile(_ path: String) throws(InputError) -> String { hexadecimal(try bytes(ofFile: path)) }

  /// The same as bytes: of a file's first `prefix` bytes.
  static func bytes(ofFile path: String, prefix: Int = .max) throws(InputError) -> [UInt8] {
    let hash = Hash()
    var left = prefix
    try FileSystem.forEachPart(of: path) { part in
      let count = min(left, part.count)
      hash.update(UnsafeRawBufferPointer(rebasing: part[..<count]))
      left -= count
    }
    return hash.finish()
  }

  private static func hexadecimal(_ digest: [UInt8]) -> String {
    digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

/// libcrypto's state of one digest.
private final class Hash {
  private let context: OpaquePointer

  init() {
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
      preconditionFailure("libcrypto has no SHA-256")
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  func update(_ bytes: UnsafeRawBufferPointer) {
    if !bytes.isEmpty { EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) }
  }

  func finish() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: SHA256Digest.byteCount) { digest, count in
      EVP_DigestFinal_ex(context, digest.baseAddress, nil)
      count = SHA256Digest.byteCount
    }
  }
}
