import Testing

import TensorBoard

@Suite("CRC-32C and its mask")
struct CRC32CTests {
  /// RFC 3720, appendix B.4, whose bytes are in the order of the wire: the lowest first.
  @Test(
    arguments: [
      ([UInt8](repeating: 0, count: 32), [0xAA, 0x36, 0x91, 0x8A]),
      ([UInt8](repeating: 0xFF, count: 32), [0x43, 0xAB, 0xA8, 0x62]),
      ([UInt8](0..<32), [0x4E, 0x79, 0xDD, 0x46]),
      ((0..<32).reversed(), [0x5C, 0xDB, 0x3F, 0x11]),
      (
        [
          0x01, 0xC0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 0, 0, 0, 0x04, 0, 0, 0, 0, 0x14, 0, 0, 0,
          0x18, 0x28, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0, 0,
        ], [0x56, 0x3A, 0x96, 0xD9]
      ),
    ] as [([UInt8], [UInt8])])
  func publishedVectors(_ bytes: [UInt8], _ checksum: [UInt8]) {
    #expect(littleEndianBytes(CRC32C.checksum(bytes)) == checksum)
  }

  /// The check value of "CRC-32/ISCSI" in catalogues of checksums.
  @Test func checkValue() {
    #expect(CRC32C.checksum("123456789".utf8) == 0xE306_9283)
    #expect(CRC32C.checksum([]) == 0)
  }

  @Test func mask() {
    // 0 rotated is 0.
    #expect(CRC32C.masked([]) == 0xA282_EAD8)
    // 0xE3069283 >> 15 | 0xE3069283 << 17 is 0x2507C60D.
    #expect(CRC32C.masked("123456789".utf8) == 0x2507_C60D &+ 0xA282_EAD8)
  }

  /// The length and its checksum with which every file of TensorFlow's own writer begins.
  @Test func recordOf24Bytes() {
    let data = [UInt8](repeating: 7, count: 24)
    let record = RecordFraming.record(data)
    #expect(record[..<12] == [24, 0, 0, 0, 0, 0, 0, 0, 0xA3, 0x7F, 0x4B, 0x22])
    #expect(Array(record[12..<36]) == data)
    #expect(Array(record[36...]) == littleEndianBytes(CRC32C.masked(data)))
  }

  @Test func emptyRecord() {
    // CRC-32C of eight zero bytes is 0x8C28B28A; rotated 0x6515_1851, masked 0x07980329.
    #expect(CRC32C.checksum([UInt8](repeating: 0, count: 8)) == 0x8C28_B28A)
    #expect(
      RecordFraming.record([]) == [
        0, 0, 0, 0, 0, 0, 0, 0, 0x29, 0x03, 0x98, 0x07, 0xD8, 0xEA, 0x82, 0xA2,
      ])
  }
}
