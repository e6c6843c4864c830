// Exponential, logistic function and hyperbolic tangent of a vector of floats.
//
// All three share one reduction: x = n·ln 2 + r with |r| ≤ ln 2 / 2, and exp r = 1 + r + r²·q(r). The coefficients of q are
// the minimax polynomial of degree 4 for the error relative to r (weighted iteratively reweighted least squares on
// [-0.3468, 0.3468]; largest error 1.4e-8). Every operation is a lane's own, so all fused sets give the same bits.
// Results below the smallest normal float are zero. Error bounds are tested over the whole range of floats.

extension InstructionSet {
  /// n and expm1(r) of the reduction; exact for nan (which stays nan in the second part).
  @_alwaysEmitIntoClient @inline(__always)
  static func reducedExponential(_ x: Vector) -> (scale: Vector, expm1: Vector) {
    // Adding 1.5 · 2^23 leaves the rounded integer in the lowest bits of the sum.
    let magic = Vector(repeating: 12_582_912)
    let shifted = multiplyAdd(magic, x, Vector(repeating: 1.442_695_04))
    let n = shifted - magic
    // ln 2 in two parts, the first with few enough bits for n times it to be exact.
    var r = multiplyAdd(x, n, Vector(repeating: -0.693_145_751_953_125))
    r = multiplyAdd(r, n, Vector(repeating: -1.428_606_765_330_187e-6))
    var q = Vector(repeating: 0.001_394_649_734_720_587_7)
    q = multiplyAdd(Vector(repeating: 0.008_366_610_854_864_12), q, r)
    q = multiplyAdd(Vector(repeating: 0.041_666_280_478_239_06), q, r)
    q = multiplyAdd(Vector(repeating: 0.166_665_434_837_341_3), q, r)
    q = multiplyAdd(Vector(repeating: 0.5), q, r)
    return (shifted.powerOfTwoOfShifted, multiplyAdd(r, r * r, q))
  }

  /// e^x. Infinite above 88.72, zero below -87.34.
  @_alwaysEmitIntoClient @inline(__always)
  public static func exponential(_ x: Vector) -> Vector {
    // At -88 the exponent field of the scale is 0, so the result is; above 88 a second factor takes over.
    let most = Vector(repeating: 88)
    let clamped = atMost(most, atLeast(Vector(repeating: -88), x))
    let (scale, expm1) = reducedExponential(clamped)
    let result = multiplyAdd(scale, scale, expm1)
    // e^x = e^88 · e^(x - 88), infinite from 88.72 on; the second factor is 1 up to 88.
    let (rest, restExpm1) = reducedExponential(atMost(Vector(repeating: 80), atLeast(zero, x - most)))
    return result * multiplyAdd(rest, rest, restExpm1)
  }

  /// 1 / (1 + e^-x), computed from e^-|x| so that neither tail loses digits.
  @_alwaysEmitIntoClient @inline(__always)
  public static func logistic(_ x: Vector) -> Vector {
    let (scale, expm1) = reducedExponential(atLeast(Vector(repeating: -88), x.negativeMagnitude))
    let z = multiplyAdd(scale, scale, expm1)
    let one = Vector(repeating: 1)
    return zero.selecting(whereGreaterThan: x, z, otherwise: one) / (one + z)
  }

  /// tanh x = -expm1(-2|x|) / (2 + expm1(-2|x|)) with the sign of x.
  @_alwaysEmitIntoClient @inline(__always)
  public static func hyperbolicTangent(_ x: Vector) -> Vector {
    let negative = x.negativeMagnitude
    let (scale, expm1) = reducedExponential(atLeast(Vector(repeating: -40), negative + negative))
    let e = multiplyAdd(scale - Vector(repeating: 1), scale, expm1)
    return (e / (Vector(repeating: 2) + e)).withSign(of: x)
  }

  /// √x for zero and finite positive x, to one unit in the last place.
  ///
  /// Three Newton steps for 1 / √x and one for √x: the library's `squareRoot()` becomes a branch and a call per lane.
  @_alwaysEmitIntoClient @inline(__always)
  public static func squareRoot(_ x: Vector) -> Vector {
    let negativeHalf = x * Vector(repeating: -0.5)
    var y = x.reciprocalRootEstimate
    for _ in 0..<3 { y = y * multiplyAdd(Vector(repeating: 1.5), negativeHalf * y, y) }
    let root = x * y
    return multiplyAdd(root, multiplyAdd(x, zero - root, root), y * Vector(repeating: 0.5))
  }
}
