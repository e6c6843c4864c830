package import Kernels

/// Kernel `[D, 3U]`, recurrent kernel `[U, 3U]`, bias `[2, 3U]` (the input's, then the recurrent one), gates in the order z, r, h;
/// the reset gate comes after the recurrent product (Keras's `reset_after`).
///
/// A step's gates are `[x · kernel + bias | h · recurrentKernel + bias]`, because the reset gate stands between the two candidates: the first half
/// is one product for all steps, the second one product per step. With the gates' gradients in both halves, those of the weights are
/// products with `[x | h | 1]`, per shard in chunks of steps that stay in the second-level cache, or, where there are many
/// features, over the whole minibatch.
package struct GRULayer: RecurrentLayer {
  package let core: RecurrentCore
  /// Floats of each half of a step's gates.
  private let halfStride: Int

  package init(name: String, steps: Int, features: Int, units: Int, returnsSequences: Bool = false) {
    let width = 3 * units
    let halfStride = rowStride(writing: units, from: 2 * units)
    self.halfStride = halfStride
    let ones = features + units
    func product(inputs: Int, from inputColumn: Int, half: Int, row: Int) -> GradientProduct {
      GradientProduct(
        inputs: inputs, inputColumn: inputColumn, outputs: width, outputColumn: half * halfStride,
        target: row * width)
    }
    core = RecurrentCore(
      name: name, steps: steps, features: features, units: units, returnsSequences: returnsSequences,
      parameters: Parameter.contiguous(
        in: "gru_cell",
        [
          ("kernel", [features, width], .glorotUniform(fanIn: features, fanOut: width)),
          ("recurrent_kernel", [units, width], .orthogonal(rows: units, columns: width)),
          ("bias", [2, width], .zeros),
        ]),
      gradientProducts: GradientProducts(
        rowsPerSample: steps, inputStride: rowStride(writing: units, from: features, count: ones + 1),
        outputStride: 2 * halfStride,
        products: [
          product(inputs: features, from: 0, half: 0, row: 0),
          product(inputs: units, from: features, half: 1, row: features),
          product(inputs: 1, from: ones, half: 0, row: ones), product(inputs: 1, from: ones, half: 1, row: ones + 1),
        ]),
      isPerBatch: features > 2 * units)
  }

  package func workspaceCount(rows: Int) -> Int { core.workspaceCount(rows: rows) }

  /// The last hidden state, or the gradient of one.
  package func scratchCount(rows: Int) -> Int { rows * stateStride }

  // MARK: Packed weights

  package func packedMatrices(_ kernels: KernelSet) -> [PackedMatrix] {
    let width = 3 * units
    var builder = PackedLayoutBuilder(kernels)
    builder.add(source: 0, depth: features, columns: width)
    builder.add(source: features * width, depth: units, columns: width)
    builder.addTransposed(source: features * width, rows: units, columns: width, use: .backward)
    builder.addTransposed(source: 0, rows: features, columns: width, use: .inputGradient)
    return builder.matrices
  }

  /// Where the recurrent kernel and the two transposes lie.
  private func packedOffsets(_ kernels: KernelSet) -> (recurrent: Int, toHidden: Int, toInput: Int) {
    let width = 3 * units
    let recurrent = kernels.packedCount(depth: features, columns: width)
    let toHidden = recurrent + kernels.packedCount(depth: units, columns: width)
    return (recurrent, toHidden, toHidden + kernels.packedCount(depth: width, columns: units))
  }

  package func packedCount(_ kernels: KernelSet) -> Int {
    packedOffsets(kernels).toInput + kernels.packedCount(depth: 3 * units, columns: features)
  }

  // MARK: Forward

  package func forward(
    _ context: LayerContext, _ direction: SequenceDirection, input: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>
  ) {
    let memory = RecurrentWorkspace(context, core)
    let table = context.kernels.table
    memory.takeInput(context, direction, input)
    let inputBias = context.parameters + (features + units) * 3 * units
    let recurrentBias = inputBias + 3 * units
    var all = ProductArguments(
      rows: context.rows * steps, columns: 3 * units, depth: features, a: memory.rows, aRowStride: memory.rowStride,
      b: context.packed, c: memory.gates, cRowStride: memory.gateStride)
    all.start = .bias(inputBias)
    table.product(all)
    let recurrent = context.packed + packedOffsets(context.kernels).recurrent
    for t in 0..<steps {
      let gates = memory.gates(t) + halfStride
      if t == 0 {
        for row in 0..<context.rows {
          (gates + row * memory.sampleGateStride).update(from: recurrentBias, count: 3 * units)
        }
      } else {
        var step = ProductArguments(
          rows: context.rows, columns: 3 * units, depth: units, a: memory.rows(t) + features,
          aRowStride: memory.sampleRowStride, b: recurrent, c: gates, cRowStride: memory.sampleGateStride)
        step.start = .bias(recurrentBias)
        table.product(step)
      }
      // The last step's hidden state has no row of its own to go to.
      let isLast = t == steps - 1
      var arguments = gateArguments(context, memory, t)
      if !isLast {
        arguments.hidden = memory.rows(t + 1) + features
        arguments.hiddenRowStride = memory.sampleRowStride
      }
      table.gruGatesForward(arguments)
      for row in 0..<context.rows {
        guard let offset = core.outputOffset(direction, row: row, t: t) else { break }
        (output + offset).update(from: arguments.hidden + row * arguments.hiddenRowStride, count: units)
      }
    }
  }

  private func gateArguments(_ context: LayerContext, _ memory: RecurrentWorkspace, _ t: Int) -> GRUGateArguments {
    GRUGateArguments(
      rows: context.rows, units: units, inputGates: memory.gates(t), recurrentGates: memory.gates(t) + halfStride,
      gatesRowStride: memory.sampleGateStride, previousHidden: memory.rows(t) + features,
      previousHiddenRowStride: memory.sampleRowStride, hidden: context.scratch, hiddenRowStride: stateStride)
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
    hiddenGradient.update(repeating: 0, count: context.rows * stateStride)
    var chunkEnd = steps
    for t in stride(from: steps - 1, through: 0, by: -1) {
      for row in 0..<context.rows {
        guard let offset = core.outputOffset(direction, row: row, t: t) else { break }
        let sum = hiddenGradient + row * stateStride
        table.add(outputGradient + offset, sum, sum, units)
      }
      if t < steps - 1 {
        // dh += dz(t + 1) · recurrentKernelᵀ, whose padding columns are zeros; the gates have left dh · z there.
        var step = ProductArguments(
          rows: context.rows, columns: context.kernels.paddedColumns(units), depth: 3 * units,
          a: memory.gates(t + 1) + halfStride, aRowStride: memory.sampleGateStride,
          b: context.packed + offsets.toHidden,
          c: hiddenGradient, cRowStride: stateStride)
        step.start = .existing
        table.product(step)
      }
      table.gruGatesBackward(gateArguments(context, memory, t))
      if !isPerBatch, let gradient = context.gradient, chunkEnd - t == RecurrentCore.chunkSteps || t == 0 {
        memory.addWeightGradients(context, steps: t..<chunkEnd, into: gradient)
        chunkEnd = t
      }
    }
    guard let inputGradient else { return }
    memory.giveInputGradient(
      context, direction, gateColumns: 3 * units, toInput: context.packed + offsets.toInput, inputGradient)
  }

  package var flops: LayerFlops {
    let input = 2 * steps * features * 3 * units
    let recurrent = 2 * (steps - 1) * units * 3 * units
    let weights = 2 * steps * (features + units + 2) * 3 * units
    return LayerFlops(forward: input + recurrent, backward: weights + recurrent, inputGradient: input)
  }
}
