/// A message in the wire format of Protocol Buffers (protobuf.dev, "Encoding"), field after field as they are appended.
///
/// The swift-protobuf package would do the same, but costs every first build of this package half a minute, for a dozen
/// messages of a few fields. A field is written even where it has the default value of proto3, as members of a `oneof` must be.
package struct ProtocolBuffer {
  package private(set) var bytes: [UInt8] = []

  /// How a field's value is delimited.
  private enum WireType: UInt64 {
    case varint = 0
    case fixed64 = 1
    case lengthDelimited = 2
    case fixed32 = 5
  }

  /// An `int64`, `int32` or enumeration; negative values take ten bytes.
  package mutating func append(_ field: UInt32, integer value: Int64) {
    append(tag: field, .varint)
    append(varint: UInt64(bitPattern: value))
  }

  package mutating func append(_ field: UInt32, bool value: Bool) { append(field, integer: value ? 1 : 0) }

  package mutating func append(_ field: UInt32, double value: Double) {
    append(tag: field, .fixed64)
    bytes += littleEndianBytes(value.bitPattern)
  }

  package mutating func append(_ field: UInt32, float value: Float) {
    append(tag: field, .fixed32)
    bytes += littleEndianBytes(value.bitPattern)
  }

  package mutating func append(_ field: UInt32, string value: String) { append(field, bytes: Array(value.utf8)) }

  package mutating func append(_ field: UInt32, bytes value: [UInt8]) {
    append(tag: field, .lengthDelimited)
    append(varint: UInt64(value.count))
    bytes += value
  }

  /// A message inside this one, made by `build`.
  package mutating func append(_ field: UInt32, message build: (inout ProtocolBuffer) -> Void) {
    append(field, bytes: ProtocolBuffer(build).bytes)
  }

  package init() {}

  package init(_ build: (inout ProtocolBuffer) -> Void) { build(&self) }

  private mutating func append(tag field: UInt32, _ type: WireType) {
    append(varint: UInt64(field) << 3 | type.rawValue)
  }

  /// Seven bits a byte, the lowest first; all but the last byte have the eighth bit set.
  private mutating func append(varint value: UInt64) {
    var rest = value
    while rest > 0x7F {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

/// The bytes of an integer, the lowest first.
package func littleEndianBytes<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}
