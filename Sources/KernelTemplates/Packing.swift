// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// Public because `@_alwaysEmitIntoClient` asks for it; nothing here is for users.

/// Rows `firstDepth ..< firstDepth + depth` of a matrix B `[totalDepth, columns]`, to be packed into panels.
///
/// Element (k, n) of the part is `source[k · depthStride + n · columnStride]`, or the weighted sum of that of three taps;
/// columns past the last are packed as zeros. Panels stand one behind the other, each `[totalDepth, its columns]`.
public struct PackArguments {
  public var source: UnsafePointer<Float>
  public var taps: TapWeights?
  public var depthStride: Int
  public var columnStride: Int
  public var depth: Int
  public var columns: Int
  public var packed: UnsafeMutablePointer<Float>
  public var firstDepth: Int
  public var totalDepth: Int

  public init(
    source: UnsafePointer<Float>, taps: TapWeights?, depthStride: Int, columnStride: Int, depth: Int, columns: Int,
    packed: UnsafeMutablePointer<Float>, firstDepth: Int, totalDepth: Int
  ) {
    self.source = source
    self.taps = taps
    self.depthStride = depthStride
    self.columnStride = columnStride
    self.depth = depth
    self.columns = columns
    self.packed = packed
    self.firstDepth = firstDepth
    self.totalDepth = totalDepth
  }
}

/// A matrix as a weighted sum of three, such as a Winograd transform makes of a kernel's taps.
public struct TapWeights: Sendable {
  public let first: Float
  public let second: Float
  public let third: Float
  /// Floats from an element to the same one of the next tap.
  public let stride: Int

  public init(_ first: Float, _ second: Float, _ third: Float, stride: Int) {
    self.first = first
    self.second = second
    self.third = third
    self.stride = stride
  }
}

@_alwaysEmitIntoClient @inline(never)
public func pack<I: InstructionSet>(_: I.Type, _ p: borrowing PackArguments) {
  let layout = PackedLayout(columns: p.columns, width: I.width, panelVectors: I.panelVectors)
  for panel in 0..<layout.panels {
    let first = layout.firstColumn(ofPanel: panel)
    let width = layout.firstColumn(ofPanel: panel + 1) - first
    packRows(
      p, from: p.source + first * p.columnStride, depth: p.depth, valid: min(width, p.columns - first),
      into: p.packed + first * p.totalDepth + p.firstDepth * width, width: width)
  }
}

/// Some rows of a panel, one behind the other.
@_alwaysEmitIntoClient @inline(__always)
func packRows(
  _ p: borrowing PackArguments, from source: UnsafePointer<Float>, depth: Int, valid: Int,
  into target: UnsafeMutablePointer<Float>, width: Int
) {
  if let taps = p.taps {
    let second = source + taps.stride
    let third = second + taps.stride
    let weights = (
      SIMD4(repeating: taps.first), SIMD4(repeating: taps.second), SIMD4(repeating: taps.third)
    )
    packPanel(p, depth: depth, into: target, width: width, valid: valid) {
      taps.first * source[$0] + taps.second * second[$0] + taps.third * third[$0]
    } four: {
      weights.0 * four(source + $0) + weights.1 * four(second + $0) + weights.2 * four(third + $0)
    }
  } else {
    packPanel(p, depth: depth, into: target, width: width, valid: valid) {
      source[$0]
    } four: {
      four(source + $0)
    }
  }
}

@_alwaysEmitIntoClient @inline(__always)
func four(_ address: UnsafePointer<Float>) -> SIMD4<Float> {
  UnsafeRawPointer(address).loadUnaligned(as: SIMD4<Float>.self)
}

/// Packs the elements that `element` gives, or `four` for four of neighbouring depths, for their distance from the panel's first: row
/// by row where these lie in rows, else sixteen rows at a time so that the panel's lines stay in the first-level cache.
@_alwaysEmitIntoClient @inline(__always)
func packPanel(
  _ p: borrowing PackArguments, depth: Int, into target: UnsafeMutablePointer<Float>, width: Int, valid: Int,
  _ element: (Int) -> Float, four: (Int) -> SIMD4<Float>
) {
  if p.columnStride == 1 {
    for k in 0..<depth {
      for n in 0..<valid { target[k * width + n] = element(k * p.depthStride + n) }
    }
  } else {
    // Blocks of four rows by four columns are turned around in registers.
    let blockColumns = p.depthStride == 1 ? valid & ~3 : 0
    let columnStride = p.columnStride
    var first = 0
    while first < depth {
      let end = min(first + 16, depth)
      let blockEnd = first + (end - first) & ~3
      for n in stride(from: 0, to: blockColumns, by: 4) {
        var source = first + n * columnStride
        var rows = target + (first * width + n)
        for _ in 0..<((blockEnd - first) / 4) {
          storeTransposed(
            four(source), four(source + columnStride), four(source + 2 * columnStride), four(source + 3 * columnStride),
            rows, rowStride: width)
          source += 4
          rows += 4 * width
        }
      }
      for n in 0..<valid {
        for k in (n < blockColumns ? blockEnd : first)..<end {
          target[k * width + n] = element(k * p.depthStride + n * columnStride)
        }
      }
      first = end
    }
  }
  guard valid < width else { return }
  for k in 0..<depth { for n in valid..<width { target[k * width + n] = 0 } }
}

/// Stores four columns of four as four rows.
@_alwaysEmitIntoClient @inline(__always)
func storeTransposed(
  _ a: SIMD4<Float>, _ b: SIMD4<Float>, _ c: SIMD4<Float>, _ d: SIMD4<Float>, _ target: UnsafeMutablePointer<Float>,
  rowStride: Int
) {
  let lowAB = SIMD4(a[0], b[0], a[1], b[1])
  let lowCD = SIMD4(c[0], d[0], c[1], d[1])
  let highAB = SIMD4(a[2], b[2], a[3], b[3])
  let highCD = SIMD4(c[2], d[2], c[3], d[3])
  func store(_ low: SIMD2<Float>, _ high: SIMD2<Float>, _ row: Int) {
    UnsafeMutableRawPointer(target + row * rowStride).storeBytes(
      of: SIMD4(lowHalf: low, highHalf: high), as: SIMD4<Float>.self)
  }
  store(lowAB.lowHalf, lowCD.lowHalf, 0)
  store(lowAB.highHalf, lowCD.highHalf, 1)
  store(highAB.lowHalf, highCD.lowHalf, 2)
  store(highAB.highHalf, highCD.highHalf, 3)
}
