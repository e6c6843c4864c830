import Foundation
import SystemSupport
import Testing
import _TestSupport

@Suite("Seals of files")
struct FileSealTests {
  let directory: TemporaryDirectory
  private let contents = Data((0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 37) })

  init() throws { directory = try TemporaryDirectory() }

  private func sealed() throws -> Data {
    let path = try directory.write(contents, to: "file")
    try FileSeal.append(to: path)
    #expect(try FileSeal.state(of: path) == .intact)
    return try Data(contentsOf: URL(fileURLWithPath: path))
  }

  @Test func isMagicAndDigest() throws {
    let bytes = try sealed()
    #expect(bytes == contents + Data("har-train sha256".utf8) + Data(SHA256Digest.bytes(of: contents)))
    #expect(bytes.count == contents.count + FileSeal.byteCount)
  }

  /// Every byte, changed: of the contents or the digest, the seal is broken; of the magic, there is none.
  @Test func everyChangedByteIsNoticed() throws {
    let bytes = try sealed()
    let magic = contents.count..<(contents.count + 16)
    for position in bytes.indices {
      var damaged = bytes
      damaged[position] ^= UInt8(1 << (position % 8))
      let path = try directory.write(damaged, to: "damaged")
      #expect(try FileSeal.state(of: path) == (magic.contains(position) ? .absent : .broken), "byte \(position)")
    }
  }

  @Test func filesWithoutASeal() throws {
    let bytes = try sealed()
    for count in [0, 1, 47, 48, 49, 500, 1000, 1047] {
      #expect(try FileSeal.state(of: try directory.write(bytes.prefix(count), to: "short")) == .absent)
    }
    #expect(throws: InputError.self) { try FileSeal.state(of: directory.path("none")) }
    #expect(throws: InputError.self) { try FileSeal.state(of: directory.path) }
    #expect(throws: OutputError.self) { try FileSeal.append(to: directory.path("none")) }
  }
}
