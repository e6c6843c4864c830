import Kernels

extension KernelSet.Name {
  /// The sets that this processor runs: tests are parameterised over them, so that all pass the same ones.
  static var supported: [KernelSet.Name] { KernelSet.supported.map(\.name) }

  /// Those whose multiply-adds round once, which owe each other equal bits.
  static var fused: [KernelSet.Name] { KernelSet.supported.filter { $0.table.fusesMultiplyAdd }.map(\.name) }
}
