/// The records of a TFRecord file: the data's length as 64 bits, the length's masked checksum, the data, and the data's masked
/// checksum, each little-endian.
package enum RecordFraming {
  package static func record(_ data: [UInt8]) -> [UInt8] {
    let length = littleEndianBytes(UInt64(data.count))
    return length + littleEndianBytes(CRC32C.masked(length)) + data + littleEndianBytes(CRC32C.masked(data))
  }
}
