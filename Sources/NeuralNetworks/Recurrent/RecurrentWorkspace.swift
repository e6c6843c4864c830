internal import Kernels

/// Floats of a row of which `units` floats from `first` on are written by gate kernels, and `count` are in use.
///
/// Those kernels write back what they find up to the end of a vector. In the operands of a minibatch the row behind may be another
/// shard's, and with it another thread's: so all of that must lie within the row.
func rowStride(writing units: Int, from first: Int, count: Int = 0) -> Int {
  alignedToLine(max(count, first + alignedToLine(units)))
}

/// The rows `[x | h | 1]` and the gates of a recurrent layer's pass: ordered [t][row] in the workspace, or [row][t] in the operands
/// of products over the minibatch. Here t counts the steps as they are taken.
struct RecurrentWorkspace {
  /// The first row and the first gates.
  let rows: UnsafeMutablePointer<Float>
  let gates: UnsafeMutablePointer<Float>
  /// Floats of a row and of its gates.
  let rowStride: Int
  let gateStride: Int
  /// Distances, in rows of `[x | h | 1]` or of gates, of two steps and of two samples.
  let stepDistance: Int
  let sampleDistance: Int
  private let layer: RecurrentLayer

  init(_ context: LayerContext, _ layer: RecurrentLayer) {
    self.layer = layer
    if layer.isPerBatch {
      rows = context.inputOperand
      gates = context.gradientOperand
      rowStride = context.inputOperandStride
      gateStride = context.gradientOperandStride
      stepDistance = 1
      sampleDistance = layer.steps
    } else {
      let products = layer.gradientProducts
      rows = context.workspace
      gates = context.workspace + context.rows * layer.steps * products.inputStride
      rowStride = products.inputStride
      gateStride = products.outputStride
      stepDistance = context.rows
      sampleDistance = 1
    }
  }

  /// The first row of a step.
  func rows(_ t: Int) -> UnsafeMutablePointer<Float> { rows + t * stepDistance * rowStride }
  /// The first gates of a step.
  func gates(_ t: Int) -> UnsafeMutablePointer<Float> { gates + t * stepDistance * gateStride }
  /// The distances of two samples in a step.
  var sampleRowStride: Int { sampleDistance * rowStride }
  var sampleGateStride: Int { sampleDistance * gateStride }

  /// Writes x and 1 into all rows, and h = 0 into those of the first step.
  func takeInput(_ context: LayerContext, _ direction: SequenceDirection, _ input: UnsafePointer<Float>) {
    let (steps, features, units) = (layer.steps, layer.features, layer.units)
    for row in 0..<context.rows {
      for t in 0..<steps {
        let target = rows + (t * stepDistance + row * sampleDistance) * rowStride
        let place = direction.isReversed ? steps - 1 - t : t
        target.update(from: input + (row * steps + place) * features, count: features)
        if t == 0 { (target + features).update(repeating: 0, count: units) }
        target[features + units] = 1
      }
    }
  }

  /// The input's gradient dx = dz · kernelᵀ of all steps, from the first G floats of the gates' gradients.
  func giveInputGradient(
    _ context: LayerContext, _ direction: SequenceDirection, toInput: UnsafePointer<Float>,
    _ inputGradient: UnsafeMutablePointer<Float>
  ) {
    let (steps, features) = (layer.steps, layer.features)
    let stepStride = direction.isReversed ? -features : features
    var all = ProductArguments(
      rows: context.rows, columns: features, depth: layer.gateColumns, a: gates, aRowStride: gateStride, b: toInput,
      c: direction.isReversed ? inputGradient + (steps - 1) * features : inputGradient, cRowStride: steps * features)
    // Groups are samples or steps, whichever comes first in memory.
    if layer.isPerBatch {
      all.groups = context.rows
      all.rows = steps
      all.aGroupStride = steps * gateStride
      all.cGroupStride = steps * features
      all.cRowStride = stepStride
    } else {
      all.groups = steps
      all.aGroupStride = context.rows * gateStride
      all.cGroupStride = stepStride
    }
    if direction.isReversed { all.start = .existing }
    context.kernels.table.product(all)
  }

  /// The weights' gradients += those of a range of steps, which stand [t][row]; the last steps begin the sum.
  func addWeightGradients(
    _ context: LayerContext, steps: Range<Int>, into gradient: UnsafeMutablePointer<Float>
  ) {
    for product in layer.gradientProducts.products {
      var arguments = ProductArguments(
        rows: product.inputs, columns: product.outputs, depth: steps.count * context.rows,
        a: rows(steps.lowerBound) + product.inputColumn, aRowStride: 1,
        b: gates(steps.lowerBound) + product.outputColumn, c: gradient + product.target, cRowStride: product.outputs)
      arguments.aDepthStride = rowStride
      arguments.bDepthStride = gateStride
      arguments.start = steps.upperBound == layer.steps ? .zeros : .existing
      context.kernels.table.product(arguments)
    }
  }
}
