/// What a kernel needs to know of the instructions it is compiled for.
///
/// Every template below is written once against this protocol; a thin target that names a conforming type and carries the
/// compiler flags turns it into code for that processor.
public protocol InstructionSet: SendableMetatype {
  /// A register of floats.
  associatedtype Vector: FloatVector

  /// `accumulator + a · b`, rounded once where the processor fuses, twice where it doesn't.
  static func multiplyAdd(_ accumulator: Vector, _ a: Vector, _ b: Vector) -> Vector

  /// Whether `multiplyAdd` rounds once. Sets that fuse give the same bits as each other.
  static var fusesMultiplyAdd: Bool { get }

  /// The most vectors side by side in a register tile; its rows are four, as are a shard's of the minibatch, so that no
  /// tile is cut.
  static var panelVectors: Int { get }

  // Pairs of bf16, for which BF16.swift has what sets without such instructions do.

  static func dotBF16(_ sum: Vector, _ a: Vector, _ b: Vector) -> Vector
  static func pairsBF16(low: Vector, high: Vector) -> Vector
  static func neighboursBF16(_ address: UnsafePointer<Float>) -> Vector
}

extension InstructionSet {
  /// Floats in a vector.
  @_alwaysEmitIntoClient @inline(__always)
  public static var width: Int { Vector.scalarCount }

  /// A vector of zeros.
  @_alwaysEmitIntoClient @inline(__always)
  public static var zero: Vector { Vector(repeating: 0) }

  /// The vector at an address that need not be aligned.
  @_alwaysEmitIntoClient @inline(__always)
  public static func load(_ address: UnsafePointer<Float>) -> Vector {
    UnsafeRawPointer(address).loadUnaligned(as: Vector.self)
  }

  /// Stores all lanes.
  @_alwaysEmitIntoClient @inline(__always)
  public static func store(_ value: Vector, _ address: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(address).storeBytes(of: value, as: Vector.self)
  }

  /// Stores the first `count` lanes and touches nothing behind them.
  @_alwaysEmitIntoClient @inline(__always)
  public static func store(_ value: Vector, first count: Int, _ address: UnsafeMutablePointer<Float>) {
    if count >= width {
      store(value, address)
    } else {
      withUnsafeBytes(of: value) {
        UnsafeMutableRawPointer(address).copyMemory(from: $0.baseAddress!, byteCount: count * 4)
      }
    }
  }

  /// Stores the first `count` lanes by writing the others back as they were: faster than ``store(_:first:_:)``, but only for
  /// memory that no other thread writes and that reaches a vector beyond its end.
  @_alwaysEmitIntoClient @inline(__always)
  public static func blend(_ value: Vector, first count: Int, _ address: UnsafeMutablePointer<Float>) {
    if count >= width {
      store(value, address)
    } else {
      store(load(address).blended(with: value, first: count), address)
    }
  }

  /// The greater of each lane and zero; nan stays.
  @_alwaysEmitIntoClient @inline(__always)
  static func relu(_ value: Vector) -> Vector { zero.selecting(whereGreaterThan: value, zero, otherwise: value) }
}
