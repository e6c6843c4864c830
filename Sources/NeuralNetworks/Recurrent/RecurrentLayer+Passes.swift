internal import Kernels

/// How a recurrent layer goes through its sequences, and where its outputs stand among those of another.
struct SequenceDirection {
  /// Whether the last step is taken first, by the second layer of a `BidirectionalLayer`, which adds its input gradient to that of
  /// the first. Each step's state stands at the place of its step all the same.
  let isReversed: Bool
  /// The distance of two outputs, and of their gradients.
  let outputStride: Int
}

extension RecurrentLayer {
  private var alone: SequenceDirection { SequenceDirection(isReversed: false, outputStride: units) }

  package func forward(_ context: LayerContext, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>) {
    forward(context, alone, input: input, output: output)
  }

  package func backward(
    _ context: LayerContext, input: UnsafePointer<Float>, output: UnsafePointer<Float>,
    outputGradient: UnsafeMutablePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?
  ) {
    backward(context, alone, outputGradient: outputGradient, inputGradient: inputGradient)
  }

  /// Where the state after the step t taken goes in the output, or comes from in its gradient; nil where it isn't given.
  private func outputOffset(_ direction: SequenceDirection, row: Int, t: Int) -> Int? {
    guard returnsSequences else { return t == steps - 1 ? row * direction.outputStride : nil }
    return (row * steps + (direction.isReversed ? steps - 1 - t : t)) * direction.outputStride
  }

  /// output from input, steps taken and written as `direction` says.
  func forward(
    _ context: LayerContext, _ direction: SequenceDirection, input: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>
  ) {
    let memory = RecurrentWorkspace(context, self)
    let table = context.kernels.table
    memory.takeInput(context, direction, input)
    let bias = context.parameters + (features + units) * gateColumns
    let recurrentBias = bias + gateColumns
    if !isJoint {
      var all = ProductArguments(
        rows: context.rows * steps, columns: gateColumns, depth: features, a: memory.rows, aRowStride: memory.rowStride,
        b: context.packed, c: memory.gates, cRowStride: memory.gateStride)
      all.start = .bias(bias)
      table.product(all)
    }
    let recurrent = context.packed + packedOffsets(context.kernels).recurrent
    for t in 0..<steps {
      let gates = memory.gates(t) + recurrentGates
      if isJoint || t > 0 {
        var step = ProductArguments(
          rows: context.rows, columns: gateColumns, depth: isJoint ? features + units : units,
          a: isJoint ? memory.rows(t) : memory.rows(t) + features, aRowStride: memory.sampleRowStride, b: recurrent,
          c: gates, cRowStride: memory.sampleGateStride)
        switch cell {
        case .lstm: step.start = isJoint ? .bias(bias) : .existing
        case .gru: step.start = .bias(recurrentBias)
        }
        step.takesLastPanelFirst = t % 2 == 1
        table.product(step)
      } else if cell == .gru {
        for row in 0..<context.rows {
          (gates + row * memory.sampleGateStride).update(from: recurrentBias, count: gateColumns)
        }
      }
      // The last step's hidden state has no row of its own to go to.
      let isLast = t == steps - 1
      let hidden = isLast ? context.scratch : memory.rows(t + 1) + features
      let hiddenStride = isLast ? stateStride : memory.sampleRowStride
      switch cell {
      case .lstm: table.lstmGatesForward(lstmGates(context, memory, t, hidden, hiddenStride))
      case .gru: table.gruGatesForward(gruGates(context, memory, t, hidden, hiddenStride))
      }
      for row in 0..<context.rows {
        guard let offset = outputOffset(direction, row: row, t: t) else { break }
        (output + offset).update(from: hidden + row * hiddenStride, count: units)
      }
    }
  }

  /// The gradients of parameters and input after a forward pass in the same direction.
  func backward(
    _ context: LayerContext, _ direction: SequenceDirection, outputGradient: UnsafePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>?
  ) {
    let memory = RecurrentWorkspace(context, self)
    let table = context.kernels.table
    let offsets = packedOffsets(context.kernels)
    let hiddenGradient = context.scratch
    context.scratch.update(repeating: 0, count: scratchCount(rows: context.rows))
    var chunkEnd = steps
    for t in stride(from: steps - 1, through: 0, by: -1) {
      for row in 0..<context.rows {
        guard let offset = outputOffset(direction, row: row, t: t) else { break }
        let state = hiddenGradient + row * stateStride
        switch cell {
        case .lstm: state.update(from: outputGradient + offset, count: units)
        // The gates of step t + 1 have left dh · z there.
        case .gru: table.add(outputGradient + offset, state, state, units)
        }
      }
      if t < steps - 1 {
        // dh = dz(t + 1) · recurrentKernelᵀ, added to what is there; its padding columns are zeros.
        var step = ProductArguments(
          rows: context.rows, columns: context.kernels.computedColumns(units), depth: gateColumns,
          a: memory.gates(t + 1) + recurrentGates, aRowStride: memory.sampleGateStride,
          b: context.packed + offsets.toHidden, c: hiddenGradient, cRowStride: stateStride)
        if cell == .gru || returnsSequences { step.start = .existing }
        table.product(step)
      }
      switch cell {
      case .lstm: table.lstmGatesBackward(lstmGates(context, memory, t, hiddenGradient, stateStride))
      case .gru: table.gruGatesBackward(gruGates(context, memory, t, hiddenGradient, stateStride))
      }
      if !isPerBatch, let gradient = context.gradient, chunkEnd - t == Self.chunkSteps || t == 0 {
        memory.addWeightGradients(context, steps: t..<chunkEnd, into: gradient)
        chunkEnd = t
      }
    }
    guard let inputGradient else { return }
    memory.giveInputGradient(context, direction, toInput: context.packed + offsets.toInput, inputGradient)
  }

  private func lstmGates(
    _ context: LayerContext, _ memory: RecurrentWorkspace, _ t: Int, _ hidden: UnsafeMutablePointer<Float>,
    _ hiddenStride: Int
  ) -> LSTMGateArguments {
    let state = context.rows * stateStride
    let cell = context.workspace + rowsAndGatesCount(rows: context.rows)
    return LSTMGateArguments(
      groups: 1, rows: context.rows, units: units, gates: memory.gates(t), gatesGroupStride: 0,
      gatesRowStride: memory.sampleGateStride, previousCell: t == 0 ? nil : UnsafePointer(cell + (t - 1) * state),
      cell: cell + t * state, activatedCell: cell + (steps + t) * state, cellGroupStride: 0,
      cellRowStride: stateStride, hidden: hidden, hiddenGroupStride: 0, hiddenRowStride: hiddenStride,
      cellGradient: context.scratch + state, activation: .tanh, recurrentActivation: .sigmoid)
  }

  private func gruGates(
    _ context: LayerContext, _ memory: RecurrentWorkspace, _ t: Int, _ hidden: UnsafeMutablePointer<Float>,
    _ hiddenStride: Int
  ) -> GRUGateArguments {
    GRUGateArguments(
      rows: context.rows, units: units, inputGates: memory.gates(t), recurrentGates: memory.gates(t) + recurrentGates,
      gatesRowStride: memory.sampleGateStride, previousHidden: memory.rows(t) + features,
      previousHiddenRowStride: memory.sampleRowStride, hidden: hidden, hiddenRowStride: hiddenStride)
  }
}
