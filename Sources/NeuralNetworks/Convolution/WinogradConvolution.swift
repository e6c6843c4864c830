internal import Kernels

/// Winograd's F(4, 3): six products of tiles with the kernel's points do what twelve products of positions with its taps would.
///
/// Each of the six is a product of its own over all tiles. They are made a panel of columns at a time, so that the transform of
/// their results finds them in the cache. The backward pass is the transpose of the forward pass: it uses the transformed input
/// again, and one transform of the output's gradient serves both gradients.
struct WinogradConvolution: Convolution {
  let shape: ConvolutionShape

  private var tileCount: Int { (shape.positions + Winograd.outputs - 1) / Winograd.outputs }
  private var inputStride: Int { Self.tileStride(shape.channels) }
  private var gradientStride: Int { Self.tileStride(shape.filters) }
  /// Columns of one round of products: some panels, of which the widest, of 5 vectors of 16 floats, is one.
  private static let columnsAtOnce = 80
  /// Tiles of one round of products: what they give stays in the second-level cache.
  private static let tilesAtOnce = 32

  /// Rows a multiple of 512 bytes apart would share too few sets of the first-level cache.
  private static func tileStride(_ channels: Int) -> Int {
    let stride = alignedToLine(channels)
    return stride % 128 == 0 ? stride + 16 : stride
  }

  private var sequencesAtOnce: Int { max(1, Self.tilesAtOnce / tileCount) }

  // MARK: Memory

  func inputTransformCount(sequences: Int) -> Int { Winograd.points * sequences * tileCount * inputStride }
  func gradientTransformCount(sequences: Int) -> Int { Winograd.points * sequences * tileCount * gradientStride }

  /// The six products of some columns: of tiles, or of the kernel's gradient.
  func scratchCount(sequences: Int) -> Int {
    Winograd.points * Self.columnsAtOnce * max(min(sequencesAtOnce, sequences) * tileCount, shape.channels)
  }

  // MARK: Packed weights

  private func forwardCount(_ kernels: KernelSet) -> Int {
    Winograd.points * kernels.packedCount(depth: shape.channels, columns: shape.filters)
  }

  func packedCount(_ kernels: KernelSet) -> Int {
    forwardCount(kernels) + Winograd.points * kernels.packedCount(depth: shape.filters, columns: shape.channels)
  }

  func addMatrices(to builder: inout PackedLayoutBuilder, source: Int, inputGradient: PackedMatrix.Use) {
    for weights in Winograd.filterTransform {
      builder.add(source: source, depth: shape.channels, columns: shape.filters, taps: taps(weights))
    }
    for weights in Winograd.filterTransform {
      builder.addTransposed(
        source: source, rows: shape.channels, columns: shape.filters, use: inputGradient, taps: taps(weights))
    }
  }

  private func taps(_ weights: [Float]) -> TapWeights {
    TapWeights(weights[0], weights[1], weights[2], stride: shape.channels * shape.filters)
  }

  // MARK: Passes

  func forward(
    _ context: ConvolutionContext, input: Sequences, transformed: TransformedSequences, adding added: AddedConvolution?,
    bias: UnsafePointer<Float>, rectified: Bool, output: Sequences
  ) {
    let operand = transformInput(context, input, channels: shape.channels, transformed, packed: context.packed)
    let addedOperand = added.map {
      transformInput(context, $0.input, channels: $0.channels, $0.transformed, packed: $0.packed)
    }
    multiply(context, sequences: input.rows, operand, addedOperand, columns: shape.filters) {
      sequences, columns, products in
      var arguments = arguments(
        output.rows(sequences), channels: shape.filters, columns: columns, positions: shape.positions, products)
      arguments.start = .bias(bias + columns.lowerBound)
      arguments.rectified = rectified
      context.kernels.table.winogradOutput(arguments)
    }
  }

  private func transformInput(
    _ context: ConvolutionContext, _ input: Sequences, channels: Int, _ transformed: TransformedSequences,
    packed: UnsafePointer<Float>
  ) -> Operand {
    let tiles = tiles(transformed, stride: Self.tileStride(channels))
    context.kernels.table.winogradInput(
      arguments(input, channels: channels, columns: 0..<channels, positions: shape.inputPositions, tiles))
    return Operand(tiles: tiles, depth: channels, matrices: packed)
  }

  func transformGradient(
    _ context: ConvolutionContext, outputGradient: Sequences, into transformed: TransformedSequences
  ) {
    context.kernels.table.winogradOutputGradient(
      arguments(
        outputGradient, channels: shape.filters, columns: 0..<shape.filters, positions: shape.positions,
        tiles(transformed, stride: gradientStride)))
  }

  func inputGradient(
    _ context: ConvolutionContext, outputGradient: Sequences, transformed: TransformedSequences, range: Range<Int>,
    into gradient: Sequences
  ) {
    let operand = Operand(
      tiles: tiles(transformed, stride: gradientStride), depth: shape.filters,
      matrices: context.packed + forwardCount(context.kernels))
    multiply(context, sequences: outputGradient.rows, operand, nil, columns: shape.channels) {
      sequences, columns, products in
      var arguments = arguments(
        gradient.rows(sequences), channels: shape.channels, columns: columns, positions: range.count, products)
      arguments.firstPosition = range.lowerBound
      context.kernels.table.winogradInputGradient(arguments)
    }
  }

  func weightGradient(
    _ context: ConvolutionContext, input: Sequences, transformedInput: TransformedSequences,
    outputGradient: Sequences, transformedGradient: TransformedSequences, into gradient: UnsafeMutablePointer<Float>
  ) {
    let table = context.kernels.table
    let inputs = tiles(transformedInput, stride: inputStride)
    let gradients = tiles(transformedGradient, stride: gradientStride)
    forEachGroup(context.kernels, columns: shape.filters) { group in
      let (columns, padded) = (group.columns, group.paddedCount)
      let pointStride = shape.channels * padded
      for point in 0..<Winograd.points {
        var product = ProductArguments(
          rows: shape.channels, columns: padded, depth: input.count * tileCount,
          a: inputs.first + point * inputs.pointStride, aRowStride: 1,
          b: gradients.first + point * gradients.pointStride + columns.lowerBound,
          c: context.scratch + point * pointStride, cRowStride: padded)
        product.aDepthStride = inputStride
        product.bDepthStride = gradientStride
        table.product(product)
      }
      table.winogradFilterGradient(
        shape.channels, columns.count, context.scratch, pointStride, padded, gradient + columns.lowerBound,
        shape.channels * shape.filters, shape.filters)
    }
  }

  // MARK: Parts

  /// Tiles at each of the points.
  private struct Tiles {
    let first: UnsafeMutablePointer<Float>
    let pointStride: Int
    let tileStride: Int
  }

  /// Tiles `[points][tiles, depth]` and the packed matrices `[points][depth, columns]` to multiply them with.
  private struct Operand {
    let tiles: Tiles
    let depth: Int
    let matrices: UnsafePointer<Float>
  }

  private func tiles(_ transformed: TransformedSequences, stride: Int) -> Tiles {
    Tiles(
      first: transformed.memory + transformed.first * tileCount * stride,
      pointStride: transformed.capacity * tileCount * stride, tileStride: stride)
  }

  /// A transform between some columns of the first step's sequences of `channels` channels, and tiles.
  private func arguments(
    _ sequences: Sequences, channels: Int, columns: Range<Int>, positions: Int, _ tiles: Tiles
  ) -> WinogradArguments {
    WinogradArguments(
      sequences: sequences.rows, channels: columns.count, tileCount: tileCount,
      positions: sequences.first + columns.lowerBound, sequenceStride: sequences.rowStride, positionStride: channels,
      positionCount: positions, tiles: tiles.first, pointStride: tiles.pointStride, tileStride: tiles.tileStride)
  }

  /// Columns that are worked on at once, which are some panels of a packed matrix.
  private struct ColumnGroup {
    let columns: Range<Int>
    let panels: Range<Int>
    let layout: PackedLayout

    var paddedCount: Int { layout.firstColumn(ofPanel: panels.upperBound) - columns.lowerBound }
  }

  private func forEachGroup(_ kernels: KernelSet, columns: Int, _ body: (ColumnGroup) -> Void) {
    let layout = PackedLayout(columns: columns, width: kernels.table.width, panelVectors: kernels.table.panelVectors)
    var panel = 0
    while panel < layout.panels {
      let first = layout.firstColumn(ofPanel: panel)
      var end = panel + 1
      while end < layout.panels, layout.firstColumn(ofPanel: end + 1) - first <= Self.columnsAtOnce { end += 1 }
      let columns = first..<min(layout.firstColumn(ofPanel: end), columns)
      body(ColumnGroup(columns: columns, panels: panel..<end, layout: layout))
      panel = end
    }
  }

  /// The sums of the operands' products at all points, for some columns and some sequences at a time; the body takes what they
  /// gave for a range of sequences and one of columns.
  private func multiply(
    _ context: ConvolutionContext, sequences: Int, _ operand: Operand, _ added: Operand?, columns: Int,
    _ body: (Range<Int>, Range<Int>, Tiles) -> Void
  ) {
    forEachGroup(context.kernels, columns: columns) { group in
      for first in stride(from: 0, to: sequences, by: sequencesAtOnce) {
        let range = first..<min(first + sequencesAtOnce, sequences)
        let tileRange = (range.lowerBound * tileCount)..<(range.upperBound * tileCount)
        let products = Tiles(
          first: context.scratch, pointStride: tileRange.count * group.paddedCount, tileStride: group.paddedCount)
        multiply(context.kernels, operand, tileRange, group, columns: columns, .zeros, into: products)
        if let added { multiply(context.kernels, added, tileRange, group, columns: columns, .existing, into: products) }
        body(range, group.columns, products)
      }
    }
  }

  /// The products of a range of tiles with some of the matrices' columns.
  private func multiply(
    _ kernels: KernelSet, _ operand: Operand, _ tileRange: Range<Int>, _ group: ColumnGroup, columns: Int,
    _ start: ProductArguments.Start, into products: Tiles
  ) {
    let matrixCount = kernels.packedCount(depth: operand.depth, columns: columns)
    let tiles = operand.tiles
    for point in 0..<Winograd.points {
      let a = tiles.first + point * tiles.pointStride + tileRange.lowerBound * tiles.tileStride
      for panel in group.panels {
        let column = group.layout.firstColumn(ofPanel: panel)
        var product = ProductArguments(
          rows: tileRange.count, columns: group.layout.firstColumn(ofPanel: panel + 1) - column, depth: operand.depth,
          a: a,
          aRowStride: tiles.tileStride,
          b: operand.matrices + point * matrixCount + column * kernels.packedRows(depth: operand.depth),
          c: products.first + point * products.pointStride + column - group.columns.lowerBound,
          cRowStride: products.tileStride)
        product.start = start
        kernels.table.product(product)
      }
    }
  }
}
