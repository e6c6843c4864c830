import Foundation
import SystemSupport
import Testing
import _TestSupport

/// The examples of FIPS 180-2, appendix B, and the empty message.
@Suite("SHA-256")
struct SHA256Tests {
  static let examples = [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      String(repeating: "a", count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ]

  @Test(arguments: examples)
  func examplesOfTheStandard(_ message: String, _ digest: String) throws {
    #expect(SHA256Digest.of(Data(message.utf8)) == digest)
    #expect(SHA256Digest.of(Array(message.utf8)) == digest)
    #expect(SHA256Digest.of(message.utf8.lazy.map { $0 }) == digest)
    #expect(Array(message.utf8).withUnsafeBytes { SHA256Digest.of($0) } == digest)
    let bytes = SHA256Digest.bytes(of: Array(message.utf8))
    #expect(bytes.count == SHA256Digest.byteCount)
    #expect(bytes.map { String(format: "%02x", $0) }.joined() == digest)
    let directory = try TemporaryDirectory()
    #expect(try SHA256Digest.ofFile(directory.write(message, to: "message")) == digest)
  }

  @Test func filesThatCannotBeRead() throws {
    let directory = try TemporaryDirectory()
    let absent = #expect(throws: InputError.self) { try SHA256Digest.ofFile(directory.path("absent")) }
    #expect(absent?.found == "a file that cannot be opened (No such file or directory)")
    #expect(absent?.exitStatus == .noInput)
    let folder = #expect(throws: InputError.self) { try SHA256Digest.ofFile(directory.path) }
    #expect(folder?.found == "something that is no file")
  }
}
