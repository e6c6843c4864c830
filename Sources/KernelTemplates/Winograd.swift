// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// Public because `@_alwaysEmitIntoClient` asks for it; nothing here is for users.

/// The transforms of the one-dimensional Winograd convolution F(4, 3): four outputs of a kernel of three taps from six
/// products instead of twelve.
///
/// y = Aᵀ[(G g) ⊙ (Bᵀ d)] with the points 0, 1, -1, 2, -2 and infinity (Lavin and Gray 2015, https://arxiv.org/abs/1509.09308).
/// The gradients are the transposed transforms: with w = A dy, dg = Gᵀ[w ⊙ (Bᵀ d)] and dd = B[(G g) ⊙ w].
public enum Winograd {
  /// Outputs of a tile.
  @_alwaysEmitIntoClient public static var outputs: Int { @inline(__always) get { 4 } }
  /// Products of a tile, and positions of its input.
  @_alwaysEmitIntoClient public static var points: Int { @inline(__always) get { 6 } }
  /// Taps of the kernel.
  @_alwaysEmitIntoClient public static var taps: Int { @inline(__always) get { 3 } }

  /// G: the weight of each tap at each point.
  public static let filterTransform: [[Float]] = [
    [1 / 4, 0, 0], [-1 / 6, -1 / 6, -1 / 6], [-1 / 6, 1 / 6, -1 / 6], [1 / 24, 1 / 12, 1 / 6],
    [1 / 24, -1 / 12, 1 / 6], [0, 0, 1],
  ]
}

/// Positions of sequences on one side of a transform, tiles of them on the other.
///
/// - Positions: channel n of position p of sequence g at `positions + g·sequenceStride + (p - firstPosition)·positionStride + n`.
///   Those before the first and behind the last are zeros when read, and are left alone when written. Reads may go a vector
///   beyond the last channel.
/// - Tiles: channel n of point i of tile t of sequence g at `tiles + i·pointStride + (g·tileCount + t)·tileStride + n`, where
///   the stride leaves room for whole vectors.
public struct WinogradArguments {
  public var sequences: Int
  public var channels: Int
  /// Tiles of a sequence.
  public var tileCount: Int

  public var positions: UnsafeMutablePointer<Float>
  public var sequenceStride: Int
  public var positionStride: Int
  public var firstPosition = 0
  public var positionCount: Int

  public var tiles: UnsafeMutablePointer<Float>
  public var pointStride: Int
  public var tileStride: Int

  /// What is added to positions that are written.
  public var start = ProductArguments.Start.zeros
  /// Whether negative positions become zero when they are written.
  public var rectified = false

  public init(
    sequences: Int, channels: Int, tileCount: Int, positions: UnsafeMutablePointer<Float>, sequenceStride: Int,
    positionStride: Int, positionCount: Int, tiles: UnsafeMutablePointer<Float>, pointStride: Int, tileStride: Int
  ) {
    self.sequences = sequences
    self.channels = channels
    self.tileCount = tileCount
    self.positions = positions
    self.sequenceStride = sequenceStride
    self.positionStride = positionStride
    self.positionCount = positionCount
    self.tiles = tiles
    self.pointStride = pointStride
    self.tileStride = tileStride
  }

  /// Whether a tile's positions from `first` on, `count` of them, are all in the sequence.
  @_alwaysEmitIntoClient @inline(__always)
  func holds(_ first: Int, _ count: Int) -> Bool {
    first >= firstPosition && first + count <= firstPosition + positionCount
  }

  /// A vector of a position's channels; zeros outside the sequence, where it may reach beyond it.
  @_alwaysEmitIntoClient @inline(__always)
  func read<I: InstructionSet>(
    _: I.Type, _ sequence: UnsafePointer<Float>, _ position: Int, _ n: Int, isInside: Bool
  ) -> I.Vector {
    isInside || holds(position, 1)
      ? I.load(sequence + ((position - firstPosition) * positionStride + n)) : I.zero
  }

  /// Writes a vector of each of four positions' channels, of those that are of the sequence.
  @_alwaysEmitIntoClient @inline(__always)
  func write<I: InstructionSet>(
    _: I.Type, _ values: InlineArray<4, I.Vector>, _ sequence: UnsafeMutablePointer<Float>, _ position: Int, _ n: Int,
    isInside: Bool
  ) {
    let target = sequence + ((position - firstPosition) * positionStride + n)
    if isInside, channels - n >= I.width {
      var values = values
      switch start {
      case .zeros: break
      case .bias(let bias):
        let added = I.load(bias + n)
        for r in 0..<4 { values[r] = values[r] + added }
      case .existing: for r in 0..<4 { values[r] = values[r] + I.load(target + r * positionStride) }
      }
      if rectified { for r in 0..<4 { values[r] = values[r].rectified } }
      for r in 0..<4 { I.store(values[r], target + r * positionStride) }
    } else {
      for r in 0..<4 { write(I.self, values[r], sequence, position + r, n) }
    }
  }

  /// Writes a vector of a position's channels, if it is one of the sequence.
  @_alwaysEmitIntoClient @inline(never)
  func write<I: InstructionSet>(
    _: I.Type, _ value: I.Vector, _ sequence: UnsafeMutablePointer<Float>, _ position: Int, _ n: Int
  ) {
    guard holds(position, 1) else { return }
    let target = sequence + ((position - firstPosition) * positionStride + n)
    let count = min(channels - n, I.width)
    var value = value
    switch start {
    case .zeros: break
    case .bias(let bias): value = value + I.load(bias + n, first: count)
    case .existing: value = value + I.load(target, first: count)
    }
    if rectified { value = value.rectified }
    I.store(value, first: count, target)
  }
}

/// Tiles = Bᵀ d: what a convolution reads.
@_alwaysEmitIntoClient @inline(never)
public func winogradInput<I: InstructionSet>(_: I.Type, _ p: borrowing WinogradArguments) {
  let two = I.Vector(repeating: 2)
  let four = I.Vector(repeating: 4)
  let minusFour = I.Vector(repeating: -4)
  let minusFive = I.Vector(repeating: -5)
  for g in 0..<p.sequences {
    let sequence = UnsafePointer(p.positions + g * p.sequenceStride)
    for t in 0..<p.tileCount {
      let tile = p.tiles + (g * p.tileCount + t) * p.tileStride
      let isInside = p.holds(4 * t, 6)
      for n in stride(from: 0, to: p.channels, by: I.width) {
        let d0 = p.read(I.self, sequence, 4 * t, n, isInside: isInside)
        let d1 = p.read(I.self, sequence, 4 * t + 1, n, isInside: isInside)
        let d2 = p.read(I.self, sequence, 4 * t + 2, n, isInside: isInside)
        let d3 = p.read(I.self, sequence, 4 * t + 3, n, isInside: isInside)
        let d4 = p.read(I.self, sequence, 4 * t + 4, n, isInside: isInside)
        let d5 = p.read(I.self, sequence, 4 * t + 5, n, isInside: isInside)
        let even4 = I.multiplyAdd(d4, minusFour, d2)
        let odd4 = I.multiplyAdd(d3, minusFour, d1)
        let even1 = d4 - d2
        let odd2 = two * (d3 - d1)
        let target = tile + n
        I.store(I.multiplyAdd(I.multiplyAdd(d4, minusFive, d2), four, d0), target)
        I.store(even4 + odd4, target + p.pointStride)
        I.store(even4 - odd4, target + 2 * p.pointStride)
        I.store(even1 + odd2, target + 3 * p.pointStride)
        I.store(even1 - odd2, target + 4 * p.pointStride)
        I.store(I.multiplyAdd(I.multiplyAdd(d5, minusFive, d3), four, d1), target + 5 * p.pointStride)
      }
    }
  }
}

/// Positions = start + Aᵀ m: what a convolution gives.
@_alwaysEmitIntoClient @inline(never)
public func winogradOutput<I: InstructionSet>(_: I.Type, _ p: borrowing WinogradArguments) {
  let two = I.Vector(repeating: 2)
  let four = I.Vector(repeating: 4)
  let eight = I.Vector(repeating: 8)
  for g in 0..<p.sequences {
    let sequence = p.positions + g * p.sequenceStride
    for t in 0..<p.tileCount {
      let tile = p.tiles + (g * p.tileCount + t) * p.tileStride
      let isInside = p.holds(4 * t, 4)
      for n in stride(from: 0, to: p.channels, by: I.width) {
        let source = UnsafePointer(tile + n)
        let m1 = I.load(source + p.pointStride)
        let m2 = I.load(source + 2 * p.pointStride)
        let m3 = I.load(source + 3 * p.pointStride)
        let m4 = I.load(source + 4 * p.pointStride)
        let (sum1, difference1, sum2, difference2) = (m1 + m2, m1 - m2, m3 + m4, m3 - m4)
        let outputs: InlineArray<4, I.Vector> = [
          I.load(source) + sum1 + sum2, I.multiplyAdd(difference1, two, difference2),
          I.multiplyAdd(sum1, four, sum2),
          I.multiplyAdd(difference1, eight, difference2) + I.load(source + 5 * p.pointStride),
        ]
        p.write(I.self, outputs, sequence, 4 * t, n, isInside: isInside)
      }
    }
  }
}

/// Tiles = A dy: the gradient of what a convolution gives.
@_alwaysEmitIntoClient @inline(never)
public func winogradOutputGradient<I: InstructionSet>(_: I.Type, _ p: borrowing WinogradArguments) {
  let two = I.Vector(repeating: 2)
  let four = I.Vector(repeating: 4)
  for g in 0..<p.sequences {
    let sequence = UnsafePointer(p.positions + g * p.sequenceStride)
    for t in 0..<p.tileCount {
      let tile = p.tiles + (g * p.tileCount + t) * p.tileStride
      let isInside = p.holds(4 * t, 4)
      for n in stride(from: 0, to: p.channels, by: I.width) {
        let y0 = p.read(I.self, sequence, 4 * t, n, isInside: isInside)
        let y1 = p.read(I.self, sequence, 4 * t + 1, n, isInside: isInside)
        let y2 = p.read(I.self, sequence, 4 * t + 2, n, isInside: isInside)
        let y3 = p.read(I.self, sequence, 4 * t + 3, n, isInside: isInside)
        let (even1, odd1) = (y0 + y2, y1 + y3)
        let even4 = I.multiplyAdd(y0, four, y2)
        let odd4 = two * I.multiplyAdd(y1, four, y3)
        let target = tile + n
        I.store(y0, target)
        I.store(even1 + odd1, target + p.pointStride)
        I.store(even1 - odd1, target + 2 * p.pointStride)
        I.store(even4 + odd4, target + 3 * p.pointStride)
        I.store(even4 - odd4, target + 4 * p.pointStride)
        I.store(y3, target + 5 * p.pointStride)
      }
    }
  }
}

/// Positions = start + B u, added up where tiles overlap: the gradient of what a convolution reads.
@_alwaysEmitIntoClient @inline(never)
public func winogradInputGradient<I: InstructionSet>(_: I.Type, _ p: borrowing WinogradArguments) {
  let two = I.Vector(repeating: 2)
  let minusTwo = I.Vector(repeating: -2)
  let four = I.Vector(repeating: 4)
  let minusFour = I.Vector(repeating: -4)
  let minusFive = I.Vector(repeating: -5)
  for g in 0..<p.sequences {
    let sequence = p.positions + g * p.sequenceStride
    for n in stride(from: 0, to: p.channels, by: I.width) {
      // What the tile before adds to the first two positions of the next.
      var (overlap0, overlap1) = (I.zero, I.zero)
      for t in 0..<p.tileCount {
        let source = UnsafePointer(p.tiles + (g * p.tileCount + t) * p.tileStride + n)
        let u0 = I.load(source)
        let u1 = I.load(source + p.pointStride)
        let u2 = I.load(source + 2 * p.pointStride)
        let u3 = I.load(source + 3 * p.pointStride)
        let u4 = I.load(source + 4 * p.pointStride)
        let u5 = I.load(source + 5 * p.pointStride)
        let (sum1, difference1, sum2, difference2) = (u1 + u2, u1 - u2, u3 + u4, u3 - u4)
        let x1 = I.multiplyAdd(four * (u5 - difference1), minusTwo, difference2)
        let x2 = I.multiplyAdd(I.multiplyAdd(I.zero - sum2, minusFour, sum1), minusFive, u0)
        let x3 = I.multiplyAdd(I.multiplyAdd(difference1, two, difference2), minusFive, u5)
        let inputs: InlineArray<4, I.Vector> = [I.multiplyAdd(overlap0, four, u0), overlap1 + x1, x2, x3]
        p.write(I.self, inputs, sequence, 4 * t, n, isInside: p.holds(4 * t, 4))
        (overlap0, overlap1) = (u0 + sum1 + sum2, u5)
      }
      p.write(I.self, overlap0, sequence, 4 * p.tileCount, n)
      p.write(I.self, overlap1, sequence, 4 * p.tileCount + 1, n)
    }
  }
}

/// The gradient of a kernel's taps, Gᵀ times that of its points: `points` `[6][rows, columns]` to `taps` `[3][rows, columns]`,
/// strides in floats. Points may be read a vector beyond the last column.
@_alwaysEmitIntoClient @inline(never)
public func winogradFilterGradient<I: InstructionSet>(
  _: I.Type, rows: Int, columns: Int, points: UnsafePointer<Float>, pointStride: Int, pointRowStride: Int,
  taps: UnsafeMutablePointer<Float>, tapStride: Int, tapRowStride: Int
) {
  let quarter = I.Vector(repeating: 1 / 4)
  let sixth = I.Vector(repeating: 1 / 6)
  let minusSixth = I.Vector(repeating: -1 / 6)
  let twelfth = I.Vector(repeating: 1 / 12)
  let twentyFourth = I.Vector(repeating: 1 / 24)
  for row in 0..<rows {
    for n in stride(from: 0, to: columns, by: I.width) {
      let source = points + (row * pointRowStride + n)
      let u1 = I.load(source + pointStride)
      let u2 = I.load(source + 2 * pointStride)
      let u3 = I.load(source + 3 * pointStride)
      let u4 = I.load(source + 4 * pointStride)
      let negativeSum = minusSixth * (u1 + u2)
      let sum = u3 + u4
      let first = I.multiplyAdd(I.multiplyAdd(negativeSum, quarter, I.load(source)), twentyFourth, sum)
      let second = I.multiplyAdd(sixth * (u2 - u1), twelfth, u3 - u4)
      let third = I.multiplyAdd(negativeSum, sixth, sum) + I.load(source + 5 * pointStride)
      let target = taps + (row * tapRowStride + n)
      let count = columns - n
      if count >= I.width {
        I.store(first, target)
        I.store(second, target + tapStride)
        I.store(third, target + 2 * tapStride)
      } else {
        I.store(first, first: count, target)
        I.store(second, first: count, target + tapStride)
        I.store(third, first: count, target + 2 * tapStride)
      }
    }
  }
}
