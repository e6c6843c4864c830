import SystemSupport

/// Floats between two bands of a pattern that no kernel computes, to show that nothing is written outside them.
struct GuardedFloats {
  static let pattern: UInt32 = 0xffc0_dead
  private static let band = 64
  private let buffer: AlignedBuffer
  let count: Int

  /// `count` floats, all with the pattern.
  init(count: Int) {
    self.count = count
    buffer = AlignedBuffer(count: count + 2 * Self.band)
    buffer.address.update(repeating: Float(bitPattern: Self.pattern), count: count + 2 * Self.band)
  }

  /// A copy of floats.
  init(_ values: [Float]) {
    self.init(count: values.count)
    for (index, value) in values.enumerated() { address[index] = value }
  }

  /// The first of the floats.
  var address: UnsafeMutablePointer<Float> { buffer.address + Self.band }
  var array: [Float] { Array(UnsafeBufferPointer(start: address, count: count)) }
  var bits: [UInt32] { array.map(\.bitPattern) }

  /// Whether float `index` still has the pattern.
  func isUntouched(_ index: Int) -> Bool { address[index].bitPattern == Self.pattern }

  /// Whether both bands still have the pattern.
  var bandsAreUntouched: Bool {
    (1...Self.band).allSatisfy { isUntouched(-$0) && isUntouched(count + $0 - 1) }
  }
}
