/// The kernels of one instruction set, as functions that take their arguments behind one address.
public struct KernelTable: Sendable {
  /// Floats in a vector, vectors in a panel, and whether multiply-adds are rounded once.
  public let width: Int
  /// The most vectors side by side in a tile.
  public let panelVectors: Int
  /// Whether a multiply-add is rounded once.
  public let fusesMultiplyAdd: Bool

  /// C = start + A · B.
  public let product: @Sendable (borrowing ProductArguments) -> Void
  /// The gates of an LSTM step.
  public let gatesForward: @Sendable (borrowing GateArguments) -> Void
  /// The gradients of the gates.
  public let gatesBackward: @Sendable (borrowing GateArguments) -> Void
  /// The gates of a GRU step.
  public let gruGatesForward: @Sendable (borrowing GRUGateArguments) -> Void
  /// The gradients of the gates.
  public let gruGatesBackward: @Sendable (borrowing GRUGateArguments) -> Void
  /// A step of Adam.
  public let adam: @Sendable (borrowing AdamArguments) -> Void
  /// (shards, shardStride, shardCount, sum, count)
  public let reduceShards: @Sendable (UnsafePointer<Float>, Int, Int, UnsafeMutablePointer<Float>, Int) -> Void
  /// (function, x, y, count)
  public let activate: @Sendable (ElementFunction, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
  /// (output, outputGradient, result, count)
  public let reluBackward:
    @Sendable (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
  /// (x, y, z, count)
  public let multiply: @Sendable (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
  /// (x, y, z, count)
  public let add: @Sendable (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
  /// (x, y, z, count)
  public let maximum: @Sendable (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
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
    self.init(
      width: I.width, panelVectors: I.panelVectors, fusesMultiplyAdd: I.fusesMultiplyAdd,
      product: { KernelTemplates.product(I.self, $0) },
      gatesForward: { KernelTemplates.gates(I.self, backward: false, $0) },
      gatesBackward: { KernelTemplates.gates(I.self, backward: true, $0) },
      gruGatesForward: { KernelTemplates.gruGatesForward(I.self, $0) },
      gruGatesBackward: { KernelTemplates.gruGatesBackward(I.self, $0) },
      adam: { KernelTemplates.adam(I.self, $0) },
      reduceShards: { KernelTemplates.reduceShards(I.self, $0, shardStride: $1, shardCount: $2, sum: $3, count: $4) },
      activate: { KernelTemplates.activate(I.self, $0, $1, $2, $3) },
      reluBackward: { KernelTemplates.reluBackward(I.self, output: $0, outputGradient: $1, result: $2, count: $3) },
      multiply: { KernelTemplates.multiply(I.self, $0, $1, $2, count: $3) },
      add: { KernelTemplates.add(I.self, $0, $1, $2, count: $3) },
      maximum: { KernelTemplates.maximum(I.self, $0, $1, $2, count: $3) },
      maximumBackward: {
        KernelTemplates.maximumBackward(
          I.self, first: $0, second: $1, outputGradient: $2, firstGradient: $3, secondGradient: $4, count: $5)
      },
      softmax: { KernelTemplates.softmax(I.self, $0, rows: $1, columns: $2, rowStride: $3) },
      dropoutMask: {
        KernelTemplates.dropoutMask(
          I.self, $0, firstElement: $1, count: $2, threshold: $3, scale: $4, mask: $5)
      })
  }

  /// Memberwise.
  public init(
    width: Int, panelVectors: Int, fusesMultiplyAdd: Bool,
    product: @escaping @Sendable (borrowing ProductArguments) -> Void,
    gatesForward: @escaping @Sendable (borrowing GateArguments) -> Void,
    gatesBackward: @escaping @Sendable (borrowing GateArguments) -> Void,
    gruGatesForward: @escaping @Sendable (borrowing GRUGateArguments) -> Void,
    gruGatesBackward: @escaping @Sendable (borrowing GRUGateArguments) -> Void,
    adam: @escaping @Sendable (borrowing AdamArguments) -> Void,
    reduceShards: @escaping @Sendable (UnsafePointer<Float>, Int, Int, UnsafeMutablePointer<Float>, Int) -> Void,
    activate: @escaping @Sendable (ElementFunction, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void,
    reluBackward:
      @escaping @Sendable (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) ->
      Void,
    multiply:
      @escaping @Sendable (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void,
    add: @escaping @Sendable (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void,
    maximum: @escaping @Sendable (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void,
    maximumBackward:
      @escaping @Sendable (
        UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>,
        UnsafeMutablePointer<Float>, Int
      ) -> Void,
    softmax: @escaping @Sendable (UnsafeMutablePointer<Float>, Int, Int, Int) -> Void,
    dropoutMask: @escaping @Sendable (DropoutKey, Int, Int, UInt32, Float, UnsafeMutablePointer<Float>) -> Void
  ) {
    self.width = width
    self.panelVectors = panelVectors
    self.fusesMultiplyAdd = fusesMultiplyAdd
    self.product = product
    self.gatesForward = gatesForward
    self.gatesBackward = gatesBackward
    self.gruGatesForward = gruGatesForward
    self.gruGatesBackward = gruGatesBackward
    self.adam = adam
    self.reduceShards = reduceShards
    self.activate = activate
    self.reluBackward = reluBackward
    self.multiply = multiply
    self.add = add
    self.maximum = maximum
    self.maximumBackward = maximumBackward
    self.softmax = softmax
    self.dropoutMask = dropoutMask
  }
}
