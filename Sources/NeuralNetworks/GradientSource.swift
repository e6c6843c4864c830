/// Where the gradient of a layer's parameters comes from.
public enum GradientSource: Sendable, Equatable {
  /// Each shard sums its own; the shards are then added in their order.
  case summed
  /// Products over all rows of the minibatch, computed after all shards are done: for matrices so large that a gradient a
  /// shard would cost more in memory traffic than in arithmetic.
  case deferred(GradientProducts)
}

/// The gradient of all of a layer's parameters as products Aᵀ·B of two operands, `[rows · rowsPerSample, …]` each.
public struct GradientProducts: Sendable, Equatable {
  /// Rows of A and B a sample.
  public let rowsPerSample: Int
  /// Floats of a row of A.
  public let inputStride: Int
  /// Floats of a row of B.
  public let outputStride: Int
  /// The products, whose gradients lie one behind the other and leave out no parameter.
  public let products: [GradientProduct]

  /// Memberwise.
  init(rowsPerSample: Int, inputStride: Int, outputStride: Int, products: [GradientProduct]) {
    self.rowsPerSample = rowsPerSample
    self.inputStride = inputStride
    self.outputStride = outputStride
    self.products = products
  }

  /// Two layers' products side by side: every row holds the first one's floats and then the second's, and so do the parameters.
  init(_ first: GradientProducts, beside second: GradientProducts, parameterOffset: Int) {
    precondition(first.rowsPerSample == second.rowsPerSample)
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

  /// Floats of A a sample.
  public var inputCountPerSample: Int { rowsPerSample * inputStride }
  /// Floats of B a sample.
  public var outputCountPerSample: Int { rowsPerSample * outputStride }
}

/// The gradient `[inputs, outputs]` of some of a layer's parameters: Aᵀ·B of a range of columns of each operand. Where A's last column
/// is one of ones, the gradient's last row is that of a bias.
public struct GradientProduct: Sendable, Equatable {
  /// Rows of the gradient.
  public let inputs: Int
  /// The first column of A.
  public let inputColumn: Int
  /// Columns of the gradient.
  public let outputs: Int
  /// The first column of B.
  public let outputColumn: Int
  /// The gradient's first float, counted from the layer's first parameter.
  public let target: Int
}
