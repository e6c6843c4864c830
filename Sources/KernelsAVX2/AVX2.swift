package import KernelTemplates

/// AVX2 with fused multiply-add: 16 registers of 8 floats.
enum AVX2: InstructionSet {
  typealias Vector = SIMD8<Float>
  typealias Half = Vector
  @inline(__always)
  static func multiplyAdd(_ accumulator: Vector, _ a: Vector, _ b: Vector) -> Vector { accumulator.fusedAdding(a, b) }
  @inline(__always) static var fusesMultiplyAdd: Bool { true }
  @inline(__always) static var panelVectors: Int { 3 }
}

/// The kernels compiled for x86-64-v3. Only for processors that have it.
package func kernelTableAVX2() -> KernelTable { KernelTable(AVX2.self) }
