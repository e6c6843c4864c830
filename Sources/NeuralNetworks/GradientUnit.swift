import Kernels

/// A range of the parameters whose gradient one worker completes once all shards of a minibatch are done.
public struct GradientUnit: Sendable {
  /// Floats of the buffers of parameters, gradients and moments; begins and ends on cache lines.
  public let range: Range<Int>
  /// Nil where shards are summed, else the layer and the rows of its deferred product.
  let product: (layer: Int, rows: Range<Int>)?
}

extension ExecutionPlan {
  /// All parameters, cut into units of about 8 K floats.
  public func gradientUnits() -> [GradientUnit] {
    model.layers.indices.flatMap { index -> [GradientUnit] in
      let layer = model.layers[index]
      let base = model.parameterOffsets[index]
      let end = base + alignedToLine(layer.parameterCount)
      switch layer.gradientSource {
      case .summed:
        return stride(from: base, to: end, by: 4096).map { first in
          GradientUnit(range: first..<min(first + 4096, end), product: nil)
        }
      case .deferred(let product):
        // Sixteen rows of any width are whole cache lines.
        let rowsAtOnce = max(16, (8192 / product.outputs + 15) / 16 * 16)
        return stride(from: 0, to: product.inputs, by: rowsAtOnce).map { first in
          let last = min(first + rowsAtOnce, product.inputs)
          let unitEnd = last == product.inputs ? end : base + last * product.outputs
          return GradientUnit(range: (base + first * product.outputs)..<unitEnd, product: (index, first..<last))
        }
      }
    }
  }

  /// Writes the unit's part of `gradient` from the shards' gradients or the minibatch's operands.
  public func complete(
    _ unit: GradientUnit, shardGradients: UnsafePointer<Float>, shardStride: Int, shardCount: Int,
    operands: UnsafePointer<Float>, minibatchRows: Int, gradient: UnsafeMutablePointer<Float>
  ) {
    guard let (layer, rows) = unit.product, case .deferred(let product) = model.layers[layer].gradientSource else {
      kernels.table.reduceShards(
        shardGradients + unit.range.lowerBound, shardStride, shardCount, gradient + unit.range.lowerBound,
        unit.range.count)
      return
    }
    var arguments = ProductArguments(
      rows: rows.count, columns: product.outputs, steps: minibatchRows * product.rowsPerSample,
      a: operands + operandOffsets[layer].input + rows.lowerBound, aRowStride: 1,
      b: operands + operandOffsets[layer].gradient, c: gradient + unit.range.lowerBound, cRowStride: product.outputs)
    arguments.aStepStride = product.inputStride
    arguments.bStepStride = product.outputStride
    kernels.table.product(arguments)
  }
}
