public import Kernels

/// Gated recurrent units over `[T, D]`, giving the last hidden state `[U]` or all of them `[T, U]`.
///
/// Kernel `[D, 3U]`, recurrent kernel `[U, 3U]`, bias `[2, 3U]` (the input's, then the recurrent one), gates in the order z, r, h;
/// the reset gate comes after the recurrent product (Keras's `reset_after`, its default):
/// https://keras.io/api/layers/recurrent_layers/gru/
///
/// A step's gates are `[x · kernel + bias | h · recurrentKernel + bias]`, because the reset gate stands between the two candidates: the first half
/// is one product for all steps, the second one product a step. With the gates' gradients in both halves, those of the weights are
/// products with `[x | h | 1]`, summed a shard in chunks of steps that stay in the second-level cache, or, where there are many
/// features, deferred to products over the whole minibatch.
public struct GRU: RecurrentLayer {
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
  /// The weights' gradients: those of kernel and recurrent kernel, and of the two rows of the bias.
  public let gradientProducts: GradientProducts
  /// Where the parameters' gradient comes from.
  public let gradientSource: GradientSource

  private let isDeferred: Bool
  /// Floats of a state, and of each half of a step's gates.
  private let stateStride: Int
  private let halfStride: Int
  /// Steps whose weight gradients are summed in one go.
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
    let width = 3 * units
    parameters = Parameter.contiguous([
      ("kernel", [features, width], .glorotUniform(fanIn: features, fanOut: width)),
      ("recurrent_kernel", [units, width], .orthogonal(rows: units, columns: width)),
      ("bias", [2, width], .zeros),
    ])
    isDeferred = features > 2 * units
    stateStride = alignedToLine(units)
    let halfStride = rowStride(writing: units, from: 2 * units)
    self.halfStride = halfStride
    let ones = features + units
    func product(inputs: Int, from inputColumn: Int, half: Int, row: Int) -> GradientProduct {
      GradientProduct(
        inputs: inputs, inputColumn: inputColumn, outputs: width, outputColumn: half * halfStride,
        target: row * width)
    }
    gradientProducts = GradientProducts(
      rowsPerSample: steps, inputStride: rowStride(writing: units, from: features, count: ones + 1),
      outputStride: 2 * halfStride,
      products: [
        product(inputs: features, from: 0, half: 0, row: 0),
        product(inputs: units, from: features, half: 1, row: features),
        product(inputs: 1, from: ones, half: 0, row: ones), product(inputs: 1, from: ones, half: 1, row: ones + 1),
      ])
    gradientSource = isDeferred ? .deferred(gradientProducts) : .summed
  }

  // MARK: Memory

  private func memory(_ pass: LayerPass) -> SequenceMemory {
    SequenceMemory(pass, steps: steps, products: gradientProducts, isInOperands: isDeferred)
  }

  /// Floats kept between the passes.
  public func workspaceCount(rows: Int) -> Int {
    SequenceMemory.workspaceCount(rows: rows, steps: steps, products: gradientProducts, isInOperands: isDeferred)
  }

  /// The last hidden state, or the gradient of one.
  public func scratchCount(rows: Int) -> Int { rows * stateStride }

  // MARK: Packed weights

  /// The weights as the products want them.
  public func packedMatrices(_ kernels: KernelSet) -> [PackedMatrix] {
    let width = 3 * units
    var builder = PackedLayoutBuilder(kernels)
    builder.add(source: 0, steps: features, columns: width)
    builder.add(source: features * width, steps: units, columns: width)
    builder.addTransposed(source: features * width, rows: units, columns: width)
    builder.addTransposed(source: 0, rows: features, columns: width)
    return builder.matrices
  }

  /// Where the recurrent kernel and the two transposes lie.
  private func packedOffsets(_ kernels: KernelSet) -> (recurrent: Int, toHidden: Int, toInput: Int) {
    let width = 3 * units
    let recurrent = kernels.packedCount(steps: features, columns: width)
    let toHidden = recurrent + kernels.packedCount(steps: units, columns: width)
    return (recurrent, toHidden, toHidden + kernels.packedCount(steps: width, columns: units))
  }

  /// Floats of all packed matrices.
  public func packedCount(_ kernels: KernelSet) -> Int {
    packedOffsets(kernels).toInput + kernels.packedCount(steps: 3 * units, columns: features)
  }

  // MARK: Forward

  /// The output of a shard, whose steps are taken and written as `walk` says.
  public func forward(
    _ pass: LayerPass, _ walk: SequenceWalk, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>
  ) {
    let memory = memory(pass)
    let table = pass.kernels.table
    memory.takeInput(self, pass, walk, input)
    let inputBias = pass.parameters + (features + units) * 3 * units
    let recurrentBias = inputBias + 3 * units
    var all = ProductArguments(
      rows: pass.rows * steps, columns: 3 * units, steps: features, a: memory.rows, aRowStride: memory.rowStride,
      b: pass.packed, c: memory.gates, cRowStride: memory.gateStride)
    all.start = .bias(inputBias)
    table.product(all)
    let recurrent = pass.packed + packedOffsets(pass.kernels).recurrent
    for t in 0..<steps {
      let gates = memory.gates(t) + halfStride
      if t == 0 {
        for row in 0..<pass.rows {
          (gates + row * memory.sampleGateStride).update(from: recurrentBias, count: 3 * units)
        }
      } else {
        var step = ProductArguments(
          rows: pass.rows, columns: 3 * units, steps: units, a: memory.rows(t) + features,
          aRowStride: memory.sampleRowStride, b: recurrent, c: gates, cRowStride: memory.sampleGateStride)
        step.start = .bias(recurrentBias)
        table.product(step)
      }
      // The last step's hidden state has no row of its own to go to.
      let isLast = t == steps - 1
      var arguments = gateArguments(pass, memory, t)
      if !isLast {
        arguments.hidden = memory.rows(t + 1) + features
        arguments.hiddenRowStride = memory.sampleRowStride
      }
      table.gruGatesForward(arguments)
      for row in 0..<pass.rows {
        guard let offset = outputOffset(walk, row: row, t: t) else { break }
        (output + offset).update(from: arguments.hidden + row * arguments.hiddenRowStride, count: units)
      }
    }
  }

  private func gateArguments(_ pass: LayerPass, _ memory: SequenceMemory, _ t: Int) -> GRUGateArguments {
    GRUGateArguments(
      rows: pass.rows, units: units, inputGates: memory.gates(t), recurrentGates: memory.gates(t) + halfStride,
      gatesRowStride: memory.sampleGateStride, formerHidden: memory.rows(t) + features,
      formerHiddenRowStride: memory.sampleRowStride, hidden: pass.scratch, hiddenRowStride: stateStride)
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
    hiddenGradient.update(repeating: 0, count: pass.rows * stateStride)
    var chunkEnd = steps
    for t in stride(from: steps - 1, through: 0, by: -1) {
      for row in 0..<pass.rows {
        guard let offset = outputOffset(walk, row: row, t: t) else { break }
        let sum = hiddenGradient + row * stateStride
        table.add(outputGradient + offset, sum, sum, units)
      }
      if t < steps - 1 {
        // dh += dz(t + 1) · recurrentKernelᵀ, whose padding columns are zeros; the gates have left dh · z there.
        var step = ProductArguments(
          rows: pass.rows, columns: pass.kernels.paddedColumns(units), steps: 3 * units,
          a: memory.gates(t + 1) + halfStride, aRowStride: memory.sampleGateStride, b: pass.packed + offsets.toHidden,
          c: hiddenGradient, cRowStride: stateStride)
        step.start = .existing
        table.product(step)
      }
      table.gruGatesBackward(gateArguments(pass, memory, t))
      if !isDeferred, let gradient = pass.gradient, chunkEnd - t == Self.chunkSteps || t == 0 {
        memory.addWeightGradients(gradientProducts, pass, steps: t..<chunkEnd, last: steps, into: gradient)
        chunkEnd = t
      }
    }
    guard let inputGradient else { return }
    memory.giveInputGradient(
      self, pass, walk, gateColumns: 3 * units, toInput: pass.packed + offsets.toInput, inputGradient)
  }

  /// Operations of the products, a row.
  public var work: LayerWork {
    let input = 2 * steps * features * 3 * units
    let recurrent = 2 * (steps - 1) * units * 3 * units
    let weights = 2 * steps * (features + units + 2) * 3 * units
    return LayerWork(forward: input + recurrent, backward: weights + recurrent, inputGradient: input)
  }
}
