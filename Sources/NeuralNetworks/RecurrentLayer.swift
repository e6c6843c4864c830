public import Kernels

/// A layer over sequences `[T, D]` that gives its last state `[U]` or all of them `[T, U]`, and can be a direction of ``Bidirectional``.
public protocol RecurrentLayer: Layer {
  /// T.
  var steps: Int { get }
  /// Features of a step (D).
  var features: Int { get }
  /// Units (U).
  var units: Int { get }
  /// Whether the output is every step's hidden state.
  var returnsSequences: Bool { get }
  /// The weights' gradients as products of the rows `[x | h | 1]` and of the gates' gradients.
  var gradientProducts: GradientProducts { get }
  /// Floats of all packed matrices.
  func packedCount(_ kernels: KernelSet) -> Int
  /// The output of a shard, whose steps are taken and written as `walk` says.
  func forward(
    _ pass: LayerPass, _ walk: SequenceWalk, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>)
  /// The gradients of parameters and input after a forward pass with the same walk.
  func backward(
    _ pass: LayerPass, _ walk: SequenceWalk, outputGradient: UnsafePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>?)
}

/// How a recurrent layer walks over its sequences, and where its outputs stand among those of another.
public struct SequenceWalk: Sendable {
  /// Whether the last step is taken first. Each step's state stands at the place of its step all the same.
  public var isReversed: Bool
  /// The distance of two outputs, and of their gradients.
  public var outputStride: Int
  /// Whether the input's gradient is added to what is there.
  public var addsToInputGradient: Bool

  /// Memberwise.
  public init(isReversed: Bool, outputStride: Int, addsToInputGradient: Bool) {
    self.isReversed = isReversed
    self.outputStride = outputStride
    self.addsToInputGradient = addsToInputGradient
  }
}

extension RecurrentLayer {
  private var alone: SequenceWalk {
    SequenceWalk(isReversed: false, outputStride: units, addsToInputGradient: false)
  }

  /// The output of a shard.
  public func forward(_ pass: LayerPass, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>) {
    forward(pass, alone, input: input, output: output)
  }

  /// The gradients of parameters and input.
  public func backward(
    _ pass: LayerPass, input: UnsafePointer<Float>, output: UnsafePointer<Float>,
    outputGradient: UnsafeMutablePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?
  ) {
    backward(pass, alone, outputGradient: outputGradient, inputGradient: inputGradient)
  }
}

/// Floats of a row of which `units` floats from `first` on are written by gate kernels, and `count` are in use.
///
/// Those kernels write back what they find up to the end of a vector. In the operands of a minibatch the row behind may be another
/// shard's, and with it another thread's: so all of that must lie within the row.
func rowStride(writing units: Int, from first: Int, count: Int = 0) -> Int {
  alignedToLine(max(count, first + alignedToLine(units)))
}

/// The rows `[x | h | 1]` and the gates of a recurrent layer's pass: ordered [t][row] in the workspace, or [row][t] in the operands
/// of a deferred product. Here t counts the steps as they are taken.
struct SequenceMemory {
  /// The first row and the first gates.
  let rows: UnsafeMutablePointer<Float>
  let gates: UnsafeMutablePointer<Float>
  /// Floats of a row and of its gates.
  let rowStride: Int
  let gateStride: Int
  /// Distances, in rows of `[x | h | 1]` or of gates, of two steps and of two samples.
  let stepDistance: Int
  let sampleDistance: Int
  private let isInOperands: Bool

  /// The memory of a pass of a layer whose products have operands of these strides.
  init(_ pass: LayerPass, steps: Int, products: GradientProducts, isInOperands: Bool) {
    self.isInOperands = isInOperands
    if isInOperands {
      rows = pass.inputOperand
      gates = pass.gradientOperand
      rowStride = pass.inputOperandStride
      gateStride = pass.gradientOperandStride
      stepDistance = 1
      sampleDistance = steps
    } else {
      rows = pass.workspace
      gates = pass.workspace + pass.rows * steps * products.inputStride
      rowStride = products.inputStride
      gateStride = products.outputStride
      stepDistance = pass.rows
      sampleDistance = 1
    }
  }

  /// Floats of the workspace that it takes.
  static func workspaceCount(rows: Int, steps: Int, products: GradientProducts, isInOperands: Bool) -> Int {
    isInOperands ? 0 : rows * steps * (products.inputStride + products.outputStride)
  }

  /// The first row of a step.
  func rows(_ t: Int) -> UnsafeMutablePointer<Float> { rows + t * stepDistance * rowStride }
  /// The first gates of a step.
  func gates(_ t: Int) -> UnsafeMutablePointer<Float> { gates + t * stepDistance * gateStride }
  /// The distances of two samples in a step.
  var sampleRowStride: Int { sampleDistance * rowStride }
  var sampleGateStride: Int { sampleDistance * gateStride }

  /// Writes x and 1 into all rows, and h = 0 into those of the first step.
  func takeInput(_ layer: some RecurrentLayer, _ pass: LayerPass, _ walk: SequenceWalk, _ input: UnsafePointer<Float>) {
    let (steps, features, units) = (layer.steps, layer.features, layer.units)
    for row in 0..<pass.rows {
      for t in 0..<steps {
        let target = rows + (t * stepDistance + row * sampleDistance) * rowStride
        let place = walk.isReversed ? steps - 1 - t : t
        target.update(from: input + (row * steps + place) * features, count: features)
        if t == 0 { (target + features).update(repeating: 0, count: units) }
        target[features + units] = 1
      }
    }
  }

  /// The input's gradient dx = dz · kernelᵀ of all steps, from the first `gateColumns` floats of the gates' gradients.
  func giveInputGradient(
    _ layer: some RecurrentLayer, _ pass: LayerPass, _ walk: SequenceWalk, gateColumns: Int,
    toInput: UnsafePointer<Float>, _ inputGradient: UnsafeMutablePointer<Float>
  ) {
    let (steps, features) = (layer.steps, layer.features)
    let stepStride = walk.isReversed ? -features : features
    var all = ProductArguments(
      rows: pass.rows, columns: features, steps: gateColumns, a: gates, aRowStride: gateStride, b: toInput,
      c: walk.isReversed ? inputGradient + (steps - 1) * features : inputGradient, cRowStride: steps * features)
    // Groups are samples or steps, whichever comes first in memory.
    if isInOperands {
      all.groups = pass.rows
      all.rows = steps
      all.aGroupStride = steps * gateStride
      all.cGroupStride = steps * features
      all.cRowStride = stepStride
    } else {
      all.groups = steps
      all.aGroupStride = pass.rows * gateStride
      all.cGroupStride = stepStride
    }
    if walk.addsToInputGradient { all.start = .existing }
    pass.kernels.table.product(all)
  }

  /// The weights' gradients += those of a range of steps, which stand [t][row]; `steps.upperBound == last` begins the sum.
  func addWeightGradients(
    _ products: GradientProducts, _ pass: LayerPass, steps: Range<Int>, last: Int,
    into gradient: UnsafeMutablePointer<Float>
  ) {
    for product in products.products {
      var arguments = ProductArguments(
        rows: product.inputs, columns: product.outputs, steps: steps.count * pass.rows,
        a: rows(steps.lowerBound) + product.inputColumn, aRowStride: 1,
        b: gates(steps.lowerBound) + product.outputColumn, c: gradient + product.target, cRowStride: product.outputs)
      arguments.aStepStride = rowStride
      arguments.bStepStride = gateStride
      arguments.start = steps.upperBound == last ? .zeros : .existing
      pass.kernels.table.product(arguments)
    }
  }
}

extension RecurrentLayer {
  /// Where the state after the step t taken goes in the output, or comes from in its gradient; nil where it isn't given.
  func outputOffset(_ walk: SequenceWalk, row: Int, t: Int) -> Int? {
    guard returnsSequences else { return t == steps - 1 ? row * walk.outputStride : nil }
    return (row * steps + (walk.isReversed ? steps - 1 - t : t)) * walk.outputStride
  }
}
