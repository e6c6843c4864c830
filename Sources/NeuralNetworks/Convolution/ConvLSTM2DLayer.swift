package import Kernels

/// Kernel `[1, K, C, 4F]`, recurrent kernel `[1, K, F, 4F]`, bias `[4F]`, gates i, f, c, o; output `[1, W', F]`, W' = W - K + 1.
///
/// Hidden states and gates lie ordered [t][row], each with rows of zeros around its W' positions, so that every window of K
/// positions is one run of floats and all convolutions, forward and backward, are products over overlapping rows.
package struct ConvLSTM2DLayer: Layer {
  package let name: String
  let steps: Int
  let width: Int
  let channels: Int
  let filters: Int
  let kernelSize: Int
  let activation: Activation
  let recurrentActivation: Activation

  package var inputShape: [Int] { [steps, 1, width, channels] }
  package var outputShape: [Int] { [1, positions, filters] }
  private var positions: Int { width - kernelSize + 1 }
  /// Positions with the zeros of 'same': (K - 1) / 2 before, the rest behind.
  private var paddedPositions: Int { positions + kernelSize - 1 }
  private var before: Int { (kernelSize - 1) / 2 }
  /// Zeros before the gates' gradients, for the transposed convolution: the mirror of `before`.
  private var beforeGates: Int { kernelSize - 1 - before }
  private var gateCount: Int { paddedPositions * 4 * filters }
  private var hiddenCount: Int { paddedPositions * filters }
  private var cellCount: Int { positions * filters }

  package var parameters: [Parameter] {
    Parameter.contiguous(
      in: "conv_lstm_cell",
      [
        (
          "kernel", [1, kernelSize, channels, 4 * filters],
          .glorotUniform(fanIn: kernelSize * channels, fanOut: kernelSize * 4 * filters)
        ),
        (
          "recurrent_kernel", [1, kernelSize, filters, 4 * filters],
          .orthogonal(rows: kernelSize * filters, columns: 4 * filters)
        ), ("bias", [4 * filters], .unitForgetBias),
      ])
  }

  // MARK: Memory

  private struct Memory {
    var gates: UnsafeMutablePointer<Float>
    var hidden: UnsafeMutablePointer<Float>
    var cell: UnsafeMutablePointer<Float>
    var activatedCell: UnsafeMutablePointer<Float>
  }

  private func memory(_ context: LayerContext) -> Memory {
    let count = context.rows * steps
    let hidden = context.workspace + count * gateCount
    let cell = hidden + count * hiddenCount
    return Memory(
      gates: context.workspace, hidden: hidden, cell: cell, activatedCell: cell + count * cellCount)
  }

  package func workspaceCount(rows: Int) -> Int { rows * steps * (gateCount + hiddenCount + 2 * cellCount) }
  package func scratchCount(rows: Int) -> Int { 2 * rows * cellCount }

  /// The zeros around hidden states and gates must outlast every pass: shards of fewer rows lay memory out differently, so the
  /// borders are written anew in each pass instead of once.
  private func clearBorders(_ memory: Memory, rows: Int) {
    for index in 0..<(rows * steps) {
      let gates = memory.gates + index * gateCount
      gates.update(repeating: 0, count: beforeGates * 4 * filters)
      (gates + (beforeGates + positions) * 4 * filters).update(repeating: 0, count: before * 4 * filters)
      let hidden = memory.hidden + index * hiddenCount
      hidden.update(repeating: 0, count: before * filters)
      (hidden + (before + positions) * filters).update(repeating: 0, count: beforeGates * filters)
    }
  }

  // MARK: Packed weights

  private var kernelCount: Int { kernelSize * channels * 4 * filters }
  private var recurrentCount: Int { kernelSize * filters * 4 * filters }

  package func packedMatrices(_ kernels: KernelSet) -> [PackedMatrix] {
    let gates = 4 * filters
    var builder = PackedLayoutBuilder(kernels)
    builder.add(source: 0, depth: kernelSize * channels, columns: gates)
    builder.add(source: kernelCount, depth: kernelSize * filters, columns: gates)
    builder.addFlipped(
      source: kernelCount, kernelSize: kernelSize, channels: filters, filters: gates, use: .backward)
    for tap in 0..<kernelSize {
      builder.addTransposed(source: tap * channels * gates, rows: channels, columns: gates, use: .inputGradient)
    }
    return builder.matrices
  }

  /// Where the matrices above lie: the recurrent kernel, the flipped one, and those of the taps.
  private func packedOffsets(_ kernels: KernelSet) -> (recurrent: Int, toHidden: Int, toInput: Int) {
    let recurrent = kernels.packedCount(depth: kernelSize * channels, columns: 4 * filters)
    let toHidden = recurrent + kernels.packedCount(depth: kernelSize * filters, columns: 4 * filters)
    return (recurrent, toHidden, toHidden + kernels.packedCount(depth: kernelSize * 4 * filters, columns: filters))
  }

  // MARK: Forward

  package func forward(_ context: LayerContext, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>) {
    let memory = memory(context)
    let table = context.kernels.table
    clearBorders(memory, rows: context.rows)
    let packed = packedOffsets(context.kernels)
    let gates = 4 * filters
    for t in 0..<steps {
      let stepGates = memory.gates + t * context.rows * gateCount + beforeGates * gates
      var fromInput = ProductArguments(
        rows: positions, columns: gates, depth: kernelSize * channels, a: input + t * width * channels,
        aRowStride: channels, b: context.packed, c: stepGates, cRowStride: gates)
      fromInput.groups = context.rows
      fromInput.aGroupStride = steps * width * channels
      fromInput.cGroupStride = gateCount
      fromInput.start = .bias(context.parameters + kernelCount + recurrentCount)
      table.product(fromInput)
      if t > 0 {
        var fromHidden = ProductArguments(
          rows: positions, columns: gates, depth: kernelSize * filters,
          a: memory.hidden + (t - 1) * context.rows * hiddenCount, aRowStride: filters,
          b: context.packed + packed.recurrent,
          c: stepGates, cRowStride: gates)
        fromHidden.groups = context.rows
        fromHidden.aGroupStride = hiddenCount
        fromHidden.cGroupStride = gateCount
        fromHidden.start = .existing
        table.product(fromHidden)
      }
      table.lstmGatesForward(gateArguments(context, memory, t))
    }
    for row in 0..<context.rows {
      let last = memory.hidden + ((steps - 1) * context.rows + row) * hiddenCount + before * filters
      (output + row * outputCount).update(from: last, count: outputCount)
    }
  }

  private func gateArguments(_ context: LayerContext, _ memory: Memory, _ t: Int) -> LSTMGateArguments {
    let cells = context.rows * cellCount
    return LSTMGateArguments(
      groups: context.rows, rows: positions, units: filters,
      gates: memory.gates + t * context.rows * gateCount + beforeGates * 4 * filters, gatesGroupStride: gateCount,
      gatesRowStride: 4 * filters, previousCell: t == 0 ? nil : UnsafePointer(memory.cell + (t - 1) * cells),
      cell: memory.cell + t * cells, activatedCell: memory.activatedCell + t * cells, cellGroupStride: cellCount,
      cellRowStride: filters, hidden: memory.hidden + t * context.rows * hiddenCount + before * filters,
      hiddenGroupStride: hiddenCount, hiddenRowStride: filters, cellGradient: context.scratch + cells,
      activation: activation, recurrentActivation: recurrentActivation)
  }

  // MARK: Backward

  package func backward(
    _ context: LayerContext, input: UnsafePointer<Float>, output: UnsafePointer<Float>,
    outputGradient: UnsafeMutablePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?
  ) {
    let memory = memory(context)
    let table = context.kernels.table
    let packed = packedOffsets(context.kernels)
    let cells = context.rows * cellCount
    (context.scratch + cells).update(repeating: 0, count: cells)
    for t in stride(from: steps - 1, through: 0, by: -1) {
      var arguments = gateArguments(context, memory, t)
      arguments.hidden = context.scratch
      arguments.hiddenGroupStride = cellCount
      if t == steps - 1 {
        arguments.hidden = outputGradient
      } else {
        var toHidden = ProductArguments(
          rows: positions, columns: filters, depth: kernelSize * 4 * filters,
          a: memory.gates + (t + 1) * context.rows * gateCount, aRowStride: 4 * filters,
          b: context.packed + packed.toHidden,
          c: context.scratch, cRowStride: filters)
        toHidden.groups = context.rows
        toHidden.aGroupStride = gateCount
        toHidden.cGroupStride = cellCount
        table.product(toHidden)
      }
      table.lstmGatesBackward(arguments)
    }
    if let gradient = context.gradient { weightGradients(context, memory, input: input, into: gradient) }
    if let inputGradient { addInputGradient(context, memory, into: inputGradient) }
  }

  private func weightGradients(
    _ context: LayerContext, _ memory: Memory, input: UnsafePointer<Float>, into gradient: UnsafeMutablePointer<Float>
  ) {
    let table = context.kernels.table
    // Segments are (t, row) pairs, whose gates lie one distance apart; those of the input are ordered [row][t].
    for t in 0..<steps {
      var kernel = weightGradient(
        context, memory, t, a: input + t * width * channels, rows: kernelSize * channels, stride: channels, c: gradient)
      kernel.aSegmentStride = steps * width * channels
      kernel.segments = context.rows
      kernel.start = t == 0 ? .zeros : .existing
      table.product(kernel)
    }
    var recurrent = weightGradient(
      context, memory, 1, a: memory.hidden, rows: kernelSize * filters, stride: filters, c: gradient + kernelCount)
    recurrent.aSegmentStride = hiddenCount
    recurrent.segments = context.rows * (steps - 1)
    table.product(recurrent)
    table.columnSums(
      ColumnSumArguments(
        columns: 4 * filters, segments: context.rows * steps, depth: positions,
        b: memory.gates + beforeGates * 4 * filters, bSegmentStride: gateCount, bDepthStride: 4 * filters,
        sum: gradient + kernelCount + recurrentCount))
  }

  /// dx at t and w = Σ over taps k of dz at t and w - k · kernel(k)ᵀ: a product per tap, added up where the windows overlap.
  private func addInputGradient(
    _ context: LayerContext, _ memory: Memory, into inputGradient: UnsafeMutablePointer<Float>
  ) {
    inputGradient.update(repeating: 0, count: context.rows * inputCount)
    for t in 0..<steps {
      for tap in 0..<kernelSize {
        var toInput = ProductArguments(
          rows: positions, columns: channels, depth: 4 * filters,
          a: memory.gates + t * context.rows * gateCount + beforeGates * 4 * filters, aRowStride: 4 * filters,
          b: context.packed + packedOffsets(context.kernels).toInput
            + tap * context.kernels.packedCount(depth: 4 * filters, columns: channels),
          c: inputGradient + (t * width + tap) * channels, cRowStride: channels)
        toInput.groups = context.rows
        toInput.aGroupStride = gateCount
        toInput.cGroupStride = inputCount
        toInput.start = .existing
        context.kernels.table.product(toInput)
      }
    }
  }

  /// Σ over segments and positions of windowᵀ · dz, from step t on.
  private func weightGradient(
    _ context: LayerContext, _ memory: Memory, _ t: Int, a: UnsafePointer<Float>, rows: Int, stride: Int,
    c: UnsafeMutablePointer<Float>
  ) -> ProductArguments {
    var arguments = ProductArguments(
      rows: rows, columns: 4 * filters, depth: positions, a: a, aRowStride: 1,
      b: memory.gates + t * context.rows * gateCount + beforeGates * 4 * filters, c: c, cRowStride: 4 * filters)
    arguments.aDepthStride = stride
    arguments.bDepthStride = 4 * filters
    arguments.bSegmentStride = gateCount
    return arguments
  }

  package var flops: LayerFlops {
    let input = 2 * steps * positions * kernelSize * channels * 4 * filters
    let recurrent = 2 * (steps - 1) * positions * kernelSize * filters * 4 * filters
    return LayerFlops(forward: input + recurrent, backward: input + 2 * recurrent, inputGradient: input)
  }
}
