package import KernelTemplates

/// AVX-512: 32 registers of 16 floats.
enum AVX512: InstructionSet {
  typealias Vector = SIMD16<Float>
  @inline(__always)
  static func multiplyAdd(_ accumulator: Vector, _ a: Vector, _ b: Vector) -> Vector { accumulator.fusedAdding(a, b) }
  @inline(__always) static var fusesMultiplyAdd: Bool { true }
  @inline(__always) static var panelVectors: Int { 5 }
}

/// The kernels compiled for x86-64-v4. Only for processors that have it.
package func kernelTableAVX512() -> KernelTable { KernelTable(AVX512.self) }
