/// What a kernel needs to know of the instructions it is compiled for.
///
/// Every template below is written once against this protocol; a thin target that names a conforming type and carries the
/// compiler flags turns it into code for that processor.
public protocol InstructionSet: SendableMetatype {
  /// A register of floats.
  associatedtype Vector: FloatVector
  /// The lower half of one, in a set that has halves; else `Vector`.
  associatedtype Half: FloatVector

  /// Whether products take half a vector where that is all that is left of a row: where vectors are computed in two halves, as Zen 4
  /// does those of 512 bits, that takes half the time.
  static var hasHalves: Bool { get }
  static func lower(_ vector: Vector) -> Half
  /// A vector whose upper half means nothing.
  static func widened(_ half: Half) -> Vector
  /// ``multiplyAdd(_:_:_:)`` of halves.
  static func multiplyAdd(_ accumulator: Half, _ a: Half, _ b: Half) -> Half

  /// `accumulator + a · b`, rounded once where the processor fuses, twice where it doesn't.
  static func multiplyAdd(_ accumulator: Vector, _ a: Vector, _ b: Vector) -> Vector

  /// Whether `multiplyAdd` rounds once. Sets that fuse give the same bits as each other.
  static var fusesMultiplyAdd: Bool { get }

  /// The most vectors side by side in a register tile; its rows are four, as are a shard's of the minibatch, so that no
  /// tile is cut.
  static var panelVectors: Int { get }

  /// The smaller of each lane and a bound; nan stays.
  static func atMost(_ bound: Vector, _ x: Vector) -> Vector
  /// The greater of each lane and a bound; nan stays.
  static func atLeast(_ bound: Vector, _ x: Vector) -> Vector

  /// The first `count` floats at an address and zeros, without reading what lies behind.
  static func load(_ address: UnsafePointer<Float>, first count: Int) -> Vector

  /// Stores the first `count` lanes and touches nothing behind them.
  static func store(_ value: Vector, first count: Int, _ address: UnsafeMutablePointer<Float>)

  // Pairs of bf16, for which BF16.swift has what sets without such instructions do.

  static func dotBF16(_ sum: Vector, _ a: Vector, _ b: Vector) -> Vector
  static func dotBF16(_ sum: Half, _ a: Half, _ b: Half) -> Half
  static func pairsBF16(low: Vector, high: Vector) -> Vector
  static func neighboursBF16(_ first: Vector, _ second: Vector) -> Vector
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

  /// By comparison and choice.
  @_alwaysEmitIntoClient @inline(__always)
  public static func atMost(_ bound: Vector, _ x: Vector) -> Vector {
    x.selecting(whereGreaterThan: bound, bound, otherwise: x)
  }

  /// By comparison and choice.
  @_alwaysEmitIntoClient @inline(__always)
  public static func atLeast(_ bound: Vector, _ x: Vector) -> Vector {
    bound.selecting(whereGreaterThan: x, bound, otherwise: x)
  }

  // For sets without masks: parts are never inlined, so that the caller's other vectors stay in their registers.

  /// By way of a copy.
  @_alwaysEmitIntoClient @inline(__always)
  public static func load(_ address: UnsafePointer<Float>, first count: Int) -> Vector {
    count >= width ? load(address) : loadPart(address, count)
  }

  /// By way of a copy.
  @_alwaysEmitIntoClient @inline(__always)
  public static func store(_ value: Vector, first count: Int, _ address: UnsafeMutablePointer<Float>) {
    if count >= width { store(value, address) } else { storePart(value, count, address) }
  }

  @_alwaysEmitIntoClient @inline(never)
  static func loadPart(_ address: UnsafePointer<Float>, _ count: Int) -> Vector {
    var value = zero
    withUnsafeMutableBytes(of: &value) { $0.baseAddress!.copyMemory(from: address, byteCount: count * 4) }
    return value
  }

  @_alwaysEmitIntoClient @inline(never)
  static func storePart(_ value: Vector, _ count: Int, _ address: UnsafeMutablePointer<Float>) {
    withUnsafeBytes(of: value) {
      UnsafeMutableRawPointer(address).copyMemory(from: $0.baseAddress!, byteCount: count * 4)
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
}

extension InstructionSet where Half == Vector {
  /// No.
  @_alwaysEmitIntoClient
  public static var hasHalves: Bool { @inline(__always) get { false } }
  /// All of it.
  @_alwaysEmitIntoClient @inline(__always)
  public static func lower(_ vector: Vector) -> Half { vector }
  /// The same.
  @_alwaysEmitIntoClient @inline(__always)
  public static func widened(_ half: Half) -> Vector { half }
}
