import SystemSupport

/// Reads decimal numbers, correctly rounded to double.
///
/// A number `m × 10^p` whose `m` fits the 53 bits of a double and whose `10^|p|` does too is one correctly rounded
/// multiplication or division away (Clinger, "How to read floating point numbers accurately", 1990). That is so for every
/// number of the recordings; anything longer is left to `strtod`.
struct NumberText {
  /// The powers of ten that a double holds exactly: 10^0 to 10^22.
  private let powers: InlineArray<23, Double> = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
  ]

  @inline(__always)
  private func scale(_ mantissa: UInt64, power: Int) -> Double {
    let value = Double(Int64(bitPattern: mantissa))
    return power < 0 ? value / powers[unchecked: -power] : value * powers[unchecked: power]
  }

  /// Reads a field of 16 characters such as `  1.8085150e-004`, the form of the UCI recordings.
  ///
  /// `text` must have 16 readable bytes. Nil where the field has another form or a power out of the exact range.
  @inline(__always)
  func fixedWidth(_ text: UnsafePointer<UInt8>) -> Double? {
    let bytes = UnsafeRawPointer(text)
    let low = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    let high = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))

    // blank, sign, digit, '.', 4 digits | 3 digits, 'e', sign, '0', 2 digits
    let sign = (low >> 8) & 0xFF
    let exponentSign = (high >> 32) & 0xFF
    let digits = ((low >> 16) & 0xFF) | ((low >> 32) << 8) | (high << 40)
    let exponentDigits = (high >> 48) | 0x3030_3030_3030_0000
    let misfit =
      ((low & 0xFF00_00FF) ^ 0x2E00_0020) | ((high & 0x0000_FF00_FF00_0000) ^ 0x0000_3000_6500_0000)
      | Self.nonDigits(digits) | Self.nonDigits(exponentDigits)
    let isNegative = sign == 0x2D
    let isSmall = exponentSign == 0x2D
    guard misfit == 0, isNegative || sign == 0x20, isSmall || exponentSign == 0x2B else { return nil }

    let exponent = Int(exponentDigits & 0xF) * 10 + Int((exponentDigits >> 8) & 0xF)
    guard exponent <= 15 else { return nil }
    let value = scale(Self.eightDigits(digits), power: (isSmall ? -exponent : exponent) - 7)
    return Double(bitPattern: value.bitPattern | (isNegative ? 1 << 63 : 0))
  }

  /// Zero where all eight bytes are ASCII digits.
  @inline(__always)
  private static func nonDigits(_ word: UInt64) -> UInt64 {
    let highNibbles: UInt64 = 0xF0F0_F0F0_F0F0_F0F0
    return ((word & highNibbles) ^ 0x3030_3030_3030_3030)
      | (((word &+ 0x0606_0606_0606_0606) & highNibbles) ^ 0x3030_3030_3030_3030)
  }

  /// The number that eight ASCII digits spell, the first digit in the lowest byte: pairs, then fours, then all.
  @inline(__always)
  private static func eightDigits(_ word: UInt64) -> UInt64 {
    let digits = word & 0x0F0F_0F0F_0F0F_0F0F
    let pairs = digits &* 10 &+ (digits >> 8)
    let mask: UInt64 = 0x0000_00FF_0000_00FF
    return ((pairs & mask) &* 0x000F_4240_0000_0064 &+ ((pairs >> 16) & mask) &* 0x0000_2710_0000_0001) >> 32
  }

  /// Reads a number in general decimal form, such as `-1`, `+.5`, `2.` or `1.5E+3`, and leaves `cursor` after it.
  ///
  /// The text must end in a byte that belongs to no number. Nil where there is no number; then `cursor` stays.
  func general(_ cursor: inout UnsafePointer<UInt8>) -> Double? {
    var text = cursor
    let isNegative = text.pointee == UInt8(ascii: "-")
    if isNegative || text.pointee == UInt8(ascii: "+") { text += 1 }

    var mantissa: UInt64 = 0
    var power = 0
    var isExact = true
    var digits = 0
    func take(_ digit: UInt64, fraction: Bool) {
      // 19 digits always fit 64 bits; the rest only moves the point.
      if mantissa < 1_000_000_000_000_000_000 {
        mantissa = mantissa * 10 + digit
        if fraction { power -= 1 }
      } else {
        isExact = false
        if !fraction { power += 1 }
      }
      digits += 1
    }
    while let digit = Self.digit(text) {
      take(digit, fraction: false)
      text += 1
    }
    if text.pointee == UInt8(ascii: ".") {
      text += 1
      while let digit = Self.digit(text) {
        take(digit, fraction: true)
        text += 1
      }
    }
    guard digits > 0 else { return nil }

    if text.pointee | 0x20 == UInt8(ascii: "e") {
      text += 1
      let isSmall = text.pointee == UInt8(ascii: "-")
      if isSmall || text.pointee == UInt8(ascii: "+") { text += 1 }
      guard Self.digit(text) != nil else { return nil }
      var exponent = 0
      while let digit = Self.digit(text) {
        exponent = min(exponent * 10 + Int(digit), 1_000_000)
        text += 1
      }
      power += isSmall ? -exponent : exponent
    }

    let start = cursor
    cursor = text
    if isExact && mantissa == 0 { return isNegative ? -0.0 : 0.0 }
    if isExact && mantissa <= 1 << 53 && abs(power) <= 22 {
      let value = scale(mantissa, power: power)
      return isNegative ? -value : value
    }
    // The form is checked and a byte that belongs to no number follows, so strtod reads exactly the same text.
    return start.withMemoryRebound(to: CChar.self, capacity: text - start) { strtod($0, nil) }
  }

  @inline(__always)
  private static func digit(_ text: UnsafePointer<UInt8>) -> UInt64? {
    let digit = text.pointee &- UInt8(ascii: "0")
    return digit < 10 ? UInt64(digit) : nil
  }
}
