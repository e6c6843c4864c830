/// One matrix product C = A · B over rows that may be windows of a longer array, so that convolutions need no copies.
///
/// - A: element (group g, row r, segment s, step k) at `a[g·aGroupStride + r·aRowStride + s·aSegmentStride + k·aStepStride]`;
///   a transposed matrix is a swap of strides, a convolution's windows are rows that overlap.
/// - B: packed in panels (``PackedLayout``) where `bStepStride` is nil, else step k of segment s at
///   `b + s·bSegmentStride + k·bStepStride`.
/// - C: row r of group g at `c + g·cGroupStride + r·cRowStride`.
///
/// Every element of C is one chain of multiply-adds over segments and steps in ascending order, whatever the tile: that
/// is what makes results equal across tile shapes, vector widths and numbers of threads.
public struct ProductArguments {
  /// What the accumulators hold before the first step.
  public enum Start {
    /// Zero.
    case zeros
    /// The vector `[columns]` of a bias in every row.
    case bias(UnsafePointer<Float>)
    /// What C holds.
    case existing
  }

  /// Groups of rows.
  public var groups = 1
  /// Rows in a group.
  public var rows: Int
  /// Columns of B and C.
  public var columns: Int
  /// Segments of the sum.
  public var segments = 1
  /// Steps of the sum in a segment.
  public var steps: Int

  /// The first element of A and its strides in elements.
  public var a: UnsafePointer<Float>
  /// The distance of two groups of rows of A.
  public var aGroupStride = 0
  /// The distance of two rows of A.
  public var aRowStride: Int
  /// The distance of two segments of A.
  public var aSegmentStride = 0
  /// The distance of two steps of A.
  public var aStepStride = 1

  /// The first element of B.
  public var b: UnsafePointer<Float>
  /// The distance of two segments of an unpacked B.
  public var bSegmentStride = 0
  /// The distance of two steps of B; nil for packed panels.
  public var bStepStride: Int?

  /// The first element of C and its strides in elements.
  public var c: UnsafeMutablePointer<Float>
  /// The distance of two groups of rows of C.
  public var cGroupStride = 0
  /// The distance of two rows of C.
  public var cRowStride: Int

  /// What the accumulators hold before the first step.
  public var start = Start.zeros
  /// Whether negative results become zero.
  public var rectified = false

  /// A product whose remaining fields hold their defaults.
  public init(
    rows: Int, columns: Int, steps: Int, a: UnsafePointer<Float>, aRowStride: Int, b: UnsafePointer<Float>,
    c: UnsafeMutablePointer<Float>, cRowStride: Int
  ) {
    self.rows = rows
    self.columns = columns
    self.steps = steps
    self.a = a
    self.aRowStride = aRowStride
    self.b = b
    self.c = c
    self.cRowStride = cRowStride
  }
}

/// How the columns of a matrix are cut into panels of a few vectors: as even as can be, none wider than the tile.
public struct PackedLayout: Sendable {
  /// Floats in a vector.
  public let width: Int
  /// Vectors that hold all columns.
  public let vectors: Int
  /// Panels.
  public let panels: Int

  /// The layout of `columns` columns for tiles of up to `panelVectors` vectors.
  @_alwaysEmitIntoClient @inline(__always)
  public init(columns: Int, width: Int, panelVectors: Int) {
    self.init(width: width, vectors: (columns + width - 1) / width, panelVectors: panelVectors)
  }

  @_alwaysEmitIntoClient @inline(__always)
  init(width: Int, vectors: Int, panelVectors: Int) {
    self.init(width: width, vectors: vectors, panels: (vectors + panelVectors - 1) / panelVectors)
  }

  /// Memberwise.
  public init(width: Int, vectors: Int, panels: Int) {
    self.width = width
    self.vectors = vectors
    self.panels = panels
  }

  /// The first vector of a panel.
  @_alwaysEmitIntoClient @inline(__always)
  public func firstVector(ofPanel panel: Int) -> Int { panel * vectors / panels }
}

/// The rows and vectors of a register tile, as types.
public struct TileShape<let R: Int, let N: Int> {
  @_alwaysEmitIntoClient @inline(__always)
  init() {}
}

/// Adds `A[rows of the tile, steps] · B[steps, N vectors]` to a tile that stays in registers.
@_alwaysEmitIntoClient @inline(__always)
func accumulate<I: InstructionSet, let R: Int, let N: Int>(
  _: I.Type, _ tile: inout InlineArray<R, InlineArray<N, I.Vector>>, steps: Int,
  _ a: UnsafePointer<Float>, rowStride: Int, stepStride: Int, _ b: UnsafePointer<Float>, bStride: Int
) {
  var a = a
  var b = b
  for _ in 0..<steps {
    for r in 0..<R {
      let broadcast = I.Vector(repeating: a[r * rowStride])
      for n in 0..<N {
        tile[r][n] = I.multiplyAdd(tile[r][n], broadcast, I.load(b + n * I.width))
      }
    }
    a += stepStride
    b += bStride
  }
}

/// One tile of C: load or zero, all segments, store.
@_alwaysEmitIntoClient @inline(__always)
func productTile<I: InstructionSet, let R: Int, let N: Int>(
  _: I.Type, _: TileShape<R, N>, _ p: borrowing ProductArguments,
  a: UnsafePointer<Float>, b: UnsafePointer<Float>, bStride: Int, bSegment: Int,
  c: UnsafeMutablePointer<Float>, firstColumn: Int
) {
  // Every loop here runs over constants and has a body without branches, so that it is unrolled and the tile never needs an
  // address: one indexed access would put all of it on the stack, and a store behind every multiply-add.
  var tile = InlineArray<R, InlineArray<N, I.Vector>>(repeating: InlineArray<N, I.Vector>(repeating: I.zero))
  let last = (N - 1) * I.width
  let lastCount = p.columns - firstColumn - last
  let whole = lastCount >= I.width
  switch p.start {
  case .zeros: break
  case .bias(let bias):
    let bias = bias + firstColumn
    for n in 0..<(N - 1) {
      let value = I.load(bias + n * I.width)
      for r in 0..<R { tile[r][n] = value }
    }
    let value = whole ? I.load(bias + last) : partial(I.self, bias + last, lastCount)
    for r in 0..<R { tile[r][N - 1] = value }
  case .existing:
    for r in 0..<R { for n in 0..<(N - 1) { tile[r][n] = I.load(c + (r * p.cRowStride + n * I.width)) } }
    if whole {
      for r in 0..<R { tile[r][N - 1] = I.load(c + (r * p.cRowStride + last)) }
    } else {
      for r in 0..<R { tile[r][N - 1] = partial(I.self, c + (r * p.cRowStride + last), lastCount) }
    }
  }
  var a = a
  var b = b
  for _ in 0..<p.segments {
    accumulate(
      I.self, &tile, steps: p.steps, a, rowStride: p.aRowStride, stepStride: p.aStepStride, b, bStride: bStride)
    a += p.aSegmentStride
    b += bSegment
  }
  if p.rectified {
    for r in 0..<R { for n in 0..<N { tile[r][n] = I.relu(tile[r][n]) } }
  }
  for r in 0..<R { for n in 0..<(N - 1) { I.store(tile[r][n], c + (r * p.cRowStride + n * I.width)) } }
  if whole {
    for r in 0..<R { I.store(tile[r][N - 1], c + (r * p.cRowStride + last)) }
  } else {
    for r in 0..<R { storePartial(I.self, tile[r][N - 1], lastCount, c + (r * p.cRowStride + last)) }
  }
}

/// Stores the first `count` lanes; never inlined, so that the caller's vector stays in its register.
@_alwaysEmitIntoClient @inline(never)
func storePartial<I: InstructionSet>(_: I.Type, _ value: I.Vector, _ count: Int, _ address: UnsafeMutablePointer<Float>)
{
  I.store(value, first: count, address)
}

/// The first `count` floats at an address and zeros, without reading what lies behind.
@_alwaysEmitIntoClient @inline(never)
func partial<I: InstructionSet>(_: I.Type, _ address: UnsafePointer<Float>, _ count: Int) -> I.Vector {
  var value = I.zero
  withUnsafeMutableBytes(of: &value) {
    $0.baseAddress!.copyMemory(from: address, byteCount: count * 4)
  }
  return value
}

/// All rows of one panel of N vectors.
@_alwaysEmitIntoClient @inline(__always)
func productPanel<I: InstructionSet, let N: Int>(
  _: I.Type, _: TileShape<1, N>, _ p: borrowing ProductArguments,
  b: UnsafePointer<Float>, bStride: Int, bSegment: Int, firstColumn: Int
) {
  for g in 0..<p.groups {
    var a = p.a + g * p.aGroupStride
    var c = p.c + g * p.cGroupStride + firstColumn
    var left = p.rows
    while left >= 4 {
      productTile(
        I.self, TileShape<4, N>(), p, a: a, b: b, bStride: bStride,
        bSegment: bSegment, c: c, firstColumn: firstColumn)
      a += 4 * p.aRowStride
      c += 4 * p.cRowStride
      left -= 4
    }
    switch left {
    case 3:
      productTile(
        I.self, TileShape<3, N>(), p, a: a, b: b, bStride: bStride,
        bSegment: bSegment, c: c, firstColumn: firstColumn)
    case 2:
      productTile(
        I.self, TileShape<2, N>(), p, a: a, b: b, bStride: bStride,
        bSegment: bSegment, c: c, firstColumn: firstColumn)
    case 1:
      productTile(
        I.self, TileShape<1, N>(), p, a: a, b: b, bStride: bStride,
        bSegment: bSegment, c: c, firstColumn: firstColumn)
    default: break
    }
  }
}

/// C[groups · rows, columns] = start + A · B, panel by panel.
@_alwaysEmitIntoClient @inline(__always)
public func product<I: InstructionSet>(_: I.Type, _ p: borrowing ProductArguments) {
  let layout = PackedLayout(columns: p.columns, width: I.width, panelVectors: I.panelVectors)
  let packed = p.bStepStride == nil
  for panel in 0..<layout.panels {
    let first = layout.firstVector(ofPanel: panel)
    let vectors = layout.firstVector(ofPanel: panel + 1) - first
    let column = first * I.width
    let bStride = packed ? vectors * I.width : p.bStepStride!
    let bSegment = packed ? p.steps * bStride : p.bSegmentStride
    let b = packed ? p.b + column * p.steps * p.segments : p.b + column
    switch vectors {
    case 1:
      productPanel(
        I.self, TileShape<1, 1>(), p, b: b, bStride: bStride, bSegment: bSegment,
        firstColumn: column)
    case 2:
      productPanel(
        I.self, TileShape<1, 2>(), p, b: b, bStride: bStride, bSegment: bSegment,
        firstColumn: column)
    case 3 where I.panelVectors >= 3:
      productPanel(
        I.self, TileShape<1, 3>(), p, b: b, bStride: bStride, bSegment: bSegment,
        firstColumn: column)
    case 4 where I.panelVectors >= 4:
      productPanel(
        I.self, TileShape<1, 4>(), p, b: b, bStride: bStride, bSegment: bSegment,
        firstColumn: column)
    case 5 where I.panelVectors >= 5:
      productPanel(
        I.self, TileShape<1, 5>(), p, b: b, bStride: bStride, bSegment: bSegment,
        firstColumn: column)
    default: break
    }
  }
}
