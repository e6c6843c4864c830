internal import Kernels

/// A window of K positions is K·C floats that lie side by side, so a convolution is a product whose rows overlap, and nothing is
/// copied.
struct DirectConvolution: Convolution {
  let shape: ConvolutionShape

  func inputTransformCount(sequences: Int) -> Int { 0 }
  func gradientTransformCount(sequences: Int) -> Int { 0 }
  func scratchCount(sequences: Int) -> Int { 0 }

  private func forwardCount(_ kernels: KernelSet) -> Int {
    kernels.packedCount(depth: shape.kernelSize * shape.channels, columns: shape.filters)
  }

  func packedCount(_ kernels: KernelSet) -> Int {
    forwardCount(kernels) + kernels.packedCount(depth: shape.kernelSize * shape.filters, columns: shape.channels)
  }

  func addMatrices(to builder: inout PackedLayoutBuilder, source: Int, inputGradient: PackedMatrix.Use) {
    builder.add(source: source, depth: shape.kernelSize * shape.channels, columns: shape.filters)
    builder.addFlipped(
      source: source, kernelSize: shape.kernelSize, channels: shape.channels, filters: shape.filters, use: inputGradient
    )
  }

  func forward(
    _ context: ConvolutionContext, input: Sequences, transformed: TransformedSequences, adding added: AddedConvolution?,
    bias: UnsafePointer<Float>, rectified: Bool, output: Sequences
  ) {
    var product = ProductArguments(
      rows: shape.positions, columns: shape.filters, depth: shape.kernelSize * shape.channels, a: input.first,
      aRowStride: shape.channels, b: context.packed, c: output.first, cRowStride: shape.filters)
    product.groups = input.rows
    product.aGroupStride = input.rowStride
    product.cGroupStride = output.rowStride
    product.start = .bias(bias)
    product.rectified = rectified && added == nil
    context.kernels.table.product(product)
    guard let added else { return }
    product.a = UnsafePointer(added.input.first)
    product.aRowStride = added.channels
    product.aGroupStride = added.input.rowStride
    product.depth = shape.kernelSize * added.channels
    product.b = added.packed
    product.start = .existing
    product.rectified = rectified
    context.kernels.table.product(product)
  }

  func transformGradient(
    _ context: ConvolutionContext, outputGradient: Sequences, into transformed: TransformedSequences
  ) {}

  func inputGradient(
    _ context: ConvolutionContext, outputGradient: Sequences, transformed: TransformedSequences, range: Range<Int>,
    into gradient: Sequences
  ) {
    var product = ProductArguments(
      rows: range.count, columns: shape.channels, depth: shape.kernelSize * shape.filters,
      a: outputGradient.first + (range.lowerBound - (shape.kernelSize - 1)) * shape.filters, aRowStride: shape.filters,
      b: context.packed + forwardCount(context.kernels), c: gradient.first, cRowStride: shape.channels)
    product.groups = outputGradient.rows
    product.aGroupStride = outputGradient.rowStride
    product.cGroupStride = gradient.rowStride
    context.kernels.table.product(product)
  }

  func weightGradient(
    _ context: ConvolutionContext, input: Sequences, transformedInput: TransformedSequences,
    outputGradient: Sequences, transformedGradient: TransformedSequences, into gradient: UnsafeMutablePointer<Float>
  ) {
    // Σ over sequences and positions of windowᵀ · dz.
    var product = ProductArguments(
      rows: shape.kernelSize * shape.channels, columns: shape.filters, depth: shape.positions, a: input.first,
      aRowStride: 1, b: outputGradient.first, c: gradient, cRowStride: shape.filters)
    product.aDepthStride = shape.channels
    product.aSegmentStride = input.rowStride
    product.bDepthStride = shape.filters
    product.bSegmentStride = outputGradient.rowStride
    let areAlike = [input, outputGradient].allSatisfy { $0.stepStride == $0.rows * $0.rowStride }
    product.segments = areAlike ? input.count : input.rows
    for step in 0..<(areAlike ? 1 : input.steps) {
      product.a = UnsafePointer(input.first + step * input.stepStride)
      product.b = UnsafePointer(outputGradient.first + step * outputGradient.stepStride)
      if step > 0 { product.start = .existing }
      context.kernels.table.product(product)
    }
  }
}
