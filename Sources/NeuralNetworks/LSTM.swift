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
public struct LSTM: Layer {
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

  private let hoisted: Bool
  /// Floats of a row `[x | h | 1]`, of the gates, and of a state.
  private let rowStride: Int
  private let gateStride: Int
  private let stateStride: Int
  private let product: DeferredProduct
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
    rowStride = alignedToLine(features + units + 1)
    gateStride = alignedToLine(4 * units)
    stateStride = alignedToLine(units)
    product = DeferredProduct(
      inputs: features + units + 1, outputs: 4 * units, rowsPerSample: steps, inputStride: rowStride,
      outputStride: gateStride)
  }

  /// Where the parameters' gradient comes from.
  public var gradientSource: GradientSource { hoisted ? .deferred(product) : .summed }

  // MARK: Memory

  /// Where the rows and gates of a pass lie. Stepwise they are ordered [t][row], hoisted [row][t] as the deferred product wants.
  private struct Memory {
    var rows: UnsafeMutablePointer<Float>
    var gates: UnsafeMutablePointer<Float>
    var cell: UnsafeMutablePointer<Float>
    var activatedCell: UnsafeMutablePointer<Float>
    /// Distances, in rows of `[x | h | 1]` or of gates, of two steps and of two samples.
    var stepDistance: Int
    var sampleDistance: Int
  }

  private func memory(_ pass: LayerPass) -> Memory {
    let inWorkspace = hoisted ? 0 : pass.rows * steps * (rowStride + gateStride)
    let cell = pass.workspace + inWorkspace
    return Memory(
      rows: hoisted ? pass.inputOperand : pass.workspace,
      gates: hoisted ? pass.gradientOperand : pass.workspace + pass.rows * steps * rowStride,
      cell: cell, activatedCell: cell + pass.rows * steps * stateStride,
      stepDistance: hoisted ? 1 : pass.rows, sampleDistance: hoisted ? steps : 1)
  }

  /// Floats kept between the passes.
  public func workspaceCount(rows: Int) -> Int {
    rows * steps * (2 * stateStride + (hoisted ? 0 : rowStride + gateStride))
  }

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

  // MARK: Forward

  /// The output of a shard.
  public func forward(_ pass: LayerPass, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>) {
    let memory = memory(pass)
    let table = pass.kernels.table
    for row in 0..<pass.rows {
      for t in 0..<steps {
        let target = memory.rows + (t * memory.stepDistance + row * memory.sampleDistance) * rowStride
        target.update(from: input + (row * steps + t) * features, count: features)
        if t == 0 { (target + features).update(repeating: 0, count: units) }
        target[features + units] = 1
      }
    }
    let bias = pass.parameters + (features + units) * 4 * units
    if hoisted {
      var all = ProductArguments(
        rows: pass.rows * steps, columns: 4 * units, steps: features, a: memory.rows, aRowStride: rowStride,
        b: pass.packed, c: memory.gates, cRowStride: gateStride)
      all.start = .bias(bias)
      table.product(all)
    }
    let recurrent = pass.packed + packedOffsets(pass.kernels).recurrent
    // The last step's hidden state has no row of its own to go to.
    let last = pass.scratch
    for t in 0..<steps {
      let rows = memory.rows + t * memory.stepDistance * rowStride
      let gates = memory.gates + t * memory.stepDistance * gateStride
      if !hoisted || t > 0 {
        var step = ProductArguments(
          rows: pass.rows, columns: 4 * units, steps: hoisted ? units : features + units,
          a: hoisted ? rows + features : rows, aRowStride: memory.sampleDistance * rowStride, b: recurrent, c: gates,
          cRowStride: memory.sampleDistance * gateStride)
        step.start = hoisted ? .existing : .bias(bias)
        table.product(step)
      }
      let isLast = t == steps - 1
      let next = rows + memory.stepDistance * rowStride + features
      var arguments = gateArguments(pass, memory, t)
      arguments.hidden = isLast ? last : next
      arguments.hiddenRowStride = isLast ? stateStride : memory.sampleDistance * rowStride
      table.gatesForward(arguments)
      if returnsSequences || isLast {
        for row in 0..<pass.rows {
          let target = output + (returnsSequences ? (row * steps + t) * units : row * units)
          target.update(from: arguments.hidden + row * arguments.hiddenRowStride, count: units)
        }
      }
    }
  }

  private func gateArguments(_ pass: LayerPass, _ memory: Memory, _ t: Int) -> GateArguments {
    let state = pass.rows * stateStride
    return GateArguments(
      groups: 1, rows: pass.rows, units: units, gates: memory.gates + t * memory.stepDistance * gateStride,
      gatesGroupStride: 0, gatesRowStride: memory.sampleDistance * gateStride,
      formerCell: t == 0 ? nil : UnsafePointer(memory.cell + (t - 1) * state), cell: memory.cell + t * state,
      activatedCell: memory.activatedCell + t * state, cellGroupStride: 0, cellRowStride: stateStride,
      hidden: pass.scratch, hiddenGroupStride: 0, hiddenRowStride: stateStride,
      cellGradient: pass.scratch + state, activation: .tanh, recurrentActivation: .sigmoid)
  }

  // MARK: Backward

  /// The gradients of parameters and input.
  public func backward(
    _ pass: LayerPass, input: UnsafePointer<Float>, output: UnsafePointer<Float>,
    outputGradient: UnsafeMutablePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?
  ) {
    let memory = memory(pass)
    let table = pass.kernels.table
    let offsets = packedOffsets(pass.kernels)
    let hiddenGradient = pass.scratch
    (pass.scratch + pass.rows * stateStride).update(repeating: 0, count: pass.rows * stateStride)
    var chunkEnd = steps
    for t in stride(from: steps - 1, through: 0, by: -1) {
      let isLast = t == steps - 1
      if isLast || returnsSequences {
        for row in 0..<pass.rows {
          let source = outputGradient + (returnsSequences ? (row * steps + t) * units : row * units)
          (hiddenGradient + row * stateStride).update(from: source, count: units)
        }
      }
      if !isLast {
        // dh = dz(t + 1) · recurrentKernelᵀ, whose padding columns are zeros.
        let next = memory.gates + (t + 1) * memory.stepDistance * gateStride
        var step = ProductArguments(
          rows: pass.rows, columns: pass.kernels.paddedColumns(units), steps: 4 * units, a: next,
          aRowStride: memory.sampleDistance * gateStride, b: pass.packed + offsets.toHidden, c: hiddenGradient,
          cRowStride: stateStride)
        if returnsSequences { step.start = .existing }
        table.product(step)
      }
      table.gatesBackward(gateArguments(pass, memory, t))
      if !hoisted, let gradient = pass.gradient, chunkEnd - t == Self.chunkSteps || t == 0 {
        addWeightGradient(pass, memory, steps: t..<chunkEnd, into: gradient)
        chunkEnd = t
      }
    }
    guard let inputGradient else { return }
    // dx = dz · kernelᵀ for all steps; groups are steps where they come first.
    var all = ProductArguments(
      rows: hoisted ? pass.rows * steps : pass.rows, columns: features, steps: 4 * units, a: memory.gates,
      aRowStride: gateStride, b: pass.packed + offsets.toInput, c: inputGradient,
      cRowStride: hoisted ? features : steps * features)
    all.groups = hoisted ? 1 : steps
    all.aGroupStride = pass.rows * gateStride
    all.cGroupStride = features
    table.product(all)
  }

  /// `[kernel; recurrentKernel; bias]` += `[x | h | 1]`ᵀ · dz over a chunk of steps.
  private func addWeightGradient(
    _ pass: LayerPass, _ memory: Memory, steps: Range<Int>, into gradient: UnsafeMutablePointer<Float>
  ) {
    var arguments = ProductArguments(
      rows: features + units + 1, columns: 4 * units, steps: steps.count * pass.rows,
      a: memory.rows + steps.lowerBound * pass.rows * rowStride, aRowStride: 1,
      b: memory.gates + steps.lowerBound * pass.rows * gateStride, c: gradient, cRowStride: 4 * units)
    arguments.aStepStride = rowStride
    arguments.bStepStride = gateStride
    arguments.start = steps.upperBound == self.steps ? .zeros : .existing
    pass.kernels.table.product(arguments)
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
