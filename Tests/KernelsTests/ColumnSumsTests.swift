import Kernels
import Testing

/// Sums of columns against the chain of additions that defines them, and against a product with a row of ones.
@Suite struct ColumnSumsTests {
  /// B with nans between its rows, between its segments and behind its last row, which may be read but not used.
  private struct Case {
    let columns, segments, depth: Int
    let values: [Float]
    let b: GuardedFloats
    var depthStride: Int { columns + 5 }
    var segmentStride: Int { depth * depthStride + 3 }

    init(columns: Int, segments: Int, depth: Int) {
      (self.columns, self.segments, self.depth) = (columns, segments, depth)
      var random = RandomFloats(columns * 131 + segments * 17 + depth)
      values = random.uniform(segments * depth * columns, scale: 100)
      b = GuardedFloats(Array(repeating: .nan, count: segments * (depth * (columns + 5) + 3) + 16))
      for segment in 0..<segments {
        for k in 0..<depth {
          for column in 0..<columns {
            b.address[segment * segmentStride + k * depthStride + column] =
              values[(segment * depth + k) * columns + column]
          }
        }
      }
    }

    func sums(_ set: KernelSet) -> GuardedFloats {
      let sum = GuardedFloats(count: columns)
      set.table.columnSums(
        ColumnSumArguments(
          columns: columns, segments: segments, depth: depth, b: b.address, bSegmentStride: segmentStride,
          bDepthStride: depthStride, sum: sum.address))
      return sum
    }

    /// Strides of zero make a lone 1 a row of ones.
    func product(_ set: KernelSet) -> GuardedFloats {
      let one = GuardedFloats([1])
      let sum = GuardedFloats(count: columns)
      var arguments = ProductArguments(
        rows: 1, columns: columns, depth: depth, a: one.address, aRowStride: 0, b: b.address, c: sum.address,
        cRowStride: columns)
      arguments.segments = segments
      arguments.aDepthStride = 0
      arguments.bSegmentStride = segmentStride
      arguments.bDepthStride = depthStride
      set.table.product(arguments)
      return sum
    }
  }

  @Test(arguments: KernelSet.Name.supported)
  func everyColumnIsOneAscendingChain(_ name: KernelSet.Name) throws {
    let set = try KernelSet(name)
    for columns in Array(1...140) + [256, 400] {
      let sums = Case(columns: columns, segments: 1 + columns % 4, depth: 1 + columns * 7 % 40)
      let expected = (0..<columns).map { column in
        stride(from: column, to: sums.values.count, by: columns).reduce(0 as Float) { $0 + sums.values[$1] }
      }
      let found = sums.sums(set)
      #expect(found.bits == expected.map(\.bitPattern), "\(columns) columns")
      #expect(found.bandsAreUntouched, "\(columns) columns")
      #expect(sums.product(set).bits == found.bits, "\(columns) columns")
    }
  }

  /// No segments or no depth: zeros. No columns: nothing happens.
  @Test(arguments: KernelSet.Name.supported)
  func emptyExtents(_ name: KernelSet.Name) throws {
    let set = try KernelSet(name)
    for (columns, segments, depth) in [(9, 0, 3), (9, 3, 0), (0, 3, 3)] {
      let found = Case(columns: columns, segments: segments, depth: depth).sums(set)
      #expect(found.bits == Array(repeating: 0, count: columns))
      #expect(found.bandsAreUntouched)
    }
  }
}
