// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// Public because `@_alwaysEmitIntoClient` asks for it; nothing here is for users.

public import CPlatform

/// Floats of a thread's block, less a vector that conversions may write behind their last pair.
@_alwaysEmitIntoClient
var blockCount: Int { @inline(__always) get { Int(platform_block_count) - 16 } }

/// The calling thread's block.
@_alwaysEmitIntoClient
var threadBlock: UnsafeMutablePointer<Float> { @inline(__always) get { platform_thread_block()! } }

/// C = start + A · B (``ProductArguments``) whose operands are rounded to bf16 (BF16.swift): the terms of a sum are taken in pairs,
/// over segments and depth in ascending order, an odd last one with zeros.
///
/// A, and a B that isn't packed, are converted a block at a time into memory of the thread's own. Sums that go on in the next block
/// wait in C, so that blocks leave no trace in the bits. A packed B is one that ``mixedPack`` packed.
@_alwaysEmitIntoClient @inline(__always)
public func mixedProduct<I: InstructionSet>(_: I.Type, _ p: borrowing ProductArguments) {
  if p.bDepthStride == nil {
    mixedProductOfPacked(I.self, p, threadBlock)
  } else {
    mixedProductOfTerms(I.self, p, threadBlock)
  }
}

extension ProductArguments {
  @_alwaysEmitIntoClient
  var terms: Int { @inline(__always) get { segments * depth } }

  /// Where the term of an index lies, in strides of segments and of depth.
  @_alwaysEmitIntoClient @inline(__always)
  func place(_ term: Int, _ segmentStride: Int, _ depthStride: Int) -> Int {
    segments == 1 ? term * depthStride : term / depth * segmentStride + term % depth * depthStride
  }

  /// The product of a block of converted operands.
  @_alwaysEmitIntoClient @inline(__always)
  func part(rows: Range<Int>, firstGroup: Int, pairs: Range<Int>, a: UnsafePointer<Float>) -> ProductArguments {
    var part = self
    part.rows = rows.count
    part.c = c + firstGroup * cGroupStride + rows.lowerBound * cRowStride
    part.segments = 1
    part.depth = pairs.count
    part.a = a
    if pairs.lowerBound > 0 { part.start = .existing }
    part.rectified = rectified && pairs.upperBound == (terms + 1) / 2
    return part
  }
}

/// As many rows of A as the block holds, as `[group][row][pairs]`, times a packed B.
@_alwaysEmitIntoClient @inline(__always)
func mixedProductOfPacked<I: InstructionSet>(
  _: I.Type, _ p: borrowing ProductArguments, _ block: UnsafeMutablePointer<Float>
) {
  let pairs = (p.terms + 1) / 2
  let pairsAtOnce = max(1, min(pairs, blockCount / 4))
  let rowsAtOnce = (blockCount / pairsAtOnce) & ~3
  let groupsAtOnce = max(1, rowsAtOnce / max(1, p.rows))
  for firstGroup in stride(from: 0, to: p.groups, by: groupsAtOnce) {
    let groups = min(groupsAtOnce, p.groups - firstGroup)
    for firstRow in stride(from: 0, to: p.rows, by: rowsAtOnce) {
      let rows = firstRow..<min(firstRow + rowsAtOnce, p.rows)
      var first = 0
      repeat {
        let range = first..<min(first + pairsAtOnce, pairs)
        var target = block
        for group in firstGroup..<(firstGroup + groups) {
          for row in rows {
            convertRow(I.self, p, p.a + (group * p.aGroupStride + row * p.aRowStride), range, target)
            target += range.count
          }
        }
        var part = p.part(rows: rows, firstGroup: firstGroup, pairs: range, a: block)
        part.groups = groups
        part.aGroupStride = rows.count * range.count
        part.aRowStride = range.count
        part.aDepthStride = 1
        product(BF16Pairs<I>.self, part, firstDepth: first, packedDepth: pairs)
        first = range.upperBound
      } while first < pairs
    }
  }
}

/// Some pairs of one row of A. Writes up to a vector more than them.
@_alwaysEmitIntoClient @inline(__always)
func convertRow<I: InstructionSet>(
  _: I.Type, _ p: borrowing ProductArguments, _ a: UnsafePointer<Float>, _ pairs: Range<Int>,
  _ target: UnsafeMutablePointer<Float>
) {
  let end = min(2 * pairs.upperBound, p.terms)
  var term = 2 * pairs.lowerBound
  var target = target
  if p.segments == 1, p.aDepthStride == 1 {
    while term + 2 * I.width <= end {
      I.store(I.neighboursBF16(I.load(a + term), I.load(a + (term + I.width))), target)
      term += 2 * I.width
      target += I.width
    }
    guard term < end else { return }
    let rest = end - term
    let second = rest > I.width ? I.load(a + (term + I.width), first: rest - I.width) : I.zero
    I.store(I.neighboursBF16(I.load(a + term, first: rest), second), target)
  } else {
    while term < end {
      let high = term + 1 < end ? a[p.place(term + 1, p.aSegmentStride, p.aDepthStride)] : 0
      target[0] = pairBF16(low: a[p.place(term, p.aSegmentStride, p.aDepthStride)], high: high)
      term += 2
      target += 1
    }
  }
}

/// As many terms as the block holds of both: A as `[pairs][platform_block_rows]`, and B a panel at a time.
@_alwaysEmitIntoClient @inline(__always)
func mixedProductOfTerms<I: InstructionSet>(
  _: I.Type, _ p: borrowing ProductArguments, _ block: UnsafeMutablePointer<Float>
) {
  let layout = PackedLayout(columns: p.columns, width: I.width, panelVectors: I.panelVectors)
  let pairs = (p.terms + 1) / 2
  let rowsAtOnce = Int(platform_block_rows)
  let pairsAtOnce = Int(platform_block_count) / (rowsAtOnce + I.panelVectors * I.width)
  let bBlock = block + pairsAtOnce * rowsAtOnce
  for group in 0..<p.groups {
    var first = 0
    repeat {
      let range = first..<min(first + pairsAtOnce, pairs)
      for firstRow in stride(from: 0, to: p.rows, by: rowsAtOnce) {
        let rows = firstRow..<min(firstRow + rowsAtOnce, p.rows)
        let a = p.a + (group * p.aGroupStride + firstRow * p.aRowStride)
        convertTerms(
          I.self, p, a, p.aSegmentStride, p.aDepthStride, range, count: rows.count, stride: p.aRowStride,
          block, targetStride: rowsAtOnce)
        var part = p.part(rows: rows, firstGroup: group, pairs: range, a: block)
        part.groups = 1
        part.aRowStride = 1
        part.aDepthStride = rowsAtOnce
        for panel in 0..<layout.panels {
          let column = layout.firstColumn(ofPanel: panel)
          let width = layout.firstColumn(ofPanel: panel + 1) - column
          convertTerms(
            I.self, p, p.b + column, p.bSegmentStride, p.bDepthStride!, range, count: width, stride: 1,
            bBlock, targetStride: width)
          productPanel(
            BF16Pairs<I>.self, vectors: width / I.width, part, b: bBlock, bStride: width, bSegment: 0,
            firstColumn: column)
        }
      }
      first = range.upperBound
    } while first < pairs
  }
}

/// Some pairs of terms of `count` rows of A, or columns of B, which are `stride` floats apart. Writes whole vectors.
@_alwaysEmitIntoClient @inline(__always)
func convertTerms<I: InstructionSet>(
  _: I.Type, _ p: borrowing ProductArguments, _ source: UnsafePointer<Float>, _ segmentStride: Int, _ depthStride: Int,
  _ pairs: Range<Int>, count: Int, stride: Int, _ target: UnsafeMutablePointer<Float>,
  targetStride: Int
) {
  var target = target
  for pair in pairs {
    let low = source + p.place(2 * pair, segmentStride, depthStride)
    let high = 2 * pair + 1 < p.terms ? source + p.place(2 * pair + 1, segmentStride, depthStride) : nil
    if stride == 1 {
      var n = 0
      while n + I.width <= count {
        I.store(I.pairsBF16(low: I.load(low + n), high: high.map { I.load($0 + n) } ?? I.zero), target + n)
        n += I.width
      }
      if n < count {
        let upper = high.map { I.load($0 + n, first: count - n) } ?? I.zero
        I.store(I.pairsBF16(low: I.load(low + n, first: count - n), high: upper), target + n)
      }
    } else {
      for n in 0..<count {
        target[n] = pairBF16(low: low[n * stride], high: high.map { $0[n * stride] } ?? 0)
      }
    }
    target += targetStride
  }
}
