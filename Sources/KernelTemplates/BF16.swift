// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// Public because `@_alwaysEmitIntoClient` asks for it; nothing here is for users.

// A float of which only the upper half is kept is a bf16. Two of them, one above the other in 32 bits, are a pair: the operand of
// products whose sums are f32. What follows gives the bits of AVX512_BF16's instructions (Intel, "Architecture Instruction Set
// Extensions Programming Reference", VCVTNE2PS2BF16 and VDPBF16PS) where denormals are flushed, as they are in every pass:
// - a float becomes the nearest bf16, ties to even; denormals become zeros of their sign, a nan becomes a quiet one;
// - a sum takes the upper halves' product and then the lower halves', which are exact, and each addition is rounded once to
//   the nearest float, ties to even; denormal operands count as zeros, and denormal sums become zeros (those that are denormal
//   once they are rounded, as all of x86 has it; arm64 judges before it rounds, and flushes what would just round up to 2^-126).

extension InstructionSet {
  /// `sum` + the products of both halves of the pairs in `a` and `b`.
  @_alwaysEmitIntoClient @inline(__always)
  public static func dotBF16<Lanes: FloatVector>(_ sum: Lanes, _ a: Lanes, _ b: Lanes) -> Lanes {
    sum.fusedAdding(a.upperBF16, b.upperBF16).fusedAdding(a.lowerBF16, b.lowerBF16)
  }

  /// Pairs of which `low` gives the lower halves and `high` the upper ones.
  @_alwaysEmitIntoClient @inline(__always)
  public static func pairsBF16(low: Vector, high: Vector) -> Vector {
    let low = low.roundedToBF16.bits &>> Vector.Bits(repeating: 16)
    return Vector(bits: low | (high.roundedToBF16.bits & Vector.Bits(repeating: 0xffff_0000)))
  }

  /// The lanes of two vectors as pairs, in their order.
  @_alwaysEmitIntoClient @inline(__always)
  public static func neighboursBF16(_ first: Vector, _ second: Vector) -> Vector {
    var low = zero
    var high = zero
    for lane in 0..<(width / 2) {
      low[lane] = first[2 * lane]
      high[lane] = first[2 * lane + 1]
      low[width / 2 + lane] = second[2 * lane]
      high[width / 2 + lane] = second[2 * lane + 1]
    }
    return pairsBF16(low: low, high: high)
  }
}

extension FloatVector {
  /// The upper and the lower halves of pairs as floats.
  @_alwaysEmitIntoClient
  var upperBF16: Self { @inline(__always) get { Self(bits: bits & Bits(repeating: 0xffff_0000)) } }
  @_alwaysEmitIntoClient
  var lowerBF16: Self { @inline(__always) get { Self(bits: bits &<< Bits(repeating: 16)) } }

  /// The nearest bf16 in the upper half; what the lower half holds means nothing.
  @_alwaysEmitIntoClient
  var roundedToBF16: Self {
    @inline(__always) get {
      let magnitude = Self(bits: bits & Bits(repeating: 0x7fff_ffff))
      let odd = (bits &>> Bits(repeating: 16)) & Bits(repeating: 1)
      let rounded = Self(bits: bits &+ Bits(repeating: 0x7fff) &+ odd)
      let zero = Self(bits: bits & Bits(repeating: 0x8000_0000))
      let quiet = Self(bits: bits | Bits(repeating: 0x0040_0000))
      let flushed = Self(repeating: .leastNormalMagnitude)
        .selecting(whereGreaterThan: magnitude, zero, otherwise: rounded)
      // Only a nan is not greater than -1.
      return magnitude.selecting(whereGreaterThan: Self(repeating: -1), flushed, otherwise: quiet)
    }
  }
}

/// One float as bf16, by the same rule.
@_alwaysEmitIntoClient @inline(__always)
func bf16(_ value: Float) -> UInt32 {
  let bits = value.bitPattern
  let magnitude = bits & 0x7fff_ffff
  if magnitude > 0x7f80_0000 { return (bits | 0x0040_0000) >> 16 }
  if magnitude < 0x0080_0000 { return (bits & 0x8000_0000) >> 16 }
  return (bits &+ 0x7fff &+ ((bits >> 16) & 1)) >> 16
}

/// The pair of two floats.
@_alwaysEmitIntoClient @inline(__always)
func pairBF16(low: Float, high: Float) -> Float { Float(bitPattern: bf16(low) | (bf16(high) << 16)) }

/// An instruction set whose operands are pairs: it turns the product of floats into one of bf16, in the same tiles.
public enum BF16Pairs<I: InstructionSet>: InstructionSet {
  public typealias Vector = I.Vector
  public typealias Half = I.Half
  @_alwaysEmitIntoClient @inline(__always)
  public static func multiplyAdd(_ accumulator: Vector, _ a: Vector, _ b: Vector) -> Vector {
    I.dotBF16(accumulator, a, b)
  }
  @_alwaysEmitIntoClient @inline(__always)
  public static func multiplyAdd(_ accumulator: Half, _ a: Half, _ b: Half) -> Half { I.dotBF16(accumulator, a, b) }
  @_alwaysEmitIntoClient
  public static var hasHalves: Bool { @inline(__always) get { I.hasHalves } }
  @_alwaysEmitIntoClient @inline(__always)
  public static func lower(_ vector: Vector) -> Half { I.lower(vector) }
  @_alwaysEmitIntoClient @inline(__always)
  public static func widened(_ half: Half) -> Vector { I.widened(half) }
  @_alwaysEmitIntoClient
  public static var fusesMultiplyAdd: Bool { @inline(__always) get { true } }
  @_alwaysEmitIntoClient
  public static var panelVectors: Int { @inline(__always) get { I.panelVectors } }
}
