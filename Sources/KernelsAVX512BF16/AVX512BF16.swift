internal import CBF16
package import KernelTemplates

/// AVX-512 with products of bf16: 32 registers of 16 floats or of 16 pairs.
enum AVX512BF16: InstructionSet {
  typealias Vector = SIMD16<Float>
  @inline(__always)
  static func multiplyAdd(_ accumulator: Vector, _ a: Vector, _ b: Vector) -> Vector { accumulator.fusedAdding(a, b) }
  @inline(__always) static var fusesMultiplyAdd: Bool { true }
  @inline(__always) static var panelVectors: Int { 5 }

  #if arch(x86_64)
    @inline(__always)
    static func dotBF16(_ sum: Vector, _ a: Vector, _ b: Vector) -> Vector { bf16_dot(sum, a, b) }
    @inline(__always)
    static func pairsBF16(low: Vector, high: Vector) -> Vector { bf16_pairs(low, high) }
    @inline(__always)
    static func neighboursBF16(_ address: UnsafePointer<Float>) -> Vector {
      bf16_neighbours(load(address), load(address + width))
    }
  #endif
}

/// The products of bf16 with AVX512_BF16. Only for processors that have it.
package func mixedKernelsAVX512BF16() -> MixedKernels { MixedKernels(AVX512BF16.self) }
