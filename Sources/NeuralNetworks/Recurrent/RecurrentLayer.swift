package import Kernels

/// An LSTM or a GRU over sequences `[T, D]` that gives its last state `[U]` or all of them `[T, U]`, and can be a direction of
/// `BidirectionalLayer`.
///
/// Kernel `[D, G]`, recurrent kernel `[U, G]`, where G is
/// - LSTM: 4U, gates in the order i, f, c, o; bias `[4U]`.
/// - GRU: 3U, gates in the order z, r, h; bias `[2, 3U]` (the input's, then the recurrent one). The reset gate comes after the recurrent
///   product (Keras's `reset_after`) and stands between the two candidates, so a step's gates are
///   `[x · kernel + bias | h · recurrentKernel + bias]`.
///
/// The rows `[x | h | 1]` of all steps are kept side by side: products with the gates' gradients give those of kernel, recurrent kernel and
/// bias, in the order in which they lie in memory. Weight gradients are had in two ways:
/// - per shard (long sequences of few features): in chunks of steps that stay in the second-level cache.
/// - per batch (short sequences of many features): as products over the whole minibatch, whose operands are this layer's rows and
///   gates themselves.
package struct RecurrentLayer: Layer {
  package let name: String
  let cell: RecurrentCell
  /// T, D and U.
  let steps: Int
  let features: Int
  let units: Int
  /// Whether the output is every step's hidden state.
  let returnsSequences: Bool
  package let parameters: [Parameter]
  /// The weights' gradients as products of the rows `[x | h | 1]` and of the gates' gradients.
  let gradientProducts: GradientProducts
  /// Whether those products go over the whole minibatch, or over chunks of a shard's steps.
  let isPerBatch: Bool
  /// Where the recurrent product stands in a step's gates: behind the input's, or 0 where it is added to it.
  let recurrentGates: Int
  /// Columns of each kernel (G).
  let gateColumns: Int

  /// Steps whose weight gradients are summed in one product: 128 rows of gates of 100 units are 200 KB.
  static let chunkSteps = 32

  init(_ cell: RecurrentCell, name: String, steps: Int, features: Int, units: Int, returnsSequences: Bool) {
    self.name = name
    self.cell = cell
    self.steps = steps
    self.features = features
    self.units = units
    self.returnsSequences = returnsSequences
    isPerBatch = features > 2 * units
    let gates = cell == .lstm ? 4 : 3
    let columns = gates * units
    gateColumns = columns
    let ones = features + units
    let paddedRow = rowStride(writing: units, from: features, count: ones + 1)
    let paddedGates = rowStride(writing: units, from: (gates - 1) * units)
    let bias: (name: String, shape: [Int], initializer: Initializer)
    switch cell {
    case .lstm:
      recurrentGates = 0
      bias = ("bias", [columns], .unitForgetBias)
      gradientProducts = GradientProducts(
        rowsPerSample: steps, inputStride: isPerBatch ? paddedRow : alignedToLine(ones + 1),
        outputStride: isPerBatch ? paddedGates : alignedToLine(columns),
        products: [GradientProduct(inputs: ones + 1, inputColumn: 0, outputs: columns, outputColumn: 0, target: 0)])
    case .gru:
      recurrentGates = paddedGates
      bias = ("bias", [2, columns], .zeros)
      func product(inputs: Int, from inputColumn: Int, gates: Int, row: Int) -> GradientProduct {
        GradientProduct(
          inputs: inputs, inputColumn: inputColumn, outputs: columns, outputColumn: gates, target: row * columns)
      }
      gradientProducts = GradientProducts(
        rowsPerSample: steps, inputStride: paddedRow, outputStride: 2 * paddedGates,
        products: [
          product(inputs: features, from: 0, gates: 0, row: 0),
          product(inputs: units, from: features, gates: paddedGates, row: features),
          product(inputs: 1, from: ones, gates: 0, row: ones),
          product(inputs: 1, from: ones, gates: paddedGates, row: ones + 1),
        ])
    }
    parameters = Parameter.contiguous(
      in: "\(cell.rawValue)_cell",
      [
        ("kernel", [features, columns], .glorotUniform(fanIn: features, fanOut: columns)),
        ("recurrent_kernel", [units, columns], .orthogonal(rows: units, columns: columns)), bias,
      ])
  }

  package var inputShape: [Int] { [steps, features] }
  package var outputShape: [Int] { returnsSequences ? [steps, units] : [units] }
  package var weightGradient: WeightGradient { isPerBatch ? .perBatch(gradientProducts) : .perShard }

  package var flops: LayerFlops {
    let input = 2 * steps * features * gateColumns
    let step = 2 * units * gateColumns
    let weights = 2 * steps * (features + units) * gateColumns
    return LayerFlops(
      forward: input + (isJoint ? steps : steps - 1) * step, backward: weights + (steps - 1) * step,
      inputGradient: input)
  }

  // MARK: Memory

  /// Floats of a state.
  var stateStride: Int { alignedToLine(units) }

  /// Floats of the workspace that rows and gates take. Behind them an LSTM keeps the cell states of all steps, [t][row], and then
  /// the same activated.
  func rowsAndGatesCount(rows: Int) -> Int {
    isPerBatch ? 0 : rows * steps * (gradientProducts.inputStride + gradientProducts.outputStride)
  }

  package func workspaceCount(rows: Int) -> Int {
    rowsAndGatesCount(rows: rows) + (cell == .lstm ? 2 * rows * steps * stateStride : 0)
  }

  /// The last hidden state or the gradient of one, and in an LSTM the gradient of the cell state.
  package func scratchCount(rows: Int) -> Int { (cell == .lstm ? 2 : 1) * rows * stateStride }

  // MARK: Packed weights

  /// Whether a step's gates are one product over x and h together, or the input's product is taken for all steps at once.
  var isJoint: Bool { cell == .lstm && !isPerBatch }

  package func packedMatrices(_ kernels: KernelSet) -> [PackedMatrix] {
    let recurrent = features * gateColumns
    var builder = PackedLayoutBuilder(kernels)
    if isJoint {
      builder.add(source: 0, depth: features + units, columns: gateColumns)
    } else {
      builder.add(source: 0, depth: features, columns: gateColumns)
      builder.add(source: recurrent, depth: units, columns: gateColumns)
    }
    builder.addTransposed(source: recurrent, rows: units, columns: gateColumns, use: .backward)
    builder.addTransposed(source: 0, rows: features, columns: gateColumns, use: .inputGradient)
    return builder.matrices
  }

  /// Where the matrices above lie: the recurrent kernel (or both kernels), and the two transposes.
  func packedOffsets(_ kernels: KernelSet) -> (recurrent: Int, toHidden: Int, toInput: Int) {
    let recurrent = isJoint ? 0 : kernels.packedCount(depth: features, columns: gateColumns)
    let depth = isJoint ? features + units : units
    let toHidden = recurrent + kernels.packedCount(depth: depth, columns: gateColumns)
    return (recurrent, toHidden, toHidden + kernels.packedCount(depth: gateColumns, columns: units))
  }

  /// Floats of all packed matrices.
  func packedCount(_ kernels: KernelSet) -> Int {
    packedOffsets(kernels).toInput + kernels.packedCount(depth: gateColumns, columns: features)
  }
}
