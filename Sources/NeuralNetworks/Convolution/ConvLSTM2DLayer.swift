package import Kernels

/// Kernel `[1, K, C, 4F]`, recurrent kernel `[1, K, F, 4F]`, bias `[4F]`, gates i, f, c, o; output `[1, P, F]`, P = W - K + 1.
///
/// Hidden states and gates lie ordered [t][row]. Hidden states have the zeros of 'same' around them; gates have K - 1 positions of
/// zeros before and behind, as the gradients of convolutions want them.
package struct ConvLSTM2DLayer: Layer {
  package let name: String
  private let steps: Int
  private let width: Int
  private let channels: Int
  private let filters: Int
  private let activation: Activation
  private let recurrentActivation: Activation
  private let input: any Convolution
  private let recurrent: any Convolution

  package var inputShape: [Int] { [steps, 1, width, channels] }
  package var outputShape: [Int] { [1, positions, filters] }
  private var kernelSize: Int { recurrent.shape.kernelSize }
  private var positions: Int { recurrent.shape.positions }
  /// Zeros before a hidden state: (K - 1) / 2; the rest of K - 1 stand behind it.
  private var before: Int { (kernelSize - 1) / 2 }
  /// Floats of zeros before a step's gates, and behind them.
  private var gateBorder: Int { (kernelSize - 1) * 4 * filters }
  private var gateCount: Int { positions * 4 * filters + 2 * gateBorder }
  private var hiddenCount: Int { recurrent.shape.inputPositions * filters }
  private var cellCount: Int { positions * filters }

  init(_ layer: ConvLSTM2D, inputShape: [Int], algorithm: ConvolutionAlgorithm) {
    name = layer.layerName
    steps = inputShape[0]
    width = inputShape[2]
    channels = inputShape[3]
    filters = layer.filters
    activation = layer.activation
    recurrentActivation = layer.recurrentActivation
    let (size, gates) = (layer.kernelSize, 4 * layer.filters)
    let positions = width - size + 1
    func convolution(channels: Int) -> any Convolution {
      algorithm.convolution(
        ConvolutionShape(positions: positions, channels: channels, filters: gates, kernelSize: size))
    }
    input = convolution(channels: channels)
    recurrent = convolution(channels: layer.filters)
  }

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
    let gates: UnsafeMutablePointer<Float>
    let hidden: UnsafeMutablePointer<Float>
    let cell: UnsafeMutablePointer<Float>
    let activatedCell: UnsafeMutablePointer<Float>
    let transformedInput: TransformedSequences
    /// Of the hidden states that steps from the second on read.
    let transformedHidden: TransformedSequences
    let hiddenGradient: UnsafeMutablePointer<Float>
    let cellGradient: UnsafeMutablePointer<Float>
    let transformedGradient: TransformedSequences
    let convolutionScratch: UnsafeMutablePointer<Float>
  }

  private func memory(_ context: LayerContext) -> Memory {
    let count = context.rows * steps
    var workspace = context.workspace
    var scratch = context.scratch
    func take(_ floats: Int, from memory: inout UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Float> {
      defer { memory += floats }
      return memory
    }
    return Memory(
      gates: take(count * gateCount, from: &workspace), hidden: take(count * hiddenCount, from: &workspace),
      cell: take(count * cellCount, from: &workspace), activatedCell: take(count * cellCount, from: &workspace),
      transformedInput: TransformedSequences(
        memory: take(input.inputTransformCount(sequences: count), from: &workspace), capacity: count),
      transformedHidden: TransformedSequences(memory: workspace, capacity: count - context.rows),
      hiddenGradient: take(context.rows * cellCount, from: &scratch),
      cellGradient: take(context.rows * cellCount, from: &scratch),
      transformedGradient: TransformedSequences(
        memory: take(recurrent.gradientTransformCount(sequences: count), from: &scratch), capacity: count),
      convolutionScratch: scratch)
  }

  package func workspaceCount(rows: Int) -> Int {
    rows * steps * (gateCount + hiddenCount + 2 * cellCount) + input.inputTransformCount(sequences: rows * steps)
      + recurrent.inputTransformCount(sequences: rows * (steps - 1))
  }

  package func scratchCount(rows: Int) -> Int {
    2 * rows * cellCount + recurrent.gradientTransformCount(sequences: rows * steps)
      + max(input.scratchCount(sequences: rows), recurrent.scratchCount(sequences: rows))
  }

  /// The zeros around hidden states and gates must outlast every pass: shards of fewer rows lay memory out differently, so the
  /// borders are written anew in each pass instead of once.
  private func clearBorders(_ memory: Memory, rows: Int) {
    for index in 0..<(rows * steps) {
      let gates = memory.gates + index * gateCount
      gates.update(repeating: 0, count: gateBorder)
      (gates + gateCount - gateBorder).update(repeating: 0, count: gateBorder)
      let hidden = memory.hidden + index * hiddenCount
      let end = before * filters + cellCount
      hidden.update(repeating: 0, count: before * filters)
      (hidden + end).update(repeating: 0, count: hiddenCount - end)
    }
  }

  /// The gates, or the hidden states with their zeros, of `count` steps from step t on.
  private func gates(_ memory: Memory, rows: Int, from t: Int, count: Int = 1) -> Sequences {
    Sequences(
      first: memory.gates + t * rows * gateCount + gateBorder, rows: rows, rowStride: gateCount, steps: count,
      stepStride: rows * gateCount)
  }
  private func hidden(_ memory: Memory, rows: Int, from t: Int, count: Int = 1) -> Sequences {
    Sequences(
      first: memory.hidden + t * rows * hiddenCount, rows: rows, rowStride: hiddenCount, steps: count,
      stepStride: rows * hiddenCount)
  }

  /// The input, or its gradient, of `count` steps from step t on.
  private func inputs(_ first: UnsafeMutablePointer<Float>, rows: Int, from t: Int, count: Int = 1) -> Sequences {
    Sequences(
      first: first + t * width * channels, rows: rows, rowStride: inputCount, steps: count,
      stepStride: width * channels)
  }

  // MARK: Packed weights

  package func packedMatrices(_ kernels: KernelSet) -> [PackedMatrix] {
    var builder = PackedLayoutBuilder(kernels)
    recurrent.addMatrices(to: &builder, source: input.shape.kernelCount, inputGradient: .backward)
    input.addMatrices(to: &builder, source: 0, inputGradient: .inputGradient)
    return builder.matrices
  }

  private func recurrentContext(_ context: LayerContext, _ memory: Memory) -> ConvolutionContext {
    ConvolutionContext(kernels: context.kernels, packed: context.packed, scratch: memory.convolutionScratch)
  }
  private func inputContext(_ context: LayerContext, _ memory: Memory) -> ConvolutionContext {
    ConvolutionContext(
      kernels: context.kernels, packed: context.packed + recurrent.packedCount(context.kernels),
      scratch: memory.convolutionScratch)
  }

  // MARK: Passes

  package func forward(_ context: LayerContext, input x: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>) {
    let memory = memory(context)
    let rows = context.rows
    let bias = context.parameters + input.shape.kernelCount + recurrent.shape.kernelCount
    let x = UnsafeMutablePointer(mutating: x)
    clearBorders(memory, rows: rows)
    let inputContext = inputContext(context, memory)
    for t in 0..<steps {
      let added =
        t == 0
        ? nil
        : AddedConvolution(
          channels: filters, packed: context.packed, input: hidden(memory, rows: rows, from: t - 1),
          transformed: memory.transformedHidden.from((t - 1) * rows))
      input.forward(
        inputContext, input: inputs(x, rows: rows, from: t), transformed: memory.transformedInput.from(t * rows),
        adding: added, bias: bias, rectified: false, output: gates(memory, rows: rows, from: t))
      context.kernels.table.lstmGatesForward(gateArguments(context, memory, t))
    }
    for row in 0..<rows {
      let last = memory.hidden + ((steps - 1) * rows + row) * hiddenCount + before * filters
      (output + row * outputCount).update(from: last, count: outputCount)
    }
  }

  private func gateArguments(_ context: LayerContext, _ memory: Memory, _ t: Int) -> LSTMGateArguments {
    let cells = context.rows * cellCount
    return LSTMGateArguments(
      groups: context.rows, rows: positions, units: filters,
      gates: gates(memory, rows: context.rows, from: t).first, gatesGroupStride: gateCount,
      gatesRowStride: 4 * filters, previousCell: t == 0 ? nil : UnsafePointer(memory.cell + (t - 1) * cells),
      cell: memory.cell + t * cells, activatedCell: memory.activatedCell + t * cells, cellGroupStride: cellCount,
      cellRowStride: filters, hidden: memory.hidden + t * context.rows * hiddenCount + before * filters,
      hiddenGroupStride: hiddenCount, hiddenRowStride: filters, cellGradient: memory.cellGradient,
      activation: activation, recurrentActivation: recurrentActivation)
  }

  package func backward(
    _ context: LayerContext, input x: UnsafePointer<Float>, output: UnsafePointer<Float>,
    outputGradient: UnsafeMutablePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?
  ) {
    let memory = memory(context)
    let rows = context.rows
    let recurrentContext = recurrentContext(context, memory)
    memory.cellGradient.update(repeating: 0, count: rows * cellCount)
    for t in stride(from: steps - 1, through: 0, by: -1) {
      var arguments = gateArguments(context, memory, t)
      arguments.hidden = t == steps - 1 ? outputGradient : memory.hiddenGradient
      arguments.hiddenGroupStride = cellCount
      context.kernels.table.lstmGatesBackward(arguments)
      let gates = gates(memory, rows: rows, from: t)
      let transformed = memory.transformedGradient.from(t * rows)
      recurrent.transformGradient(recurrentContext, outputGradient: gates, into: transformed)
      if t > 0 {
        recurrent.inputGradient(
          recurrentContext, outputGradient: gates, transformed: transformed, range: before..<(before + positions),
          into: Sequences(first: memory.hiddenGradient, rows: rows, rowStride: cellCount))
      }
    }
    if let gradient = context.gradient {
      weightGradients(context, memory, input: UnsafeMutablePointer(mutating: x), into: gradient)
    }
    guard let inputGradient else { return }
    for t in 0..<steps {
      input.inputGradient(
        inputContext(context, memory), outputGradient: gates(memory, rows: rows, from: t),
        transformed: memory.transformedGradient.from(t * rows), range: 0..<width,
        into: inputs(inputGradient, rows: rows, from: t))
    }
  }

  private func weightGradients(
    _ context: LayerContext, _ memory: Memory, input x: UnsafeMutablePointer<Float>,
    into gradient: UnsafeMutablePointer<Float>
  ) {
    let rows = context.rows
    let all = gates(memory, rows: rows, from: 0, count: steps)
    input.weightGradient(
      inputContext(context, memory), input: inputs(x, rows: rows, from: 0, count: steps),
      transformedInput: memory.transformedInput, outputGradient: all,
      transformedGradient: memory.transformedGradient, into: gradient)
    recurrent.weightGradient(
      recurrentContext(context, memory), input: hidden(memory, rows: rows, from: 0, count: steps - 1),
      transformedInput: memory.transformedHidden,
      outputGradient: gates(memory, rows: rows, from: 1, count: steps - 1),
      transformedGradient: memory.transformedGradient.from(rows), into: gradient + input.shape.kernelCount)
    context.kernels.table.columnSums(
      ColumnSumArguments(
        columns: 4 * filters, segments: all.count, depth: positions, b: all.first, bSegmentStride: gateCount,
        bDepthStride: 4 * filters, sum: gradient + input.shape.kernelCount + recurrent.shape.kernelCount))
  }

  package var flops: LayerFlops {
    let ofInput = steps * input.shape.flops
    let ofHidden = (steps - 1) * recurrent.shape.flops
    return LayerFlops(forward: ofInput + ofHidden, backward: ofInput + 2 * ofHidden, inputGradient: ofInput)
  }
}

extension TransformedSequences {
  /// Those from a sequence on.
  fileprivate func from(_ first: Int) -> TransformedSequences {
    TransformedSequences(memory: memory, capacity: capacity, first: self.first + first)
  }
}
