import Kernels

/// A range of the parameters whose gradient one worker completes once all shards of a minibatch are done.
public struct GradientUnit: Sendable {
  /// Floats of the buffers of parameters, gradients and moments; begins and ends on cache lines.
  public let range: Range<Int>
  /// What gives the gradient; nothing where shards are summed.
  let parts: [Part]

  /// Rows of a deferred product.
  struct Part: Sendable {
    let layer: Int
    let product: GradientProduct
    let rowsPerSample: Int
    let rows: Range<Int>
  }
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
          GradientUnit(range: first..<min(first + 4096, end), parts: [])
        }
      case .deferred(let products):
        return deferredUnits(of: products, layer: index, base: base, end: end)
      }
    }
  }

  /// Units end between two rows of a product where a cache line begins. Sixteen rows of a product that begins on one reach the next
  /// such place; where a product has none, the unit goes on into the one after it.
  private func deferredUnits(of products: GradientProducts, layer: Int, base: Int, end: Int) -> [GradientUnit] {
    var units: [GradientUnit] = []
    var parts: [GradientUnit.Part] = []
    var first = base
    func close(at end: Int) {
      units.append(GradientUnit(range: first..<end, parts: parts))
      parts = []
      first = end
    }
    for product in products.products {
      let start = base + product.target
      let rowsAtOnce = max(16, (8192 / product.outputs + 15) / 16 * 16)
      var row = 0
      while row < product.inputs {
        var last = min(row + rowsAtOnce, product.inputs)
        while last < product.inputs, (start + last * product.outputs) % 16 != 0 { last += 1 }
        parts.append(.init(layer: layer, product: product, rowsPerSample: products.rowsPerSample, rows: row..<last))
        if (start + last * product.outputs) % 16 == 0 { close(at: start + last * product.outputs) }
        row = last
      }
    }
    if first < end { close(at: end) }
    return units
  }

  /// Writes the unit's part of `gradient` from the shards' gradients or the minibatch's operands.
  public func complete(
    _ unit: GradientUnit, shardGradients: UnsafePointer<Float>, shardStride: Int, shardCount: Int,
    operands: UnsafePointer<Float>, minibatchRows: Int, gradient: UnsafeMutablePointer<Float>
  ) {
    guard !unit.parts.isEmpty else {
      kernels.table.reduceShards(
        shardGradients + unit.range.lowerBound, shardStride, shardCount, gradient + unit.range.lowerBound,
        unit.range.count)
      return
    }
    for part in unit.parts {
      let product = part.product
      let place = self.operands[part.layer]
      let target = model.parameterOffsets[part.layer] + product.target + part.rows.lowerBound * product.outputs
      var arguments = ProductArguments(
        rows: part.rows.count, columns: product.outputs, steps: minibatchRows * part.rowsPerSample,
        a: operands + place.input + product.inputColumn + part.rows.lowerBound, aRowStride: 1,
        b: operands + place.gradient + product.outputColumn, c: gradient + target, cRowStride: product.outputs)
      arguments.aStepStride = place.inputStride
      arguments.bStepStride = place.gradientStride
      kernels.table.product(arguments)
    }
  }
}
