// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// Public because `@_alwaysEmitIntoClient` asks for it; nothing here is for users.

/// An activation as a type, so that a kernel is compiled once for each and has no branch inside its loop.
public protocol ActivationFunction: SendableMetatype {
  /// f(x).
  static func value<I: InstructionSet>(_: I.Type, _ x: I.Vector) -> I.Vector
  /// f'(x) from y = f(x).
  static func derivative<I: InstructionSet>(_: I.Type, fromValue y: I.Vector) -> I.Vector
}

/// max(0, x).
public enum Relu: ActivationFunction {
  @_alwaysEmitIntoClient @inline(__always)
  public static func value<I: InstructionSet>(_: I.Type, _ x: I.Vector) -> I.Vector { x.rectified }
  @_alwaysEmitIntoClient @inline(__always)
  public static func derivative<I: InstructionSet>(_: I.Type, fromValue y: I.Vector) -> I.Vector {
    y.selecting(whereGreaterThan: I.zero, I.Vector(repeating: 1), otherwise: I.zero)
  }
}

/// Hyperbolic tangent.
public enum Tanh: ActivationFunction {
  @_alwaysEmitIntoClient @inline(__always)
  public static func value<I: InstructionSet>(_: I.Type, _ x: I.Vector) -> I.Vector { I.hyperbolicTangent(x) }
  @_alwaysEmitIntoClient @inline(__always)
  public static func derivative<I: InstructionSet>(_: I.Type, fromValue y: I.Vector) -> I.Vector {
    I.multiplyAdd(I.Vector(repeating: 1), I.zero - y, y)
  }
}

/// 1 / (1 + e^-x).
public enum Sigmoid: ActivationFunction {
  @_alwaysEmitIntoClient @inline(__always)
  public static func value<I: InstructionSet>(_: I.Type, _ x: I.Vector) -> I.Vector { I.logistic(x) }
  @_alwaysEmitIntoClient @inline(__always)
  public static func derivative<I: InstructionSet>(_: I.Type, fromValue y: I.Vector) -> I.Vector {
    y * (I.Vector(repeating: 1) - y)
  }
}

/// clip(slope · x + 0.5, 0, 1).
public protocol ClippedLine: ActivationFunction {
  static var slope: Float { get }
}

extension ClippedLine {
  @_alwaysEmitIntoClient @inline(__always)
  public static func value<I: InstructionSet>(_: I.Type, _ x: I.Vector) -> I.Vector {
    let line = I.multiplyAdd(I.Vector(repeating: 0.5), x, I.Vector(repeating: slope))
    return I.atMost(I.Vector(repeating: 1), I.atLeast(I.zero, line))
  }
  @_alwaysEmitIntoClient @inline(__always)
  public static func derivative<I: InstructionSet>(_: I.Type, fromValue y: I.Vector) -> I.Vector {
    let positive = y.selecting(whereGreaterThan: I.zero, I.Vector(repeating: slope), otherwise: I.zero)
    return I.Vector(repeating: 1).selecting(whereGreaterThan: y, positive, otherwise: I.zero)
  }
}

/// clip(0.2 x + 0.5, 0, 1).
public enum HardSigmoid: ClippedLine {
  @_alwaysEmitIntoClient public static var slope: Float { @inline(__always) get { 0.2 } }
}

/// clip(x / 6 + 0.5, 0, 1).
public enum Keras3HardSigmoid: ClippedLine {
  @_alwaysEmitIntoClient public static var slope: Float { @inline(__always) get { 1 / 6 } }
}
