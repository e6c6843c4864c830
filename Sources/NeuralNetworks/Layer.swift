public import Kernels

/// What a layer sees of one shard's pass: its own memory and nothing of another layer's.
public struct LayerPass {
  /// The kernels in use.
  public let kernels: KernelSet
  /// Rows of the layer's input: samples, times the steps of a `TimeDistributed` around it.
  public var rows: Int
  /// The layer's parameters.
  public var parameters: UnsafePointer<Float>
  /// The layer's packed weights, packed since the parameters last changed.
  public var packed: UnsafePointer<Float>
  /// Memory that lasts from the forward to the backward pass: `workspaceCount(rows:)` floats.
  public var workspace: UnsafeMutablePointer<Float>
  /// Memory for the length of a call: `scratchCount(rows:)` floats.
  public let scratch: UnsafeMutablePointer<Float>
  /// The shard's gradient of a `summed` layer's parameters, to be overwritten; nil outside training.
  public var gradient: UnsafeMutablePointer<Float>?
  /// The two operands of a `deferred` layer's products over the minibatch, at the shard's first row.
  public var inputOperand: UnsafeMutablePointer<Float>
  /// The distance of two rows of the first operand.
  public let inputOperandStride: Int
  /// The second operand: the gradients.
  public var gradientOperand: UnsafeMutablePointer<Float>
  /// The distance of two rows of the second operand.
  public let gradientOperandStride: Int
  /// The draw of dropout masks; nil outside training.
  public let dropout: DropoutStream?
  /// The place in the epoch's order of the shard's first sample, times the steps of a `TimeDistributed`.
  public var firstPosition: Int
}

/// The key of an epoch's dropout masks.
public struct DropoutStream: Sendable {
  /// The key of seed and repeat.
  public let key: (UInt32, UInt32)
  /// The epoch, from 0.
  public let epoch: UInt32

  /// Memberwise.
  public init(key: (UInt32, UInt32), epoch: UInt32) {
    self.key = key
    self.epoch = epoch
  }
}

/// A layer: shapes, parameters, and its two passes over a shard.
///
/// Inputs and outputs are row-major `[rows, …shape]` without gaps. A layer is immutable; all memory comes with the pass, sized
/// by the counts that it states.
public protocol Layer: Sendable {
  /// The name in model files, such as `lstm`.
  var name: String { get }
  /// The shapes of one row, without the batch.
  var inputShape: [Int] { get }
  var outputShape: [Int] { get }
  /// Its parameters in Keras's order, one behind the other.
  var parameters: [Parameter] { get }
  /// Where their gradient comes from.
  var gradientSource: GradientSource { get }
  /// Floats kept between the passes, and floats of scratch.
  func workspaceCount(rows: Int) -> Int
  func scratchCount(rows: Int) -> Int
  /// The weights as the products want them.
  func packedMatrices(_ kernels: KernelSet) -> [PackedMatrix]
  /// output `[rows, …outputShape]` from input `[rows, …inputShape]`.
  func forward(_ pass: LayerPass, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>)
  /// Gradients of the parameters and, where `inputGradient` is given, of the input. May overwrite `outputGradient`.
  func backward(
    _ pass: LayerPass, input: UnsafePointer<Float>, output: UnsafePointer<Float>,
    outputGradient: UnsafeMutablePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?)
  /// Floating-point operations a row in the products of forward, weight gradients, and input gradient.
  var work: LayerWork { get }
}

/// Floating-point operations of a layer's products, a row.
public struct LayerWork: Sendable, Equatable {
  /// The forward pass.
  public var forward = 0
  /// What the backward pass always does: weight gradients and gradients through the layer's own recurrence.
  public var backward = 0
  /// The gradient of the input, where it is wanted.
  public var inputGradient = 0
}

extension Layer {
  /// Floats of one row.
  public var inputCount: Int { inputShape.reduce(1, *) }
  /// Floats of one row.
  public var outputCount: Int { outputShape.reduce(1, *) }
  /// Floats of all parameters.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }

  /// All parameters, in the order of Keras.
  public var parameters: [Parameter] { [] }
  /// Where the parameters' gradient comes from.
  public var gradientSource: GradientSource { .summed }
  /// Floats kept between the passes.
  public func workspaceCount(rows: Int) -> Int { 0 }
  /// Floats of scratch.
  public func scratchCount(rows: Int) -> Int { 0 }
  /// The weights as the products want them.
  public func packedMatrices(_ kernels: KernelSet) -> [PackedMatrix] { [] }
  /// Operations of the products, a row.
  public var work: LayerWork { LayerWork() }
}
