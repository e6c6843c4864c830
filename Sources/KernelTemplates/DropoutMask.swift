// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// Public because `@_alwaysEmitIntoClient` asks for it; nothing here is for users.

// Philox4x32-10: Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).

/// Eight counters at a time, a 32-bit word in each 64-bit lane so that a product keeps both halves.
public typealias PhiloxLanes = SIMD8<UInt64>

/// Ten rounds on eight counters that share a key.
@_alwaysEmitIntoClient @inline(__always)
public func philox(
  _ counter: (PhiloxLanes, PhiloxLanes, PhiloxLanes, PhiloxLanes), key: (UInt32, UInt32)
) -> (PhiloxLanes, PhiloxLanes, PhiloxLanes, PhiloxLanes) {
  let low = PhiloxLanes(repeating: 0xffff_ffff)
  var (c0, c1, c2, c3) = counter
  var (k0, k1) = key
  for _ in 0..<10 {
    let p0 = (c0 & low) &* PhiloxLanes(repeating: 0xD251_1F53)
    let p1 = (c2 & low) &* PhiloxLanes(repeating: 0xCD9E_8D57)
    c0 = (p1 &>> PhiloxLanes(repeating: 32)) ^ c1 ^ PhiloxLanes(repeating: UInt64(k0))
    c1 = p1 & low
    c2 = (p0 &>> PhiloxLanes(repeating: 32)) ^ c3 ^ PhiloxLanes(repeating: UInt64(k1))
    c3 = p0 & low
    k0 = k0 &+ 0x9E37_79B9
    k1 = k1 &+ 0xBB67_AE85
  }
  return (c0, c1, c2, c3)
}

/// What draws the mask of one sample: the words 1 to 3 of the counters (word 0 counts the draws) and the key.
public struct DropoutKey: Sendable {
  /// Key and fixed words of the counter.
  public var key: (UInt32, UInt32)
  /// Word 1 of the counter: the sample's place in the epoch.
  public var position: UInt32
  /// Word 2 of the counter: the epoch.
  public var epoch: UInt32
  /// Word 3 of the counter: who draws.
  public var stream: UInt32

  @inline(__always)
  public init(key: (UInt32, UInt32), position: UInt32 = 0, epoch: UInt32, stream: UInt32 = 0) {
    self.key = key
    self.position = position
    self.epoch = epoch
    self.stream = stream
  }
}

/// mask[i] = 0 where a uniform 16-bit number is below `threshold`, else `scale`; element i of the sample is draw
/// `firstElement + i`, whatever range is asked for. `firstElement` is a multiple of 64, mask reaches to a multiple of 64.
///
/// A counter gives eight numbers: draw d lies in word (d / 16) % 4, half d % 2 (0 the lower), of counter 8·(d / 64) + (d % 16) / 2.
@_alwaysEmitIntoClient @inline(never)
public func dropoutMask<I: InstructionSet>(
  _: I.Type, _ key: DropoutKey, firstElement: Int, count: Int, threshold: UInt32, scale: Float,
  mask: UnsafeMutablePointer<Float>
) {
  let half = PhiloxLanes(repeating: 0xffff)
  let last = PhiloxLanes(repeating: UInt64(threshold) &- 1)
  let kept = PhiloxLanes(repeating: UInt64(scale.bitPattern))
  let lane = PhiloxLanes(0, 1, 2, 3, 4, 5, 6, 7)
  var i = 0
  while i < count {
    let base = UInt64(truncatingIfNeeded: (firstElement + i) / 8)
    let words = philox(
      (
        PhiloxLanes(repeating: base) &+ lane, PhiloxLanes(repeating: UInt64(key.position)),
        PhiloxLanes(repeating: UInt64(key.epoch)), PhiloxLanes(repeating: UInt64(key.stream))
      ), key: key.key)
    // Two floats a lane: the number is at least the threshold where threshold - 1 - number is negative, and the sign spread
    // over the lane keeps the bits of `scale`.
    @inline(__always) func bits(_ number: PhiloxLanes) -> PhiloxLanes {
      (PhiloxLanes.zero &- ((last &- number) &>> PhiloxLanes(repeating: 63))) & kept
    }
    @inline(__always) func put(_ word: PhiloxLanes, _ offset: Int) {
      let pair = bits(word & half) | (bits(word &>> PhiloxLanes(repeating: 16)) &<< PhiloxLanes(repeating: 32))
      UnsafeMutableRawPointer(mask + i + offset).storeBytes(of: pair, as: PhiloxLanes.self)
    }
    put(words.0, 0)
    put(words.1, 16)
    put(words.2, 32)
    put(words.3, 48)
    i += 64
  }
}
