// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// Public because `@_alwaysEmitIntoClient` asks for it; nothing here is for users.

/// A register of floats with just the operations that the kernels use.
///
/// What is not a function of the bits is a requirement, witnessed on a concrete type, because the standard library's operators on
/// a generic `SIMD` work lane by lane where its concrete ones are single instructions.
public protocol FloatVector: SIMD where Scalar == Float {
  associatedtype Bits: BitVector
  static func + (a: Self, b: Self) -> Self
  static func - (a: Self, b: Self) -> Self
  static func * (a: Self, b: Self) -> Self
  static func / (a: Self, b: Self) -> Self
  /// 0, 1, 2, …
  static var lanes: Self { get }
  /// `self + a · b`, rounded once.
  func fusedAdding(_ a: Self, _ b: Self) -> Self
  /// In each lane `greater` where `self > other`, else `otherwise`; a comparison with nan is false.
  func selecting(whereGreaterThan other: Self, _ greater: Self, otherwise: Self) -> Self
}

/// The bits of a register of floats, with operators that are requirements for the same reason.
public protocol BitVector: SIMD where Scalar == UInt32 {
  static func & (a: Self, b: Self) -> Self
  static func | (a: Self, b: Self) -> Self
  static func &+ (a: Self, b: Self) -> Self
  static func &- (a: Self, b: Self) -> Self
  static func &<< (a: Self, b: Self) -> Self
  static func &>> (a: Self, b: Self) -> Self
}

extension FloatVector {
  @_alwaysEmitIntoClient @inline(__always)
  init(bits: Bits) { self = unsafeBitCast(bits, to: Self.self) }

  @_alwaysEmitIntoClient
  var bits: Bits { @inline(__always) get { unsafeBitCast(self, to: Bits.self) } }

  /// 1 / √x to 4 % for positive x, from the bits alone; finite for zero.
  @_alwaysEmitIntoClient
  var reciprocalRootEstimate: Self {
    @inline(__always) get { Self(bits: Bits(repeating: 0x5f37_59df) &- (bits &>> Bits(repeating: 1))) }
  }

  /// -|x|.
  @_alwaysEmitIntoClient
  var negativeMagnitude: Self { @inline(__always) get { Self(bits: bits | Bits(repeating: 0x8000_0000)) } }

  /// The greater of each lane and zero; nan stays.
  @_alwaysEmitIntoClient
  var rectified: Self {
    @inline(__always) get {
      let zero = Self(repeating: 0)
      return zero.selecting(whereGreaterThan: self, zero, otherwise: self)
    }
  }

  /// The magnitude of self with the sign of `other`.
  @_alwaysEmitIntoClient @inline(__always)
  func withSign(of other: Self) -> Self {
    Self(bits: (bits & Bits(repeating: 0x7fff_ffff)) | (other.bits & Bits(repeating: 0x8000_0000)))
  }

  /// 2^n from the sum n + 1.5 · 2^23; n = -127 gives 0.
  @_alwaysEmitIntoClient
  var powerOfTwoOfShifted: Self {
    @inline(__always) get { Self(bits: (bits &+ Bits(repeating: 127)) &<< Bits(repeating: 23)) }
  }

  /// `value` in the first `count` lanes, self in the others.
  @_alwaysEmitIntoClient @inline(__always)
  func blended(with value: Self, first count: Int) -> Self {
    Self(repeating: Float(count)).selecting(whereGreaterThan: Self.lanes, value, otherwise: self)
  }
}
