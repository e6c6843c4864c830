public import Kernels

/// A convolutional LSTM over `[T, 1, W, C]` with a kernel of one row, giving the last hidden state `[1, W', F]`, W' = W - K + 1.
///
/// Shi et al. (2015) without peepholes, as https://keras.io/api/layers/recurrent_layers/conv_lstm2d/: the input's convolution is 'valid', the
/// recurrent one 'same'. Kernel `[1, K, C, 4F]`, recurrent kernel `[1, K, F, 4F]`, bias `[4F]`, gates i, f, c, o.
///
/// Hidden states and gates lie ordered [t][row], each with rows of zeros around its W' positions, so that every window of K
/// positions is one run of floats and all convolutions, forward and backward, are products over overlapping rows.
public struct ConvLSTM2D: Layer {
  /// The name in model files.
  public let name: String
  /// The shape of a row of the input.
  public let inputShape: [Int]
  /// The shape of a row of the output.
  public let outputShape: [Int]
  /// All parameters, in the order of Keras.
  public let parameters: [Parameter]
  /// T, W, C, F and K.
  public let steps: Int
  /// Positions of a step (W).
  public let width: Int
  /// Channels of a step (C).
  public let channels: Int
  /// Filters (F).
  public let filters: Int
  /// Taps of the convolution (K).
  public let kernelSize: Int
  /// The function of candidate and output, and that of the gates.
  public let activation: Activation
  /// The function of the gates.
  public let recurrentActivation: Activation

  private var positions: Int { width - kernelSize + 1 }
  /// Positions with the zeros of 'same': (K - 1) / 2 before, the rest behind.
  private var paddedPositions: Int { positions + kernelSize - 1 }
  private var before: Int { (kernelSize - 1) / 2 }
  /// Zeros before the gates' gradients, for the transposed convolution: the mirror of `before`.
  private var beforeGates: Int { kernelSize - 1 - before }
  private var gateCount: Int { paddedPositions * 4 * filters }
  private var hiddenCount: Int { paddedPositions * filters }
  private var cellCount: Int { positions * filters }

  /// A layer on `[steps, 1, width, channels]`.
  public init(
    name: String, steps: Int, width: Int, channels: Int, filters: Int, kernelSize: Int, activation: Activation,
    recurrentActivation: Activation
  ) {
    self.name = name
    self.steps = steps
    self.width = width
    self.channels = channels
    self.filters = filters
    self.kernelSize = kernelSize
    self.activation = activation
    self.recurrentActivation = recurrentActivation
    inputShape = [steps, 1, width, channels]
    outputShape = [1, width - kernelSize + 1, filters]
    parameters = Parameter.contiguous([
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

  private func memory(_ pass: LayerPass) -> Memory {
    let count = pass.rows * steps
    let hidden = pass.workspace + count * gateCount
    let cell = hidden + count * hiddenCount
    return Memory(
      gates: pass.workspace, hidden: hidden, cell: cell, activatedCell: cell + count * cellCount)
  }

  /// Floats kept between the passes.
  public func workspaceCount(rows: Int) -> Int { rows * steps * (gateCount + hiddenCount + 2 * cellCount) }
  /// Floats of scratch.
  public func scratchCount(rows: Int) -> Int { 2 * rows * cellCount }

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

  /// The weights as the products want them.
  public func packedMatrices(_ kernels: KernelSet) -> [PackedMatrix] {
    var builder = PackedLayoutBuilder(kernels)
    builder.add(source: 0, steps: kernelSize * channels, columns: 4 * filters)
    builder.add(source: kernelCount, steps: kernelSize * filters, columns: 4 * filters)
    builder.addFlipped(source: kernelCount, kernelSize: kernelSize, channels: filters, filters: 4 * filters)
    return builder.matrices
  }

  /// Where the recurrent kernel and its transpose lie.
  private func packedOffsets(_ kernels: KernelSet) -> (recurrent: Int, toHidden: Int) {
    let recurrent = kernels.packedCount(steps: kernelSize * channels, columns: 4 * filters)
    return (recurrent, recurrent + kernels.packedCount(steps: kernelSize * filters, columns: 4 * filters))
  }

  // MARK: Forward

  /// The output of a shard.
  public func forward(_ pass: LayerPass, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>) {
    let memory = memory(pass)
    let table = pass.kernels.table
    clearBorders(memory, rows: pass.rows)
    let packed = packedOffsets(pass.kernels)
    let gates = 4 * filters
    for t in 0..<steps {
      let stepGates = memory.gates + t * pass.rows * gateCount + beforeGates * gates
      var fromInput = ProductArguments(
        rows: positions, columns: gates, steps: kernelSize * channels, a: input + t * width * channels,
        aRowStride: channels, b: pass.packed, c: stepGates, cRowStride: gates)
      fromInput.groups = pass.rows
      fromInput.aGroupStride = steps * width * channels
      fromInput.cGroupStride = gateCount
      fromInput.start = .bias(pass.parameters + kernelCount + recurrentCount)
      table.product(fromInput)
      if t > 0 {
        var fromHidden = ProductArguments(
          rows: positions, columns: gates, steps: kernelSize * filters,
          a: memory.hidden + (t - 1) * pass.rows * hiddenCount, aRowStride: filters, b: pass.packed + packed.recurrent,
          c: stepGates, cRowStride: gates)
        fromHidden.groups = pass.rows
        fromHidden.aGroupStride = hiddenCount
        fromHidden.cGroupStride = gateCount
        fromHidden.start = .existing
        table.product(fromHidden)
      }
      table.gatesForward(gateArguments(pass, memory, t))
    }
    for row in 0..<pass.rows {
      let last = memory.hidden + ((steps - 1) * pass.rows + row) * hiddenCount + before * filters
      (output + row * outputCount).update(from: last, count: outputCount)
    }
  }

  private func gateArguments(_ pass: LayerPass, _ memory: Memory, _ t: Int) -> GateArguments {
    let cells = pass.rows * cellCount
    return GateArguments(
      groups: pass.rows, rows: positions, units: filters,
      gates: memory.gates + t * pass.rows * gateCount + beforeGates * 4 * filters, gatesGroupStride: gateCount,
      gatesRowStride: 4 * filters, formerCell: t == 0 ? nil : UnsafePointer(memory.cell + (t - 1) * cells),
      cell: memory.cell + t * cells, activatedCell: memory.activatedCell + t * cells, cellGroupStride: cellCount,
      cellRowStride: filters, hidden: memory.hidden + t * pass.rows * hiddenCount + before * filters,
      hiddenGroupStride: hiddenCount, hiddenRowStride: filters, cellGradient: pass.scratch + cells,
      activation: activation, recurrentActivation: recurrentActivation)
  }

  // MARK: Backward

  /// The gradients of parameters and input.
  public func backward(
    _ pass: LayerPass, input: UnsafePointer<Float>, output: UnsafePointer<Float>,
    outputGradient: UnsafeMutablePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?
  ) {
    precondition(inputGradient == nil, "the convolutional LSTM is a first layer")
    let memory = memory(pass)
    let table = pass.kernels.table
    let packed = packedOffsets(pass.kernels)
    let cells = pass.rows * cellCount
    (pass.scratch + cells).update(repeating: 0, count: cells)
    for t in stride(from: steps - 1, through: 0, by: -1) {
      var arguments = gateArguments(pass, memory, t)
      arguments.hidden = pass.scratch
      arguments.hiddenGroupStride = cellCount
      if t == steps - 1 {
        arguments.hidden = outputGradient
      } else {
        var toHidden = ProductArguments(
          rows: positions, columns: filters, steps: kernelSize * 4 * filters,
          a: memory.gates + (t + 1) * pass.rows * gateCount, aRowStride: 4 * filters, b: pass.packed + packed.toHidden,
          c: pass.scratch, cRowStride: filters)
        toHidden.groups = pass.rows
        toHidden.aGroupStride = gateCount
        toHidden.cGroupStride = cellCount
        table.product(toHidden)
      }
      table.gatesBackward(arguments)
    }
    if let gradient = pass.gradient { weightGradients(pass, memory, input: input, into: gradient) }
  }

  private func weightGradients(
    _ pass: LayerPass, _ memory: Memory, input: UnsafePointer<Float>, into gradient: UnsafeMutablePointer<Float>
  ) {
    let table = pass.kernels.table
    // Segments are (t, row) pairs, whose gates lie one distance apart; those of the input are ordered [row][t].
    for t in 0..<steps {
      var kernel = weightGradient(
        pass, memory, t, a: input + t * width * channels, rows: kernelSize * channels, stride: channels, c: gradient)
      kernel.aSegmentStride = steps * width * channels
      kernel.segments = pass.rows
      kernel.start = t == 0 ? .zeros : .existing
      table.product(kernel)
    }
    var recurrent = weightGradient(
      pass, memory, 1, a: memory.hidden, rows: kernelSize * filters, stride: filters, c: gradient + kernelCount)
    recurrent.aSegmentStride = hiddenCount
    recurrent.segments = pass.rows * (steps - 1)
    table.product(recurrent)
    withOne { one in
      var bias = weightGradient(
        pass, memory, 0, a: one, rows: 1, stride: 0, c: gradient + kernelCount + recurrentCount)
      bias.segments = pass.rows * steps
      table.product(bias)
    }
  }

  /// Σ over segments and positions of windowᵀ · dz, from step t on.
  private func weightGradient(
    _ pass: LayerPass, _ memory: Memory, _ t: Int, a: UnsafePointer<Float>, rows: Int, stride: Int,
    c: UnsafeMutablePointer<Float>
  ) -> ProductArguments {
    var arguments = ProductArguments(
      rows: rows, columns: 4 * filters, steps: positions, a: a, aRowStride: 1,
      b: memory.gates + t * pass.rows * gateCount + beforeGates * 4 * filters, c: c, cRowStride: 4 * filters)
    arguments.aStepStride = stride
    arguments.bStepStride = 4 * filters
    arguments.bSegmentStride = gateCount
    return arguments
  }

  /// Operations of the products, a row.
  public var work: LayerWork {
    let input = 2 * steps * positions * kernelSize * channels * 4 * filters
    let recurrent = 2 * (steps - 1) * positions * kernelSize * filters * 4 * filters
    return LayerWork(forward: input + recurrent, backward: input + 2 * recurrent)
  }
}
