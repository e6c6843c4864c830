internal import CAVX512
package import KernelTemplates

/// AVX-512 with products of bf16: 32 registers of 16 floats or of 16 pairs.
enum AVX512BF16: InstructionSet {
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
    @inline(__always)
    static func load(_ address: UnsafePointer<Float>, first count: Int) -> Vector { avx512_load_first(address, count) }
    @inline(__always)
    static func store(_ value: Vector, first count: Int, _ address: UnsafeMutablePointer<Float>) {
      avx512_store_first(address, count, value)
    }
    @inline(__always)
    static func dotBF16(_ sum: Vector, _ a: Vector, _ b: Vector) -> Vector { bf16_dot(sum, a, b) }
    @inline(__always)
    static func dotBF16(_ sum: Half, _ a: Half, _ b: Half) -> Half { bf16_dot_half(sum, a, b) }
    @inline(__always)
    static func pairsBF16(low: Vector, high: Vector) -> Vector { bf16_pairs(low, high) }
    @inline(__always)
    static func neighboursBF16(_ first: Vector, _ second: Vector) -> Vector { bf16_neighbours(first, second) }
  #endif
}

/// The products of bf16 with AVX512_BF16. Only for processors that have it.
package func mixedKernelsAVX512BF16() -> MixedKernels { MixedKernels(AVX512BF16.self) }
