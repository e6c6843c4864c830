import Kernels
import Testing

/// Dropout masks against a scalar recomputation of each draw.
@Suite struct DropoutMaskTests {
  static let key = DropoutKey(key: (0xdead_beef, 42), position: 7351, epoch: 14, stream: 2)

  @Test(arguments: KernelSet.Name.supported, [0, 64, 4096])
  func maskIsTheScalarDraws(_ name: KernelSet.Name, firstElement: Int) throws {
    let table = try KernelSet(name).table
    for threshold: UInt32 in [0, 1, 13107, 32768, 65535] {
      let mask = GuardedFloats(count: 320)
      table.dropoutMask(Self.key, firstElement, 320, threshold, 2, mask.address)
      let expected = (0..<320).map { Self.draw(firstElement + $0) >= threshold ? 2 : 0 as Float }
      #expect(mask.array == expected)
      #expect(mask.bandsAreUntouched)
    }
  }

  /// The threshold is the first number that is kept, and that of the numbers of the draws themselves.
  @Test(arguments: KernelSet.Name.supported) func theThresholdItselfIsKept(_ name: KernelSet.Name) throws {
    let table = try KernelSet(name).table
    for draw in 0..<64 {
      let mask = GuardedFloats(count: 64)
      for (threshold, expected) in [(Self.draw(draw), 2), (Self.draw(draw) + 1, 0)] as [(UInt32, Float)] {
        table.dropoutMask(Self.key, 0, 64, threshold, 2, mask.address)
        #expect(mask.array[draw] == expected)
      }
    }
  }

  /// A count that is no multiple of 64 gives the same draws, and writes to the next multiple at most.
  @Test(arguments: KernelSet.Name.supported, [1, 63, 65, 100, 127])
  func countsBetweenMultiples(_ name: KernelSet.Name, count: Int) throws {
    let table = try KernelSet(name).table
    let mask = GuardedFloats(count: (count + 63) / 64 * 64)
    table.dropoutMask(Self.key, 0, count, 32768, 2, mask.address)
    #expect(mask.array.prefix(count) == (0..<count).map { Self.draw($0) >= 32768 ? 2 : 0 }[...])
    #expect(mask.bandsAreUntouched)
  }

  /// The standard deviation of the share is at most 0.002 over 64,000 draws.
  @Test(arguments: [0.1, 0.2, 0.5, 0.9] as [Float])
  func theShareOfZerosIsNearTheRate(_ rate: Float) throws {
    let table = try KernelSet(.baseline).table
    let mask = GuardedFloats(count: 64_000)
    table.dropoutMask(Self.key, 0, 64_000, UInt32((rate * 65536).rounded()), 1 / (1 - rate), mask.address)
    let zeros = Float(mask.array.count { $0 == 0 }) / 64_000
    #expect(abs(zeros - rate) < 0.008)
  }

  @Test func everyPartOfTheKeyChangesTheMask() throws {
    let table = try KernelSet(.baseline).table
    func mask(_ key: DropoutKey) -> [Float] {
      let mask = GuardedFloats(count: 128)
      table.dropoutMask(key, 0, 128, 32768, 2, mask.address)
      return mask.array
    }
    var others = (0..<5).map { _ in Self.key }
    others[0].key.0 += 1
    others[1].key.1 += 1
    others[2].position += 1
    others[3].epoch += 1
    others[4].stream += 1
    let masks = Set(([Self.key] + others).map(mask))
    #expect(masks.count == 6)
  }

  /// The 16-bit number of draw d: word (d / 16) % 4, half d % 2, of counter 8·(d / 64) + (d % 16) / 2.
  static func draw(_ d: Int) -> UInt32 {
    let counter = UInt32(8 * (d / 64) + d % 16 / 2)
    let block = PhiloxGenerator.block(counter: (counter, key.position, key.epoch, key.stream), key: key.key)
    let word = [block.0, block.1, block.2, block.3][d / 16 % 4]
    return d % 2 == 0 ? word & 0xffff : word >> 16
  }
}
