/// Where the gradient of a layer's parameters comes from.
package enum WeightGradient: Sendable, Equatable {
  /// Each shard computes its own; the shards are then added in their order.
  case perShard
  /// Products over all rows of the minibatch, computed after all shards are done: for matrices so large that a gradient per
  /// shard would cost more in memory traffic than in arithmetic.
  case perBatch(GradientProducts)

  /// That of a layer to which each of `steps` steps is a row.
  func distributed(over steps: Int) -> WeightGradient {
    guard case .perBatch(var products) = self else { return .perShard }
    products.rowsPerSample *= steps
    return .perBatch(products)
  }
}

/// The gradient of all of a layer's parameters as products Aᵀ·B of two operands, `[rows · rowsPerSample, …]` each.
package struct GradientProducts: Sendable, Equatable {
  var rowsPerSample: Int
  /// Floats of a row of A, and of one of B.
  package let inputStride: Int
  package let outputStride: Int
  /// The gradients lie one behind the other and leave out no parameter.
  package let products: [GradientProduct]

  /// Floats of A and of B per sample.
  var inputCountPerSample: Int { rowsPerSample * inputStride }
  var outputCountPerSample: Int { rowsPerSample * outputStride }
}

extension GradientProducts {
  /// Two layers' products side by side: every row holds the first one's floats and then the second's, and so do the parameters.
  init(_ first: GradientProducts, beside second: GradientProducts, parameterOffset: Int) {
    rowsPerSample = first.rowsPerSample
    inputStride = first.inputStride + second.inputStride
    outputStride = first.outputStride + second.outputStride
    products =
      first.products
      + second.products.map { product in
        GradientProduct(
          inputs: product.inputs, inputColumn: first.inputStride + product.inputColumn, outputs: product.outputs,
          outputColumn: first.outputStride + product.outputColumn, target: parameterOffset + product.target)
      }
  }
}

/// The gradient `[inputs, outputs]` of some of a layer's parameters: Aᵀ·B of a range of columns of each operand. Where A's last
/// column is one of ones, the gradient's last row is that of a bias.
package struct GradientProduct: Sendable, Equatable {
  let inputs: Int
  /// The first column of A.
  let inputColumn: Int
  let outputs: Int
  /// The first column of B.
  package let outputColumn: Int
  /// The gradient's first float, counted from the layer's first parameter.
  let target: Int
}
