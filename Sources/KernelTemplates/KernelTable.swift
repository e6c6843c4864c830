// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// Public because `@_alwaysEmitIntoClient` asks for it; nothing here is for users.

/// The kernels that operands of bf16 have of their own.
public struct MixedKernels: Sendable {
  public let product: @Sendable (borrowing ProductArguments) -> Void
  public let pack: @Sendable (borrowing PackArguments) -> Void

  /// To be called in the target that is compiled for the instruction set.
  @_alwaysEmitIntoClient @inline(__always)
  public init<I: InstructionSet>(_: I.Type) {
    product = { mixedProduct(I.self, $0) }
    pack = { mixedPack(I.self, $0) }
  }
}

/// The kernels of one instruction set, as functions that take their arguments behind one address.
public struct KernelTable: Sendable {
  /// (x, y, z, count)
  public typealias Binary =
    @Sendable (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void

  /// Floats in a vector.
  public let width: Int
  /// Floats in which a product computes the last columns of a row, if they fit there: half a vector or a whole one.
  public let edgeWidth: Int
  /// The most vectors side by side in a tile.
  public let panelVectors: Int
  /// Whether a multiply-add is rounded once.
  public let fusesMultiplyAdd: Bool

  /// C = start + A · B.
  public var product: @Sendable (borrowing ProductArguments) -> Void
  public var pack: @Sendable (borrowing PackArguments) -> Void
  /// What takes their place where operands are bf16.
  public var mixed: MixedKernels
  public let columnSums: @Sendable (borrowing ColumnSumArguments) -> Void
  /// Tiles of a Winograd convolution from positions, or positions from tiles.
  public let winogradInput: @Sendable (borrowing WinogradArguments) -> Void
  public let winogradOutput: @Sendable (borrowing WinogradArguments) -> Void
  public let winogradOutputGradient: @Sendable (borrowing WinogradArguments) -> Void
  public let winogradInputGradient: @Sendable (borrowing WinogradArguments) -> Void
  /// (rows, columns, points, pointStride, pointRowStride, taps, tapStride, tapRowStride)
  public let winogradFilterGradient:
    @Sendable (Int, Int, UnsafePointer<Float>, Int, Int, UnsafeMutablePointer<Float>, Int, Int) -> Void
  public let lstmGatesForward: @Sendable (borrowing LSTMGateArguments) -> Void
  public let lstmGatesBackward: @Sendable (borrowing LSTMGateArguments) -> Void
  public let gruGatesForward: @Sendable (borrowing GRUGateArguments) -> Void
  public let gruGatesBackward: @Sendable (borrowing GRUGateArguments) -> Void
  public let adam: @Sendable (borrowing AdamArguments) -> Void
  /// (shards, shardStride, shardCount, sum, count, continues)
  public let reduceShards: @Sendable (UnsafePointer<Float>, Int, Int, UnsafeMutablePointer<Float>, Int, Bool) -> Void
  /// (function, x, y, count)
  public let activate: @Sendable (ElementFunction, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
  /// (output, outputGradient, result): the gradient where the rectified output is positive, else 0.
  public let reluBackward: Binary
  public let multiply: Binary
  public let add: Binary
  /// The greater of two floats: pooling of width 2.
  public let maximum: Binary
  /// (first, second, outputGradient, firstGradient, secondGradient, count)
  public let maximumBackward:
    @Sendable (
      UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>,
      UnsafeMutablePointer<Float>, Int
    ) -> Void
  /// (x, rows, columns, rowStride)
  public let softmax: @Sendable (UnsafeMutablePointer<Float>, Int, Int, Int) -> Void
  /// (key, firstElement, count, threshold, scale, mask)
  public let dropoutMask: @Sendable (DropoutKey, Int, Int, UInt32, Float, UnsafeMutablePointer<Float>) -> Void

  /// The table of an instruction set: to be called in the target that is compiled for it.
  @_alwaysEmitIntoClient @inline(__always)
  public init<I: InstructionSet>(_: I.Type) {
    width = I.width
    edgeWidth = I.hasHalves ? I.Half.scalarCount : I.width
    panelVectors = I.panelVectors
    fusesMultiplyAdd = I.fusesMultiplyAdd
    product = { KernelTemplates.product(I.self, $0) }
    pack = { KernelTemplates.pack(I.self, $0) }
    mixed = MixedKernels(I.self)
    columnSums = { KernelTemplates.columnSums(I.self, $0) }
    winogradInput = { KernelTemplates.winogradInput(I.self, $0) }
    winogradOutput = { KernelTemplates.winogradOutput(I.self, $0) }
    winogradOutputGradient = { KernelTemplates.winogradOutputGradient(I.self, $0) }
    winogradInputGradient = { KernelTemplates.winogradInputGradient(I.self, $0) }
    winogradFilterGradient = {
      KernelTemplates.winogradFilterGradient(
        I.self, rows: $0, columns: $1, points: $2, pointStride: $3, pointRowStride: $4, taps: $5, tapStride: $6,
        tapRowStride: $7)
    }
    lstmGatesForward = { KernelTemplates.lstmGates(I.self, backward: false, $0) }
    lstmGatesBackward = { KernelTemplates.lstmGates(I.self, backward: true, $0) }
    gruGatesForward = { KernelTemplates.gruGatesForward(I.self, $0) }
    gruGatesBackward = { KernelTemplates.gruGatesBackward(I.self, $0) }
    adam = { KernelTemplates.adam(I.self, $0) }
    reduceShards = {
      KernelTemplates.reduceShards(I.self, $0, shardStride: $1, shardCount: $2, sum: $3, count: $4, continues: $5)
    }
    activate = { KernelTemplates.activate(I.self, $0, $1, $2, $3) }
    reluBackward = {
      zip(I.self, $0, $1, $2, $3) { y, dy in y.selecting(whereGreaterThan: I.zero, dy, otherwise: I.zero) }
    }
    multiply = { zip(I.self, $0, $1, $2, $3) { $0 * $1 } }
    add = { zip(I.self, $0, $1, $2, $3) { $0 + $1 } }
    maximum = { zip(I.self, $0, $1, $2, $3) { $1.selecting(whereGreaterThan: $0, $1, otherwise: $0) } }
    maximumBackward = {
      KernelTemplates.maximumBackward(
        I.self, first: $0, second: $1, outputGradient: $2, firstGradient: $3, secondGradient: $4, count: $5)
    }
    softmax = { KernelTemplates.softmax(I.self, $0, rows: $1, columns: $2, rowStride: $3) }
    dropoutMask = {
      KernelTemplates.dropoutMask(I.self, $0, firstElement: $1, count: $2, threshold: $3, scale: $4, mask: $5)
    }
  }

  /// The table whose operands are bf16.
  public var multiplyingBF16: KernelTable {
    var table = self
    table.product = mixed.product
    table.pack = mixed.pack
    return table
  }
}
