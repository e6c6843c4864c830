// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// Public because `@_alwaysEmitIntoClient` asks for it; nothing here is for users.

/// The last vector of a tile's rows: a whole one, or half of one where no more columns are left.
public protocol TileEdge: SendableMetatype {
  associatedtype Instructions: InstructionSet
  associatedtype Lanes: FloatVector
  /// The lower lanes of a vector.
  static func lower(_ vector: Instructions.Vector) -> Lanes
  /// A vector whose other lanes mean nothing.
  static func widened(_ lanes: Lanes) -> Instructions.Vector
  static func multiplyAdd(_ accumulator: Lanes, _ a: Lanes, _ b: Lanes) -> Lanes
}

extension TileEdge {
  @_alwaysEmitIntoClient
  static var width: Int { @inline(__always) get { Lanes.scalarCount } }

  @_alwaysEmitIntoClient @inline(__always)
  static func load(_ address: UnsafePointer<Float>) -> Lanes {
    UnsafeRawPointer(address).loadUnaligned(as: Lanes.self)
  }

  @_alwaysEmitIntoClient @inline(__always)
  static func store(_ value: Lanes, _ address: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(address).storeBytes(of: value, as: Lanes.self)
  }
}

/// A whole vector.
public enum WholeEdge<I: InstructionSet>: TileEdge {
  public typealias Instructions = I
  public typealias Lanes = I.Vector
  @_alwaysEmitIntoClient @inline(__always)
  public static func lower(_ vector: I.Vector) -> I.Vector { vector }
  @_alwaysEmitIntoClient @inline(__always)
  public static func widened(_ lanes: I.Vector) -> I.Vector { lanes }
  @_alwaysEmitIntoClient @inline(__always)
  public static func multiplyAdd(_ accumulator: I.Vector, _ a: I.Vector, _ b: I.Vector) -> I.Vector {
    I.multiplyAdd(accumulator, a, b)
  }
}

/// The lower half of a vector, for sets that compute on it in half the time.
public enum HalfEdge<I: InstructionSet>: TileEdge {
  public typealias Instructions = I
  public typealias Lanes = I.Half
  @_alwaysEmitIntoClient @inline(__always)
  public static func lower(_ vector: I.Vector) -> I.Half { I.lower(vector) }
  @_alwaysEmitIntoClient @inline(__always)
  public static func widened(_ lanes: I.Half) -> I.Vector { I.widened(lanes) }
  @_alwaysEmitIntoClient @inline(__always)
  public static func multiplyAdd(_ accumulator: I.Half, _ a: I.Half, _ b: I.Half) -> I.Half {
    I.multiplyAdd(accumulator, a, b)
  }
}
