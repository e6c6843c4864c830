internal import Kernels

/// A range of the parameters, of about 4 to 8 K floats, whose gradient one worker completes once all shards of a minibatch are
/// done.
package struct ParameterSlice: Sendable {
  /// Floats of the buffers of parameters, gradients and moments; begins and ends on cache lines.
  package let range: Range<Int>
  /// The layer whose parameters they are.
  package let layer: Int
  let source: Source

  enum Source: Sendable {
    /// The shards' gradients, from this float of each.
    case shards(first: Int)
    case products([Part])
  }

  /// Rows of a product over the minibatch.
  struct Part: Sendable {
    let layer: Int
    let product: GradientProduct
    let rowsPerSample: Int
    let rows: Range<Int>
  }
}

extension ParameterSlice {
  /// All parameters of a model, cut where the layers' gradients allow it.
  static func slices(of model: Sequential, shardGradientOffsets: [Int]) -> [ParameterSlice] {
    model.layers.indices.flatMap { index -> [ParameterSlice] in
      let layer = model.layers[index]
      let base = model.parameterOffsets[index]
      let end = base + alignedToLine(layer.parameterCount)
      switch layer.weightGradient {
      case .perShard:
        return stride(from: base, to: end, by: 4096).map { first in
          ParameterSlice(
            range: first..<min(first + 4096, end), layer: index,
            source: .shards(first: shardGradientOffsets[index] + first - base))
        }
      case .perBatch(let products): return slices(of: products, layer: index, base: base, end: end)
      }
    }
  }

  /// Slices end between two rows of a product where a cache line begins. Sixteen rows of a product that begins on one reach the
  /// next such place; where a product has none, the slice goes on into the one after it.
  private static func slices(of products: GradientProducts, layer: Int, base: Int, end: Int) -> [ParameterSlice] {
    var slices: [ParameterSlice] = []
    var parts: [Part] = []
    var first = base
    func close(at end: Int) {
      slices.append(ParameterSlice(range: first..<end, layer: layer, source: .products(parts)))
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
        parts.append(Part(layer: layer, product: product, rowsPerSample: products.rowsPerSample, rows: row..<last))
        if (start + last * product.outputs) % 16 == 0 { close(at: start + last * product.outputs) }
        row = last
      }
    }
    if first < end { close(at: end) }
    return slices
  }
}

extension ExecutionPlan {
  /// Writes the slice's part of `gradient` from the shards' gradients, one behind the other, or the operands of their rows.
  ///
  /// - Parameter continues: whether the sums go on from what `gradient` holds, those of the shards before. Every element is one chain
  ///   over all rows in their order, so that it comes to the same bits wherever it is interrupted between two shards.
  package func completeGradient(
    _ slice: ParameterSlice, shardGradients: UnsafePointer<Float>, shardCount: Int, operands: UnsafePointer<Float>,
    rows: Int, gradient: UnsafeMutablePointer<Float>, continues: Bool = false
  ) {
    switch slice.source {
    case .shards(let first):
      kernels.table.reduceShards(
        shardGradients + first, shardGradientCount, shardCount, gradient + slice.range.lowerBound, slice.range.count,
        continues)
    case .products(let parts):
      for part in parts {
        let product = part.product
        let place = self.operands[part.layer]
        let target = model.parameterOffsets[part.layer] + product.target + part.rows.lowerBound * product.outputs
        var arguments = ProductArguments(
          rows: part.rows.count, columns: product.outputs, depth: rows * part.rowsPerSample,
          a: operands + place.input + product.inputColumn + part.rows.lowerBound, aRowStride: 1,
          b: operands + place.gradient + product.outputColumn, c: gradient + target, cRowStride: product.outputs)
        arguments.aDepthStride = place.inputStride
        arguments.bDepthStride = place.gradientStride
        if continues { arguments.start = .existing }
        kernels.table.product(arguments)
      }
    }
  }
}
