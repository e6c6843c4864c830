package import KernelTemplates

/// What every processor of the architecture has: SSE2 on x86-64, NEON on arm64; vectors of 4 floats.
enum Baseline: InstructionSet {
  typealias Vector = SIMD4<Float>
  typealias Half = Vector
  #if arch(arm64)
    @inline(__always)
    static func multiplyAdd(_ accumulator: Vector, _ a: Vector, _ b: Vector) -> Vector { accumulator.fusedAdding(a, b) }
    @inline(__always) static var fusesMultiplyAdd: Bool { true }
    @inline(__always) static var panelVectors: Int { 5 }
  #else
    /// SSE2 has no fused multiply-add: two roundings, so that bits differ from the other sets'.
    @inline(__always)
    static func multiplyAdd(_ accumulator: Vector, _ a: Vector, _ b: Vector) -> Vector { accumulator + a * b }
    @inline(__always) static var fusesMultiplyAdd: Bool { false }
    @inline(__always) static var panelVectors: Int { 2 }
  #endif
}

/// The kernels that run everywhere.
package func kernelTableBaseline() -> KernelTable { KernelTable(Baseline.self) }
