/// What our HDF5 files end with: sixteen bytes of magic and the SHA-256 of everything before them. Whatever has happened to a sealed
/// file's bytes is noticed before anybody reads them; HDF5 takes no notice of the seal, and drops it where it changes the file.
///
/// It guards against accidents, not against somebody who makes a seal of their own.
package enum FileSeal {
  package enum State: Sendable {
    case intact, broken, absent
  }

  private static let magic = Array("har-train sha256".utf8)
  package static let byteCount = magic.count + SHA256Digest.byteCount

  /// Seals a file.
  package static func append(to path: String) throws(OutputError) {
    func error() -> OutputError {
      OutputError(path: path, reason: "cannot be written: \(FileSystem.lastFailure)", status: .io)
    }
    let digest: [UInt8]
    do throws(InputError) {
      digest = try SHA256Digest.bytes(ofFile: path)
    } catch {
      throw OutputError(path: path, reason: "cannot be sealed: found \(error.found)", status: .io)
    }
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
    guard descriptor >= 0 else { throw error() }
    let failure = (magic + digest).withUnsafeBytes { FileSystem.writeAll($0, to: descriptor) } ? nil : error()
    _ = close(descriptor)
    if let failure { throw failure }
  }

  /// Whether the bytes of a file are those that were sealed.
  package static func state(of path: String) throws(InputError) -> State {
    let count = FileSystem.size(path) - byteCount
    let seal = try FileSystem.bytes(of: path, at: max(0, count), count: byteCount)
    guard count > 0, seal.starts(with: magic) else { return .absent }
    let digest = try SHA256Digest.bytes(ofFile: path, prefix: count)
    return seal.dropFirst(magic.count).elementsEqual(digest) ? .intact : .broken
  }
}
