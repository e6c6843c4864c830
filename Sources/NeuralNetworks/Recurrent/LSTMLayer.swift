package import Kernels

/// Kernel `[D, 4U]`, recurrent kernel `[U, 4U]`, bias `[4U]`, gates in the order i, f, c, o.
///
/// The rows `[x | h | 1]` of all steps are kept side by side: one product with `[kernel; recurrentKernel]` gives a step's gates, and one
/// with the gates' gradients gives those of kernel, recurrent kernel and bias, in the order in which they lie in memory.
/// Weight gradients are had in two ways:
/// - per shard (long sequences of few features): one product per step over x and h together; weight gradients in chunks of steps
///   that stay in the second-level cache.
/// - per batch (short sequences of many features): the input's product for all steps at once; weight gradients as one product
///   over the whole minibatch, whose operands are this layer's rows and gates themselves.
package struct LSTMLayer: RecurrentLayer {
  package let core: RecurrentCore

  package init(name: String, steps: Int, features: Int, units: Int, returnsSequences: Bool = false) {
    let isPerBatch = features > 2 * units
    let product = GradientProduct(
      inputs: features + units + 1, inputColumn: 0, outputs: 4 * units, outputColumn: 0, target: 0)
    core = RecurrentCore(
      name: name, steps: steps, features: features, units: units, returnsSequences: returnsSequences,
      parameters: Parameter.contiguous(
        in: "lstm_cell",
        [
          ("kernel", [features, 4 * units], .glorotUniform(fanIn: features, fanOut: 4 * units)),
          ("recurrent_kernel", [units, 4 * units], .orthogonal(rows: units, columns: 4 * units)),
          ("bias", [4 * units], .unitForgetBias),
        ]),
      gradientProducts: GradientProducts(
        rowsPerSample: steps,
        inputStride: isPerBatch
          ? rowStride(writing: units, from: features, count: features + units + 1)
          : alignedToLine(features + units + 1),
        outputStride: isPerBatch ? rowStride(writing: units, from: 3 * units) : alignedToLine(4 * units),
        products: [product]),
      isPerBatch: isPerBatch)
  }

  // MARK: Memory

  /// The cell states of all steps, [t][row], and then the same activated.
  private func cells(_ context: LayerContext) -> UnsafeMutablePointer<Float> {
    context.workspace + core.workspaceCount(rows: context.rows)
  }

  package func workspaceCount(rows: Int) -> Int { core.workspaceCount(rows: rows) + 2 * rows * steps * stateStride }

  /// The gradients of hidden and cell state.
  package func scratchCount(rows: Int) -> Int { 2 * rows * stateStride }

  // MARK: Packed weights

  package func packedMatrices(_ kernels: KernelSet) -> [PackedMatrix] {
    let width = 4 * units
    var builder = PackedLayoutBuilder(kernels)
    if isPerBatch {
      builder.add(source: 0, depth: features, columns: width)
      builder.add(source: features * width, depth: units, columns: width)
    } else {
      builder.add(source: 0, depth: features + units, columns: width)
    }
    builder.addTransposed(source: features * width, rows: units, columns: width, use: .backward)
    builder.addTransposed(source: 0, rows: features, columns: width, use: .inputGradient)
    return builder.matrices
  }

  /// Where the matrices above lie: the recurrent kernel (or both kernels), and the two transposes.
  private func packedOffsets(_ kernels: KernelSet) -> (recurrent: Int, toHidden: Int, toInput: Int) {
    let width = 4 * units
    let recurrent = isPerBatch ? kernels.packedCount(depth: features, columns: width) : 0
    let toHidden = kernels.packedCount(depth: features + units, columns: width)
    return (recurrent, toHidden, toHidden + kernels.packedCount(depth: width, columns: units))
  }

  package func packedCount(_ kernels: KernelSet) -> Int {
    packedOffsets(kernels).toInput + kernels.packedCount(depth: 4 * units, columns: features)
  }

  // MARK: Forward

  package func forward(
    _ context: LayerContext, _ direction: SequenceDirection, input: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>
  ) {
    let memory = RecurrentWorkspace(context, core)
    let table = context.kernels.table
    memory.takeInput(context, direction, input)
    let bias = context.parameters + (features + units) * 4 * units
    if isPerBatch {
      var all = ProductArguments(
        rows: context.rows * steps, columns: 4 * units, depth: features, a: memory.rows, aRowStride: memory.rowStride,
        b: context.packed, c: memory.gates, cRowStride: memory.gateStride)
      all.start = .bias(bias)
      table.product(all)
    }
    let recurrent = context.packed + packedOffsets(context.kernels).recurrent
    for t in 0..<steps {
      let rows = memory.rows(t)
      if !isPerBatch || t > 0 {
        var step = ProductArguments(
          rows: context.rows, columns: 4 * units, depth: isPerBatch ? units : features + units,
          a: isPerBatch ? rows + features : rows, aRowStride: memory.sampleRowStride, b: recurrent, c: memory.gates(t),
          cRowStride: memory.sampleGateStride)
        step.start = isPerBatch ? .existing : .bias(bias)
        table.product(step)
      }
      // The last step's hidden state has no row of its own to go to.
      let isLast = t == steps - 1
      var arguments = gateArguments(context, memory, t)
      arguments.hidden = isLast ? context.scratch : memory.rows(t + 1) + features
      arguments.hiddenRowStride = isLast ? stateStride : memory.sampleRowStride
      table.lstmGatesForward(arguments)
      for row in 0..<context.rows {
        guard let offset = core.outputOffset(direction, row: row, t: t) else { break }
        (output + offset).update(from: arguments.hidden + row * arguments.hiddenRowStride, count: units)
      }
    }
  }

  private func gateArguments(_ context: LayerContext, _ memory: RecurrentWorkspace, _ t: Int) -> LSTMGateArguments {
    let state = context.rows * stateStride
    let cell = cells(context)
    return LSTMGateArguments(
      groups: 1, rows: context.rows, units: units, gates: memory.gates(t), gatesGroupStride: 0,
      gatesRowStride: memory.sampleGateStride, previousCell: t == 0 ? nil : UnsafePointer(cell + (t - 1) * state),
      cell: cell + t * state, activatedCell: cell + (steps + t) * state, cellGroupStride: 0,
      cellRowStride: stateStride, hidden: context.scratch, hiddenGroupStride: 0, hiddenRowStride: stateStride,
      cellGradient: context.scratch + state, activation: .tanh, recurrentActivation: .sigmoid)
  }

  // MARK: Backward

  package func backward(
    _ context: LayerContext, _ direction: SequenceDirection, outputGradient: UnsafePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>?
  ) {
    let memory = RecurrentWorkspace(context, core)
    let table = context.kernels.table
    let offsets = packedOffsets(context.kernels)
    let hiddenGradient = context.scratch
    (context.scratch + context.rows * stateStride).update(repeating: 0, count: context.rows * stateStride)
    var chunkEnd = steps
    for t in stride(from: steps - 1, through: 0, by: -1) {
      for row in 0..<context.rows {
        guard let offset = core.outputOffset(direction, row: row, t: t) else { break }
        (hiddenGradient + row * stateStride).update(from: outputGradient + offset, count: units)
      }
      if t < steps - 1 {
        // dh = dz(t + 1) · recurrentKernelᵀ, whose padding columns are zeros.
        var step = ProductArguments(
          rows: context.rows, columns: context.kernels.paddedColumns(units), depth: 4 * units, a: memory.gates(t + 1),
          aRowStride: memory.sampleGateStride, b: context.packed + offsets.toHidden, c: hiddenGradient,
          cRowStride: stateStride)
        if core.returnsSequences { step.start = .existing }
        table.product(step)
      }
      table.lstmGatesBackward(gateArguments(context, memory, t))
      if !isPerBatch, let gradient = context.gradient, chunkEnd - t == RecurrentCore.chunkSteps || t == 0 {
        memory.addWeightGradients(context, steps: t..<chunkEnd, into: gradient)
        chunkEnd = t
      }
    }
    guard let inputGradient else { return }
    memory.giveInputGradient(
      context, direction, gateColumns: 4 * units, toInput: context.packed + offsets.toInput, inputGradient)
  }

  package var flops: LayerFlops {
    let input = 2 * steps * features * 4 * units
    let recurrent = 2 * (isPerBatch ? steps - 1 : steps) * units * 4 * units
    let toHidden = 2 * (steps - 1) * units * 4 * units
    return LayerFlops(
      forward: input + recurrent, backward: 2 * steps * (features + units) * 4 * units + toHidden,
      inputGradient: input)
  }
}
