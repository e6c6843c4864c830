/// CRC-32C: the cyclic redundancy check of 32 bits with Castagnoli's polynomial 0x1EDC6F41 (RFC 3720, appendix B.4), bit by bit
/// reversed as there.
package enum CRC32C {
  /// What each value of a byte does to a remainder of zero.
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { remainder, _ in
      remainder & 1 == 1 ? (remainder >> 1) ^ 0x82F6_3B78 : remainder >> 1
    }
  }

  package static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let table = table
    return ~bytes.reduce(~0) { remainder, byte in
      (remainder >> 8) ^ table[Int(UInt8(truncatingIfNeeded: remainder) ^ byte)]
    }
  }

  /// The checksum as TFRecord stores it, rotated right by 15 bits and added to a constant: a record may hold checksums of its
  /// own, and those of data with its checksum are all the same.
  package static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let checksum = checksum(bytes)
    return ((checksum >> 15) | (checksum << 17)) &+ 0xA282_EAD8
  }
}
