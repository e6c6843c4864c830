public import Kernels

/// Long short-term memory over `[T, D]`, giving the last hidden state `[U]` or all of them `[T, U]`.
///
/// Kernel `[D, 4U]`, recurrent kernel `[U, 4U]`, bias `[4U]`, gates in the order i, f, c, o:
/// https://keras.io/api/layers/recurrent_layers/lstm/
///
/// The rows `[x | h | 1]` of all steps are kept side by side: one product with `[kernel; recurrentKernel]` gives a step's gates, and one
/// with the gates' gradients gives those of kernel, recurrent kernel and bias, in the order in which they lie in memory.
/// Two ways of doing it:
/// - *stepwise* (long sequences of few features): one product a step over x and h together; weight gradients in chunks of steps
///   that stay in the second-level cache, summed a shard.
/// - *hoisted* (short sequences of many features): the input's product for all steps at once; weight gradients deferred to one product
///   over the whole minibatch, whose operands are this layer's rows and gates themselves.
public struct LSTM: RecurrentLayer {
  /// The name in model files.
  public let name: String
  /// The shape of a row of the input.
  public let inputShape: [Int]
  /// The shape of a row of the output.
  public let outputShape: [Int]
  /// All parameters, in the order of Keras.
  public let parameters: [Parameter]
  /// T, D and U.
  public let steps: Int
  /// Features of a step (D).
  public let features: Int
  /// Units (U).
  public let units: Int
  /// Whether the output is every step's hidden state.
  public let returnsSequences: Bool

  /// The weights' gradients: one product.
  public let gradientProducts: GradientProducts
  /// Where the parameters' gradient comes from.
  public let gradientSource: GradientSource

  private let hoisted: Bool
  /// Floats of a state.
  private let stateStride: Int
  /// Steps whose weight gradients are summed in one product: 128 rows of gates of 100 units are 200 KB.
  private static let chunkSteps = 32

  /// A layer on `[steps, features]`.
  public init(name: String, steps: Int, features: Int, units: Int, returnsSequences: Bool = false) {
    self.name = name
    self.steps = steps
    self.features = features
    self.units = units
    self.returnsSequences = returnsSequences
    inputShape = [steps, features]
    outputShape = returnsSequences ? [steps, units] : [units]
    parameters = Parameter.contiguous([
      ("kernel", [features, 4 * units], .glorotUniform(fanIn: features, fanOut: 4 * units)),
      ("recurrent_kernel", [units, 4 * units], .orthogonal(rows: units, columns: 4 * units)),
      ("bias", [4 * units], .unitForgetBias),
    ])
    hoisted = features > 2 * units
    stateStride = alignedToLine(units)
    let product = GradientProduct(
      inputs: features + units + 1, inputColumn: 0, outputs: 4 * units, outputColumn: 0, target: 0)
    gradientProducts = GradientProducts(
      rowsPerSample: steps,
      inputStride: hoisted
        ? rowStride(writing: units, from: features, count: features + units + 1) : alignedToLine(features + units + 1),
      outputStride: hoisted ? rowStride(writing: units, from: 3 * units) : alignedToLine(4 * units),
      products: [product])
    gradientSource = hoisted ? .deferred(gradientProducts) : .summed
  }

  // MARK: Memory

  private func memory(_ pass: LayerPass) -> SequenceMemory {
    SequenceMemory(pass, steps: steps, products: gradientProducts, isInOperands: hoisted)
  }

  private func sequenceCount(rows: Int) -> Int {
    SequenceMemory.workspaceCount(rows: rows, steps: steps, products: gradientProducts, isInOperands: hoisted)
  }

  /// The cell states of all steps, [t][row], and then the same activated.
  private func cells(_ pass: LayerPass) -> UnsafeMutablePointer<Float> {
    pass.workspace + sequenceCount(rows: pass.rows)
  }

  /// Floats kept between the passes.
  public func workspaceCount(rows: Int) -> Int { sequenceCount(rows: rows) + 2 * rows * steps * stateStride }

  /// The gradients of hidden and cell state.
  public func scratchCount(rows: Int) -> Int { 2 * rows * stateStride }

  // MARK: Packed weights

  /// The weights as the products want them.
  public func packedMatrices(_ kernels: KernelSet) -> [PackedMatrix] {
    let width = 4 * units
    var builder = PackedLayoutBuilder(kernels)
    if hoisted {
      builder.add(source: 0, steps: features, columns: width)
      builder.add(source: features * width, steps: units, columns: width)
    } else {
      builder.add(source: 0, steps: features + units, columns: width)
    }
    builder.addTransposed(source: features * width, rows: units, columns: width)
    builder.addTransposed(source: 0, rows: features, columns: width)
    return builder.matrices
  }

  /// Where the matrices above lie: the recurrent kernel (or both kernels), and the two transposes.
  private func packedOffsets(_ kernels: KernelSet) -> (recurrent: Int, toHidden: Int, toInput: Int) {
    let width = 4 * units
    let recurrent = hoisted ? kernels.packedCount(steps: features, columns: width) : 0
    let toHidden = kernels.packedCount(steps: features + units, columns: width)
    return (recurrent, toHidden, toHidden + kernels.packedCount(steps: width, columns: units))
  }

  /// Floats of all packed matrices.
  public func packedCount(_ kernels: KernelSet) -> Int {
    packedOffsets(kernels).toInput + kernels.packedCount(steps: 4 * units, columns: features)
  }

  // MARK: Forward

  /// The output of a shard, whose steps are taken and written as `walk` says.
  public func forward(
    _ pass: LayerPass, _ walk: SequenceWalk, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>
  ) {
    let memory = memory(pass)
    let table = pass.kernels.table
    memory.takeInput(self, pass, walk, input)
    let bias = pass.parameters + (features + units) * 4 * units
    if hoisted {
      var all = ProductArguments(
        rows: pass.rows * steps, columns: 4 * units, steps: features, a: memory.rows, aRowStride: memory.rowStride,
        b: pass.packed, c: memory.gates, cRowStride: memory.gateStride)
      all.start = .bias(bias)
      table.product(all)
    }
    let recurrent = pass.packed + packedOffsets(pass.kernels).recurrent
    for t in 0..<steps {
      let rows = memory.rows(t)
      if !hoisted || t > 0 {
        var step = ProductArguments(
          rows: pass.rows, columns: 4 * units, steps: hoisted ? units : features + units,
          a: hoisted ? rows + features : rows, aRowStride: memory.sampleRowStride, b: recurrent, c: memory.gates(t),
          cRowStride: memory.sampleGateStride)
        step.start = hoisted ? .existing : .bias(bias)
        table.product(step)
      }
      // The last step's hidden state has no row of its own to go to.
      let isLast = t == steps - 1
      var arguments = gateArguments(pass, memory, t)
      arguments.hidden = isLast ? pass.scratch : memory.rows(t + 1) + features
      arguments.hiddenRowStride = isLast ? stateStride : memory.sampleRowStride
      table.gatesForward(arguments)
      for row in 0..<pass.rows {
        guard let offset = outputOffset(walk, row: row, t: t) else { break }
        (output + offset).update(from: arguments.hidden + row * arguments.hiddenRowStride, count: units)
      }
    }
  }

  private func gateArguments(_ pass: LayerPass, _ memory: SequenceMemory, _ t: Int) -> GateArguments {
    let state = pass.rows * stateStride
    let cell = cells(pass)
    return GateArguments(
      groups: 1, rows: pass.rows, units: units, gates: memory.gates(t), gatesGroupStride: 0,
      gatesRowStride: memory.sampleGateStride, formerCell: t == 0 ? nil : UnsafePointer(cell + (t - 1) * state),
      cell: cell + t * state, activatedCell: cell + (steps + t) * state, cellGroupStride: 0,
      cellRowStride: stateStride, hidden: pass.scratch, hiddenGroupStride: 0, hiddenRowStride: stateStride,
      cellGradient: pass.scratch + state, activation: .tanh, recurrentActivation: .sigmoid)
  }

  // MARK: Backward

  /// The gradients of parameters and input.
  public func backward(
    _ pass: LayerPass, _ walk: SequenceWalk, outputGradient: UnsafePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>?
  ) {
    let memory = memory(pass)
    let table = pass.kernels.table
    let offsets = packedOffsets(pass.kernels)
    let hiddenGradient = pass.scratch
    (pass.scratch + pass.rows * stateStride).update(repeating: 0, count: pass.rows * stateStride)
    var chunkEnd = steps
    for t in stride(from: steps - 1, through: 0, by: -1) {
      for row in 0..<pass.rows {
        guard let offset = outputOffset(walk, row: row, t: t) else { break }
        (hiddenGradient + row * stateStride).update(from: outputGradient + offset, count: units)
      }
      if t < steps - 1 {
        // dh = dz(t + 1) · recurrentKernelᵀ, whose padding columns are zeros.
        var step = ProductArguments(
          rows: pass.rows, columns: pass.kernels.paddedColumns(units), steps: 4 * units, a: memory.gates(t + 1),
          aRowStride: memory.sampleGateStride, b: pass.packed + offsets.toHidden, c: hiddenGradient,
          cRowStride: stateStride)
        if returnsSequences { step.start = .existing }
        table.product(step)
      }
      table.gatesBackward(gateArguments(pass, memory, t))
      if !hoisted, let gradient = pass.gradient, chunkEnd - t == Self.chunkSteps || t == 0 {
        memory.addWeightGradients(gradientProducts, pass, steps: t..<chunkEnd, last: steps, into: gradient)
        chunkEnd = t
      }
    }
    guard let inputGradient else { return }
    memory.giveInputGradient(
      self, pass, walk, gateColumns: 4 * units, toInput: pass.packed + offsets.toInput, inputGradient)
  }

  /// Operations of the products, a row.
  public var work: LayerWork {
    let input = 2 * steps * features * 4 * units
    let recurrent = 2 * (hoisted ? steps - 1 : steps) * units * 4 * units
    let toHidden = 2 * (steps - 1) * units * 4 * units
    return LayerWork(
      forward: input + recurrent, backward: 2 * steps * (features + units) * 4 * units + toHidden,
      inputGradient: input)
  }
}
