// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// Public because `@_alwaysEmitIntoClient` asks for it; nothing here is for users.

/// One matrix product C = A · B over rows that may be windows of a longer array, so that convolutions need no copies.
///
/// - A: element (group g, row r, segment s, depth k) at `a[g·aGroupStride + r·aRowStride + s·aSegmentStride + k·aDepthStride]`;
///   a transposed matrix is a swap of strides, a convolution's windows are rows that overlap.
/// - B: packed in panels (``PackedLayout``) where `bDepthStride` is nil, else depth k of segment s at
///   `b + s·bSegmentStride + k·bDepthStride`.
/// - C: row r of group g at `c + g·cGroupStride + r·cRowStride`.
///
/// Every element of C is one chain of multiply-adds over segments and depth in ascending order, whatever the tile: that
/// is what makes results equal across tile shapes, vector widths and numbers of threads.
public struct ProductArguments {
  /// What the accumulators hold before the first multiply-add.
  public enum Start {
    /// Zero.
    case zeros
    /// The vector `[columns]` of a bias in every row.
    case bias(UnsafePointer<Float>)
    /// What C holds.
    case existing
  }

  public var groups = 1
  /// Rows in a group.
  public var rows: Int
  public var columns: Int
  public var segments = 1
  /// Terms of the sum in a segment (k of a GEMM).
  public var depth: Int

  // Strides are in elements.

  public var a: UnsafePointer<Float>
  public var aGroupStride = 0
  public var aRowStride: Int
  public var aSegmentStride = 0
  public var aDepthStride = 1

  public var b: UnsafePointer<Float>
  /// Of an unpacked B.
  public var bSegmentStride = 0
  /// Nil for packed panels.
  public var bDepthStride: Int?

  public var c: UnsafeMutablePointer<Float>
  public var cGroupStride = 0
  public var cRowStride: Int

  /// What the accumulators hold before the first multiply-add.
  public var start = Start.zeros
  /// Whether negative results become zero.
  public var rectified = false
  /// Whether panels are taken from the last to the first, which finds in the cache what a call in the other order left there.
  public var takesLastPanelFirst = false

  public init(
    rows: Int, columns: Int, depth: Int, a: UnsafePointer<Float>, aRowStride: Int, b: UnsafePointer<Float>,
    c: UnsafeMutablePointer<Float>, cRowStride: Int
  ) {
    self.rows = rows
    self.columns = columns
    self.depth = depth
    self.a = a
    self.aRowStride = aRowStride
    self.b = b
    self.c = c
    self.cRowStride = cRowStride
  }
}

/// The rows of a register tile, and its vectors before the last, as types.
public struct TileShape<let R: Int, let N: Int> {
  @_alwaysEmitIntoClient @inline(__always)
  init() {}
}

/// Adds `A[rows of the tile, depth] · B[depth, N + 1 vectors]` to a tile that stays in registers.
@_alwaysEmitIntoClient @inline(__always)
func accumulate<I: InstructionSet, E: TileEdge, let R: Int, let N: Int>(
  _: I.Type, _: E.Type, _ tile: inout InlineArray<R, InlineArray<N, I.Vector>>, _ edge: inout InlineArray<R, E.Lanes>,
  depth: Int, _ a: UnsafePointer<Float>, rowStride: Int, depthStride: Int, _ b: UnsafePointer<Float>, bStride: Int
) where E.Instructions == I {
  var a = a
  var b = b
  for _ in 0..<depth {
    for r in 0..<R {
      let broadcast = I.Vector(repeating: a[r * rowStride])
      for n in 0..<N {
        tile[r][n] = I.multiplyAdd(tile[r][n], broadcast, I.load(b + n * I.width))
      }
      edge[r] = E.multiplyAdd(edge[r], E.lower(broadcast), E.load(b + N * I.width))
    }
    a += depthStride
    b += bStride
  }
}

/// One tile of C: load or zero, all segments, store.
@_alwaysEmitIntoClient @inline(__always)
func productTile<I: InstructionSet, E: TileEdge, let R: Int, let N: Int>(
  _: I.Type, _: E.Type, _: TileShape<R, N>, _ p: borrowing ProductArguments,
  a: UnsafePointer<Float>, b: UnsafePointer<Float>, bStride: Int, bSegment: Int,
  c: UnsafeMutablePointer<Float>, firstColumn: Int
) where E.Instructions == I {
  // Every loop here runs over constants and has a body without branches, so that it is unrolled and the tile never needs an
  // address: one indexed access would put all of it on the stack, and a store behind every multiply-add.
  var tile = InlineArray<R, InlineArray<N, I.Vector>>(repeating: InlineArray<N, I.Vector>(repeating: I.zero))
  var edge = InlineArray<R, E.Lanes>(repeating: E.lower(I.zero))
  let last = N * I.width
  let lastCount = p.columns - firstColumn - last
  let whole = lastCount >= E.width
  switch p.start {
  case .zeros: break
  case .bias(let bias):
    let bias = bias + firstColumn
    for n in 0..<N {
      let value = I.load(bias + n * I.width)
      for r in 0..<R { tile[r][n] = value }
    }
    let value = whole ? E.load(bias + last) : E.lower(I.load(bias + last, first: lastCount))
    for r in 0..<R { edge[r] = value }
  case .existing:
    for r in 0..<R { for n in 0..<N { tile[r][n] = I.load(c + (r * p.cRowStride + n * I.width)) } }
    if whole {
      for r in 0..<R { edge[r] = E.load(c + (r * p.cRowStride + last)) }
    } else {
      for r in 0..<R { edge[r] = E.lower(I.load(c + (r * p.cRowStride + last), first: lastCount)) }
    }
  }
  var a = a
  var b = b
  for _ in 0..<p.segments {
    accumulate(
      I.self, E.self, &tile, &edge, depth: p.depth, a, rowStride: p.aRowStride, depthStride: p.aDepthStride, b,
      bStride: bStride)
    a += p.aSegmentStride
    b += bSegment
  }
  if p.rectified {
    for r in 0..<R {
      for n in 0..<N { tile[r][n] = tile[r][n].rectified }
      edge[r] = edge[r].rectified
    }
  }
  for r in 0..<R { for n in 0..<N { I.store(tile[r][n], c + (r * p.cRowStride + n * I.width)) } }
  if whole {
    for r in 0..<R { E.store(edge[r], c + (r * p.cRowStride + last)) }
  } else {
    for r in 0..<R { I.store(E.widened(edge[r]), first: lastCount, c + (r * p.cRowStride + last)) }
  }
}

/// All rows of one panel of N + 1 vectors.
@_alwaysEmitIntoClient @inline(__always)
func productPanel<I: InstructionSet, E: TileEdge, let N: Int>(
  _: I.Type, _: E.Type, _: TileShape<1, N>, _ p: borrowing ProductArguments,
  b: UnsafePointer<Float>, bStride: Int, bSegment: Int, firstColumn: Int
) where E.Instructions == I {
  for g in 0..<p.groups {
    var a = p.a + g * p.aGroupStride
    var c = p.c + g * p.cGroupStride + firstColumn
    var left = p.rows
    while left >= 4 {
      productTile(
        I.self, E.self, TileShape<4, N>(), p, a: a, b: b, bStride: bStride,
        bSegment: bSegment, c: c, firstColumn: firstColumn)
      a += 4 * p.aRowStride
      c += 4 * p.cRowStride
      left -= 4
    }
    switch left {
    case 3:
      productTile(
        I.self, E.self, TileShape<3, N>(), p, a: a, b: b, bStride: bStride,
        bSegment: bSegment, c: c, firstColumn: firstColumn)
    case 2:
      productTile(
        I.self, E.self, TileShape<2, N>(), p, a: a, b: b, bStride: bStride,
        bSegment: bSegment, c: c, firstColumn: firstColumn)
    case 1:
      productTile(
        I.self, E.self, TileShape<1, N>(), p, a: a, b: b, bStride: bStride,
        bSegment: bSegment, c: c, firstColumn: firstColumn)
    default: break
    }
  }
}

/// One row of two neighbouring panels of N whole vectors each: twice as many chains of multiply-adds as one panel has, so that a
/// single row waits for memory and not for its sums.
@_alwaysEmitIntoClient @inline(__always)
func productRow<I: InstructionSet, let N: Int>(
  _: I.Type, _: TileShape<2, N>, _ p: borrowing ProductArguments, b: UnsafePointer<Float>, firstColumn: Int
) {
  var tile = InlineArray<2, InlineArray<N, I.Vector>>(repeating: InlineArray<N, I.Vector>(repeating: I.zero))
  let width = N * I.width
  let c = p.c + firstColumn
  switch p.start {
  case .zeros: break
  case .bias(let bias):
    for r in 0..<2 { for n in 0..<N { tile[r][n] = I.load(bias + (firstColumn + r * width + n * I.width)) } }
  case .existing:
    for r in 0..<2 { for n in 0..<N { tile[r][n] = I.load(c + (r * width + n * I.width)) } }
  }
  var a = p.a
  var b = b
  let panel = p.depth * width
  for _ in 0..<p.depth {
    let broadcast = I.Vector(repeating: a[0])
    for r in 0..<2 {
      for n in 0..<N { tile[r][n] = I.multiplyAdd(tile[r][n], broadcast, I.load(b + (r * panel + n * I.width))) }
    }
    a += p.aDepthStride
    b += width
  }
  if p.rectified {
    for r in 0..<2 { for n in 0..<N { tile[r][n] = tile[r][n].rectified } }
  }
  for r in 0..<2 { for n in 0..<N { I.store(tile[r][n], c + (r * width + n * I.width)) } }
}

/// C[groups · rows, columns] = start + A · B, panel by panel.
@_alwaysEmitIntoClient @inline(__always)
public func product<I: InstructionSet>(_: I.Type, _ p: borrowing ProductArguments) {
  product(I.self, p, firstDepth: 0, packedDepth: p.depth * p.segments)
}

/// The same of a part of a packed B: the depth from `firstDepth` on of `packedDepth`.
@_alwaysEmitIntoClient @inline(__always)
func product<I: InstructionSet>(_: I.Type, _ p: borrowing ProductArguments, firstDepth: Int, packedDepth: Int) {
  let layout = PackedLayout(columns: p.columns, width: I.width, panelVectors: I.panelVectors)
  let packed = p.bDepthStride == nil
  let rows = p.rows * p.groups * p.segments
  let isWhole = p.depth == packedDepth
  let isSingleRow = packed && rows == 1 && isWhole
  // The panels that are left.
  var next = 0
  var end = layout.panels
  while next < end {
    if isSingleRow, end - next >= 2 {
      let pair = p.takesLastPanelFirst ? end - 2 : next
      let first = layout.firstVector(ofPanel: pair)
      let last = layout.firstVector(ofPanel: pair + 2)
      let columns = p.columns
      if last - first == 2 * I.panelVectors, last * I.width <= columns {
        productRow(I.self, p, b: p.b + first * I.width * p.depth, firstColumn: first * I.width)
        if p.takesLastPanelFirst { end -= 2 } else { next += 2 }
        continue
      }
    }
    let panel = p.takesLastPanelFirst ? end - 1 : next
    if p.takesLastPanelFirst { end -= 1 } else { next += 1 }
    let column = layout.firstColumn(ofPanel: panel)
    let vectors = layout.firstVector(ofPanel: panel + 1) - layout.firstVector(ofPanel: panel)
    let bStride = packed ? vectors * I.width : p.bDepthStride!
    let bSegment = packed ? p.depth * bStride : p.bSegmentStride
    let b = packed ? p.b + column * packedDepth + firstDepth * bStride : p.b + column
    productPanel(I.self, vectors: vectors, p, b: b, bStride: bStride, bSegment: bSegment, firstColumn: column)
  }
}

/// All rows of one panel of some vectors, of whose last only half is computed where its columns fit there.
@_alwaysEmitIntoClient @inline(__always)
func productPanel<I: InstructionSet>(
  _: I.Type, vectors: Int, _ p: borrowing ProductArguments, b: UnsafePointer<Float>, bStride: Int, bSegment: Int,
  firstColumn: Int
) {
  if I.hasHalves, p.columns - firstColumn - (vectors - 1) * I.width <= HalfEdge<I>.width {
    productPanel(
      I.self, HalfEdge<I>.self, vectors: vectors, p, b: b, bStride: bStride, bSegment: bSegment,
      firstColumn: firstColumn)
  } else {
    productPanel(
      I.self, WholeEdge<I>.self, vectors: vectors, p, b: b, bStride: bStride, bSegment: bSegment,
      firstColumn: firstColumn)
  }
}

/// The same with the last vector that an edge says.
@_alwaysEmitIntoClient @inline(__always)
func productPanel<I: InstructionSet, E: TileEdge>(
  _: I.Type, _: E.Type, vectors: Int, _ p: borrowing ProductArguments, b: UnsafePointer<Float>, bStride: Int,
  bSegment: Int, firstColumn: Int
) where E.Instructions == I {
  switch vectors {
  case 1:
    productPanel(
      I.self, E.self, TileShape<1, 0>(), p, b: b, bStride: bStride, bSegment: bSegment, firstColumn: firstColumn)
  case 2:
    productPanel(
      I.self, E.self, TileShape<1, 1>(), p, b: b, bStride: bStride, bSegment: bSegment, firstColumn: firstColumn)
  case 3 where I.panelVectors >= 3:
    productPanel(
      I.self, E.self, TileShape<1, 2>(), p, b: b, bStride: bStride, bSegment: bSegment, firstColumn: firstColumn)
  case 4 where I.panelVectors >= 4:
    productPanel(
      I.self, E.self, TileShape<1, 3>(), p, b: b, bStride: bStride, bSegment: bSegment, firstColumn: firstColumn)
  case 5 where I.panelVectors >= 5:
    productPanel(
      I.self, E.self, TileShape<1, 4>(), p, b: b, bStride: bStride, bSegment: bSegment, firstColumn: firstColumn)
  default: break
  }
}

/// ``productRow`` of the instruction set's full panels.
@_alwaysEmitIntoClient @inline(__always)
func productRow<I: InstructionSet>(
  _: I.Type, _ p: borrowing ProductArguments, b: UnsafePointer<Float>, firstColumn: Int
) {
  switch I.panelVectors {
  case 2: productRow(I.self, TileShape<2, 2>(), p, b: b, firstColumn: firstColumn)
  case 3: productRow(I.self, TileShape<2, 3>(), p, b: b, firstColumn: firstColumn)
  case 5: productRow(I.self, TileShape<2, 5>(), p, b: b, firstColumn: firstColumn)
  default: preconditionFailure("no row kernel for panels of this width")
  }
}
