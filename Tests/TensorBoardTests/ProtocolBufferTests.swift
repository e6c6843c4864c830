import Testing

import TensorBoard

/// The examples of protobuf.dev, "Encoding", and bytes by hand.
@Suite("Protocol buffers have the wire format")
struct ProtocolBufferTests {
  private func bytes(_ build: (inout ProtocolBuffer) -> Void) -> [UInt8] { ProtocolBuffer(build).bytes }

  @Test func varints() {
    #expect(bytes { $0.append(1, integer: 150) } == [0x08, 0x96, 0x01])
    #expect(bytes { $0.append(1, integer: 0) } == [0x08, 0])
    #expect(bytes { $0.append(1, integer: 127) } == [0x08, 0x7F])
    #expect(bytes { $0.append(1, integer: 128) } == [0x08, 0x80, 0x01])
    let ff = [UInt8](repeating: 0xFF, count: 8)
    #expect(bytes { $0.append(2, integer: -2) } == [0x10, 0xFE] + ff + [0x01])
    #expect(bytes { $0.append(2, integer: .max) } == [0x10] + ff + [0x7F])
    let zeros = [UInt8](repeating: 0x80, count: 9)
    #expect(bytes { $0.append(2, integer: .min) } == [0x10] + zeros + [0x01])
    #expect(bytes { $0.append(3, bool: true) } == [0x18, 1])
    #expect(bytes { $0.append(3, bool: false) } == [0x18, 0])
  }

  @Test func fieldNumbers() {
    #expect(bytes { $0.append(15, integer: 1) } == [0x78, 1])
    #expect(bytes { $0.append(16, integer: 1) } == [0x80, 0x01, 1])
    // The largest, 2^29 - 1.
    #expect(bytes { $0.append(536_870_911, integer: 1) } == [0xF8, 0xFF, 0xFF, 0xFF, 0x0F, 1])
  }

  @Test func fixedWidths() {
    #expect(bytes { $0.append(1, double: 1) } == [0x09, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F])
    #expect(bytes { $0.append(1, double: -2.5) } == [0x09, 0, 0, 0, 0, 0, 0, 0x04, 0xC0])
    #expect(bytes { $0.append(2, float: 25.4) } == [0x15, 0x33, 0x33, 0xCB, 0x41])
  }

  @Test func lengthDelimited() {
    #expect(bytes { $0.append(2, string: "testing") } == [0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6E, 0x67])
    #expect(bytes { $0.append(2, string: "é") } == [0x12, 2, 0xC3, 0xA9])
    #expect(bytes { $0.append(2, bytes: []) } == [0x12, 0])
    let long = [UInt8](repeating: 5, count: 300)
    #expect(bytes { $0.append(2, bytes: long) } == [0x12, 0xAC, 0x02] + long)
    #expect(bytes { $0.append(3) { $0.append(1, integer: 150) } } == [0x1A, 0x03, 0x08, 0x96, 0x01])
    #expect(bytes { $0.append(3) { _ in } } == [0x1A, 0])
  }

  @Test func fieldsAreInTheOrderOfAppending() {
    let found = bytes {
      $0.append(4, string: "hello")
      for value in [3, 270] as [Int64] { $0.append(6, integer: value) }
    }
    #expect(found == [0x22, 0x05, 0x68, 0x65, 0x6C, 0x6C, 0x6F, 0x30, 0x03, 0x30, 0x8E, 0x02])
  }
}
