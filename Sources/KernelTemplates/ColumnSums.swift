// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// Public because `@_alwaysEmitIntoClient` asks for it; nothing here is for users.

/// The sums of a matrix's columns over rows in segments: a bias's gradient.
///
/// sum[n] = Σ over segments s, then depth k, ascending from zero, of `b[s·bSegmentStride + k·bDepthStride + n]`, strides in
/// elements: the additions that a product of a row of ones with B makes. B may be read a vector beyond its last column.
public struct ColumnSumArguments {
  public var columns: Int
  public var segments: Int
  public var depth: Int
  public var b: UnsafePointer<Float>
  public var bSegmentStride: Int
  public var bDepthStride: Int
  public var sum: UnsafeMutablePointer<Float>

  public init(
    columns: Int, segments: Int, depth: Int, b: UnsafePointer<Float>, bSegmentStride: Int, bDepthStride: Int,
    sum: UnsafeMutablePointer<Float>
  ) {
    self.columns = columns
    self.segments = segments
    self.depth = depth
    self.b = b
    self.bSegmentStride = bSegmentStride
    self.bDepthStride = bDepthStride
    self.sum = sum
  }
}

/// The sums of N vectors of columns, held in registers.
@_alwaysEmitIntoClient @inline(__always)
func columnSumPanel<I: InstructionSet, let N: Int>(
  _: I.Type, _: TileShape<1, N>, _ p: borrowing ColumnSumArguments, firstColumn: Int
) {
  var sums = InlineArray<N, I.Vector>(repeating: I.zero)
  var segment = p.b + firstColumn
  for _ in 0..<p.segments {
    var b = segment
    for _ in 0..<p.depth {
      for n in 0..<N { sums[n] = sums[n] + I.load(b + n * I.width) }
      b += p.bDepthStride
    }
    segment += p.bSegmentStride
  }
  let target = p.sum + firstColumn
  let last = (N - 1) * I.width
  for n in 0..<(N - 1) { I.store(sums[n], target + n * I.width) }
  let lastCount = p.columns - firstColumn - last
  if lastCount >= I.width {
    I.store(sums[N - 1], target + last)
  } else {
    I.store(sums[N - 1], first: lastCount, target + last)
  }
}

/// Four vectors of columns at a time, then the rest.
@_alwaysEmitIntoClient @inline(never)
public func columnSums<I: InstructionSet>(_: I.Type, _ p: borrowing ColumnSumArguments) {
  var column = 0
  while p.columns - column > 3 * I.width {
    columnSumPanel(I.self, TileShape<1, 4>(), p, firstColumn: column)
    column += 4 * I.width
  }
  switch (p.columns - column + I.width - 1) / I.width {
  case 3: columnSumPanel(I.self, TileShape<1, 3>(), p, firstColumn: column)
  case 2: columnSumPanel(I.self, TileShape<1, 2>(), p, firstColumn: column)
  case 1: columnSumPanel(I.self, TileShape<1, 1>(), p, firstColumn: column)
  default: break
  }
}
