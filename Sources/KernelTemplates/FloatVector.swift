/// A register of floats with just the operations that the kernels use.
///
/// They are requirements, each witnessed on a concrete type, because the standard library's operators on a generic `SIMD`
/// work lane by lane where its concrete ones are single instructions.
public protocol FloatVector: SIMD where Scalar == Float {
  static func + (a: Self, b: Self) -> Self
  static func - (a: Self, b: Self) -> Self
  static func * (a: Self, b: Self) -> Self
  static func / (a: Self, b: Self) -> Self
  /// `self + a · b`, rounded once.
  func fusedAdding(_ a: Self, _ b: Self) -> Self
  /// 1 / √x to 4 % for positive x, from the bits alone; finite for zero.
  var reciprocalRootEstimate: Self { get }
  /// In each lane `greater` where `self > other`, else `otherwise`; a comparison with nan is false.
  func selecting(whereGreaterThan other: Self, _ greater: Self, otherwise: Self) -> Self
  /// -|x|.
  var negativeMagnitude: Self { get }
  /// The magnitude of self with the sign of `other`.
  func withSign(of other: Self) -> Self
  /// 2^n from the sum n + 1.5 · 2^23; n = -127 gives 0.
  var powerOfTwoOfShifted: Self { get }
  /// `value` in the first `count` lanes, self in the others.
  func blended(with value: Self, first count: Int) -> Self
}
