internal import CAVX512
package import KernelTemplates

/// AVX-512: 32 registers of 16 floats.
enum AVX512: InstructionSet {
  typealias Vector = SIMD16<Float>
  typealias Half = SIMD8<Float>
  @inline(__always)
  static func multiplyAdd(_ accumulator: Vector, _ a: Vector, _ b: Vector) -> Vector { accumulator.fusedAdding(a, b) }
  @inline(__always) static var fusesMultiplyAdd: Bool { true }
  @inline(__always) static var panelVectors: Int { 5 }

  @inline(__always) static var hasHalves: Bool { true }
  @inline(__always) static func lower(_ vector: Vector) -> Half { vector.lowHalf }
  @inline(__always) static func widened(_ half: Half) -> Vector { Vector(lowHalf: half, highHalf: Half(repeating: 0)) }
  @inline(__always)
  static func multiplyAdd(_ accumulator: Half, _ a: Half, _ b: Half) -> Half { accumulator.fusedAdding(a, b) }

  #if arch(x86_64)
    @inline(__always) static func atMost(_ bound: Vector, _ x: Vector) -> Vector { avx512_at_most(bound, x) }
    @inline(__always) static func atLeast(_ bound: Vector, _ x: Vector) -> Vector { avx512_at_least(bound, x) }
    @inline(__always)
    static func load(_ address: UnsafePointer<Float>, first count: Int) -> Vector { avx512_load_first(address, count) }
    @inline(__always)
    static func store(_ value: Vector, first count: Int, _ address: UnsafeMutablePointer<Float>) {
      avx512_store_first(address, count, value)
    }
  #endif
}

/// The kernels compiled for x86-64-v4. Only for processors that have it.
package func kernelTableAVX512() -> KernelTable { KernelTable(AVX512.self) }
