import CPlatform
@_exported public import KernelTemplates
import KernelsAVX2
import KernelsAVX512
import KernelsAVX512BF16
import KernelsBaseline

/// The kernels in use: one instruction set's table and what is the same for all of them.
package struct KernelSet: Sendable {
  /// From the narrowest to the widest.
  package enum Name: String, Sendable, CaseIterable {
    /// SSE2 on x86-64, NEON on arm64.
    case baseline
    /// AVX2 with FMA (x86-64-v3).
    case avx2
    /// AVX-512 F, BW, CD, DQ, VL (x86-64-v4).
    case avx512
    /// AVX-512 with AVX512_BF16.
    case avx512bf16
  }

  /// A choice that can't be followed.
  package enum SelectionError: Error, Equatable {
    /// `HAR_KERNELS` names no set.
    case unknown(String)
    /// The processor lacks the set's instructions.
    case unsupported(Name, best: Name)

    package var message: String {
      switch self {
      case .unknown(let found):
        "HAR_KERNELS=\(found): no such kernel set; expected one of "
          + Name.allCases.map(\.rawValue).joined(separator: ", ")
      case .unsupported(let name, let best):
        "HAR_KERNELS=\(name.rawValue): this processor lacks the instructions; the best it can run is \(best.rawValue)"
      }
    }
  }

  package let name: Name
  package private(set) var table: KernelTable
  /// Whether the operands of products are bf16, and packed matrices pairs of them.
  package private(set) var multipliesBF16 = false

  /// The widest set that this processor runs.
  package static var bestName: Name {
    switch platform_x86_level() {
    case 5: .avx512bf16
    case 4: .avx512
    case 3: .avx2
    default: .baseline
    }
  }

  /// The sets that this processor runs.
  package static var supported: [KernelSet] {
    Name.allCases.compactMap { try? KernelSet($0) }
  }

  /// The set of a name. Throws ``SelectionError/unsupported(_:best:)`` where the processor can't run it.
  package init(_ name: Name) throws(SelectionError) {
    let best = Self.bestName
    guard Name.allCases.firstIndex(of: name)! <= Name.allCases.firstIndex(of: best)! else {
      throw .unsupported(name, best: best)
    }
    self.name = name
    switch name {
    case .avx512bf16:
      var table = kernelTableAVX512()
      table.mixed = mixedKernelsAVX512BF16()
      self.table = table
    case .avx512: table = kernelTableAVX512()
    case .avx2: table = kernelTableAVX2()
    case .baseline: table = kernelTableBaseline()
    }
  }

  /// The name that the environment's `HAR_KERNELS` asks for; nil where it is absent or empty.
  package static func choice(_ environment: [String: String]) -> String? {
    environment["HAR_KERNELS"].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The set that the environment asks for (``choice(_:)``), or the best where it doesn't.
  package init(environment: [String: String]) throws(SelectionError) {
    guard let choice = Self.choice(environment) else {
      try self.init(Self.bestName)
      return
    }
    guard let name = Name(rawValue: choice) else { throw .unknown(choice) }
    try self.init(name)
  }

  /// `columns` rounded up to a whole vector.
  package func paddedColumns(_ columns: Int) -> Int { (columns + table.width - 1) / table.width * table.width }

  /// `columns` rounded up to what a product computes anyway, so that it stores nothing but whole vectors or halves.
  package func computedColumns(_ columns: Int) -> Int {
    (columns + table.edgeWidth - 1) / table.edgeWidth * table.edgeWidth
  }

  /// Rows of a packed matrix of so much depth: pairs where operands are bf16.
  package func packedRows(depth: Int) -> Int { multipliesBF16 ? (depth + 1) / 2 : depth }

  /// Floats of a packed matrix `[depth, columns]`.
  package func packedCount(depth: Int, columns: Int) -> Int { packedRows(depth: depth) * paddedColumns(columns) }

  /// Whether this set's products of bf16 are the processor's instructions; the other sets emulate them, to the same bits.
  package var hasBF16: Bool { name == .avx512bf16 }

  /// The same kernels with products whose operands are bf16.
  package var multiplyingBF16: KernelSet {
    guard !multipliesBF16 else { return self }
    var set = self
    set.table = table.multiplyingBF16
    set.multipliesBF16 = true
    return set
  }
}

/// The processor's brand string, or the architecture where it has none.
package func processorName() -> String {
  var name = [CChar](repeating: 0, count: 49)
  platform_processor_name(&name)
  let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  let words = text.split(separator: " ").joined(separator: " ")
  #if arch(arm64)
    let architecture = "arm64"
  #else
    let architecture = "x86-64"
  #endif
  return words.isEmpty ? architecture : words
}

/// Runs a body with denormals flushed to zero in this thread. LSTM states decay into denormals, on which
/// x86 processors take a microcoded path up to a hundred times slower.
package func withDenormalsFlushed<Result, Failure>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
  let previous = platform_flush_denormals()
  defer { platform_restore_denormals(previous) }
  return try body()
}
