package import Kernels

/// What a layer sees of one shard's pass: its own memory and nothing of another layer's.
package struct LayerContext {
  package let kernels: KernelSet
  package let isTraining: Bool
  /// Rows of the layer's input: samples, times the steps of every `TimeDistributed` around it.
  package var rows: Int
  /// The layer's parameters, and their packed form.
  package var parameters: UnsafePointer<Float>
  package var packed: UnsafePointer<Float>
  /// Memory that lasts from the forward to the backward pass: `workspaceCount(rows:)` floats.
  package var workspace: UnsafeMutablePointer<Float>
  /// Memory for the length of a call: `scratchCount(rows:)` floats.
  package let scratch: UnsafeMutablePointer<Float>
  /// The shard's gradient of the parameters, to be overwritten; nil outside training, and for weight gradients per batch.
  package var gradient: UnsafeMutablePointer<Float>?
  /// The two operands of weight gradients per batch, at the shard's first row, and the distances of their rows.
  package var inputOperand: UnsafeMutablePointer<Float>
  package let inputOperandStride: Int
  package var gradientOperand: UnsafeMutablePointer<Float>
  package let gradientOperandStride: Int
  /// The epoch's draw of dropout masks, whose position and stream the layers set; nil for none.
  package let dropout: DropoutKey?
  /// The place in the epoch's order of the shard's first row, counted in the layer's rows.
  package var firstPosition: Int
}
