import Kernels
import Testing

/// Packed matrices: every element in its panel, zeros where a panel is wider than the matrix, and nothing else written.
@Suite struct PackingTests {
  static let columnCounts = [1, 3, 4, 5, 15, 16, 17, 64, 80, 81, 96, 100, 130, 400]

  @Test(arguments: KernelSet.Name.supported, columnCounts)
  func panelsHoldTheMatrix(_ name: KernelSet.Name, columns: Int) throws {
    let set = try KernelSet(name)
    let depth = 19
    let source = (0..<(depth * columns)).map { Float($0 + 1) }
    let expected = Self.panels(set, columns: columns, depth: depth) { k, column in source[k * columns + column] }
    let packed = GuardedFloats(count: set.packedCount(depth: depth, columns: columns))
    source.withUnsafeBufferPointer {
      set.pack(
        $0.baseAddress!, depthStride: columns, columnStride: 1, depth: depth, columns: columns, into: packed.address)
    }
    #expect(packed.array == expected)
    #expect(packed.bandsAreUntouched)
  }

  @Test(arguments: KernelSet.Name.supported, columnCounts)
  func transposedPanelsHoldTheMatrix(_ name: KernelSet.Name, columns: Int) throws {
    let set = try KernelSet(name)
    let depth = 37
    let source = (0..<(depth * columns)).map { Float($0 + 1) }
    let expected = Self.panels(set, columns: columns, depth: depth) { k, column in source[column * depth + k] }
    let packed = GuardedFloats(count: set.packedCount(depth: depth, columns: columns))
    source.withUnsafeBufferPointer {
      set.pack(
        $0.baseAddress!, depthStride: 1, columnStride: depth, depth: depth, columns: columns, into: packed.address)
    }
    #expect(packed.array == expected)
    #expect(packed.bandsAreUntouched)
  }

  /// A weighted sum of three taps, as it lies and transposed: each product and each sum rounded once, on every set.
  @Test(arguments: KernelSet.Name.supported, columnCounts)
  func panelsHoldTheSumOfTaps(_ name: KernelSet.Name, columns: Int) throws {
    let set = try KernelSet(name)
    let depth = 19
    var random = RandomFloats(columns)
    let source = random.uniform(3 * depth * columns)
    let taps = TapWeights(0.25, -1 / 6, 3, stride: depth * columns)
    func sum(_ index: Int) -> Float {
      taps.first * source[index] + taps.second * source[depth * columns + index]
        + taps.third * source[2 * depth * columns + index]
    }
    for isTransposed in [false, true] {
      let (depthStride, columnStride) = isTransposed ? (1, depth) : (columns, 1)
      let expected = Self.panels(set, columns: columns, depth: depth) { k, column in
        sum(k * depthStride + column * columnStride)
      }
      let packed = GuardedFloats(count: set.packedCount(depth: depth, columns: columns))
      source.withUnsafeBufferPointer {
        set.pack(
          $0.baseAddress!, taps: taps, depthStride: depthStride, columnStride: columnStride, depth: depth,
          columns: columns, into: packed.address)
      }
      #expect(packed.array.map(\.bitPattern) == expected.map(\.bitPattern), "transposed: \(isTransposed)")
      #expect(packed.bandsAreUntouched)
    }
  }

  /// Packing in parts, in any order, gives what packing at once does.
  @Test(arguments: KernelSet.Name.supported, [1, 16, 100, 130])
  func partsGiveTheWhole(_ name: KernelSet.Name, columns: Int) throws {
    let set = try KernelSet(name)
    let depth = 50
    var random = RandomFloats(columns)
    let source = random.uniform(depth * columns)
    let whole = GuardedFloats(count: set.packedCount(depth: depth, columns: columns))
    let parts = GuardedFloats(count: whole.count)
    source.withUnsafeBufferPointer {
      let source = $0.baseAddress!
      set.pack(source, depthStride: columns, columnStride: 1, depth: depth, columns: columns, into: whole.address)
      for range in [17..<34, 34..<50, 0..<17] {
        set.pack(
          source + range.lowerBound * columns, depthStride: columns, columnStride: 1, depth: range.count,
          columns: columns, into: parts.address, firstDepth: range.lowerBound, totalDepth: depth)
      }
    }
    #expect(parts.bits == whole.bits)
  }

  @Test(arguments: KernelSet.Name.supported, 1...130)
  func panelsCoverAllVectorsAndFitTheTile(_ name: KernelSet.Name, columns: Int) throws {
    let table = try KernelSet(name).table
    let layout = PackedLayout(columns: columns, width: table.width, panelVectors: table.panelVectors)
    #expect(layout.vectors == (columns + table.width - 1) / table.width)
    #expect(layout.firstVector(ofPanel: 0) == 0)
    #expect(layout.firstVector(ofPanel: layout.panels) == layout.vectors)
    for panel in 0..<layout.panels {
      let vectors = layout.firstVector(ofPanel: panel + 1) - layout.firstVector(ofPanel: panel)
      #expect(vectors >= 1 && vectors <= table.panelVectors)
    }
  }

  /// The panels of a matrix, element by element.
  private static func panels(
    _ set: KernelSet, columns: Int, depth: Int, element: (Int, Int) -> Float
  ) -> [Float] {
    let table = set.table
    let layout = PackedLayout(columns: columns, width: table.width, panelVectors: table.panelVectors)
    return (0..<layout.panels).flatMap { panel in
      let range =
        (layout.firstVector(ofPanel: panel) * table.width)..<(layout.firstVector(ofPanel: panel + 1) * table.width)
      return (0..<depth).flatMap { k in range.map { $0 < columns ? element(k, $0) : 0 } }
    }
  }
}
