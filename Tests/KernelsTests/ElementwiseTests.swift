import Kernels
import Testing

/// The kernels that pass once over arrays, element by element, for every remainder of a vector.
@Suite struct ElementwiseTests {
  static let counts = 0...70

  @Test(arguments: KernelSet.Name.supported)
  func sumsProductsAndMaxima(_ name: KernelSet.Name) throws {
    let table = try KernelSet(name).table
    for count in Self.counts {
      let (x, y) = Self.pair(count)
      let functions: [(KernelTable.Binary, (Float, Float) -> Float)] = [
        (table.add, { $0 + $1 }), (table.multiply, { $0 * $1 }), (table.maximum, { $1 > $0 ? $1 : $0 }),
        (table.reluBackward, { $0 > 0 ? $1 : 0 }),
      ]
      for (kernel, expected) in functions {
        let z = GuardedFloats(count: count)
        kernel(x.address, y.address, z.address, count)
        #expect(z.bits == Swift.zip(x.array, y.array).map { expected($0, $1).bitPattern })
        #expect(z.bandsAreUntouched)
      }
    }
  }

  /// Results may be written over operands.
  @Test(arguments: KernelSet.Name.supported)
  func inPlace(_ name: KernelSet.Name) throws {
    let table = try KernelSet(name).table
    for count in Self.counts {
      let (x, y) = Self.pair(count)
      let expected = Swift.zip(x.array, y.array).map { $0 > 0 ? $1 : 0 }
      table.reluBackward(x.address, y.address, y.address, count)
      #expect(y.array == expected)
      #expect(y.bandsAreUntouched)
    }
  }

  /// The gradient of a maximum goes to the first row where both hold it.
  @Test(arguments: KernelSet.Name.supported)
  func maximaSendTheirGradientToOneRow(_ name: KernelSet.Name) throws {
    let table = try KernelSet(name).table
    for count in Self.counts {
      let (x, y) = Self.pair(count)
      var random = RandomFloats(count + 1000)
      let gradient = GuardedFloats(random.uniform(count))
      let (first, second) = (GuardedFloats(count: count), GuardedFloats(count: count))
      table.maximumBackward(x.address, y.address, gradient.address, first.address, second.address, count)
      for i in 0..<count {
        let goesToSecond = y.address[i] > x.address[i]
        #expect(first.address[i] == (goesToSecond ? 0 : gradient.address[i]))
        #expect(second.address[i] == (goesToSecond ? gradient.address[i] : 0))
      }
      #expect(first.bandsAreUntouched && second.bandsAreUntouched)
    }
  }

  @Test(arguments: KernelSet.Name.supported, [1, 2, 3, 16, 17])
  func shardsAreSummedFromTheFirstToTheLast(_ name: KernelSet.Name, shards: Int) throws {
    let table = try KernelSet(name).table
    var random = RandomFloats(shards)
    let stride = 112
    let source = GuardedFloats(random.uniform(shards * stride, scale: 100))
    let sum = GuardedFloats(count: 96)
    table.reduceShards(source.address, stride, shards, sum.address, 96, false)
    for i in 0..<96 {
      let expected = (1..<shards).reduce(source.address[i]) { $0 + source.address[$1 * stride + i] }
      #expect(sum.address[i].bitPattern == expected.bitPattern)
    }
    #expect(sum.bandsAreUntouched)
    // A sum that others began ends the same, wherever they stopped.
    for first in 1..<shards {
      table.reduceShards(source.address, stride, first, sum.address, 96, false)
      table.reduceShards(source.address + first * stride, stride, shards - first, sum.address, 96, true)
      for i in 0..<96 {
        let expected = (1..<shards).reduce(source.address[i]) { $0 + source.address[$1 * stride + i] }
        #expect(sum.address[i].bitPattern == expected.bitPattern)
      }
    }
  }

  @Test(arguments: KernelSet.Name.supported, [2, 3, 6, 8, 17])
  func softmaxIsADistribution(_ name: KernelSet.Name, columns: Int) throws {
    let table = try KernelSet(name).table
    let rows = 5
    let stride = columns + 2
    for scale in [0.1, 5, 80, 1e30] {
      var random = RandomFloats(columns)
      let x = GuardedFloats(random.uniform(rows * stride, scale: scale))
      let before = x.array
      table.softmax(x.address, rows, columns, stride)
      for row in 0..<rows {
        let logits = before[(row * stride)..<(row * stride + columns)].map(Double.init)
        let expected = Self.softmax(logits)
        let found = x.array[(row * stride)..<(row * stride + columns)]
        #expect(Swift.zip(found, expected).allSatisfy { abs(Double($0) - $1) < 5e-7 })
        #expect(abs(found.reduce(0, +) - 1) < 1e-6)
        #expect(
          x.array[(row * stride + columns)..<((row + 1) * stride)]
            == before[(row * stride + columns)..<((row + 1) * stride)])
      }
      #expect(x.bandsAreUntouched)
    }
  }

  /// Two arrays of which a quarter of the elements are equal and some are zero.
  private static func pair(_ count: Int) -> (GuardedFloats, GuardedFloats) {
    var random = RandomFloats(count)
    let x = random.uniform(count, scale: 3).map { abs($0) < 0.5 ? 0 : $0 }
    let other = random.uniform(count, scale: 3)
    return (GuardedFloats(x), GuardedFloats(Swift.zip(x.indices, x).map { $0 % 4 == 1 ? $1 : other[$0] }))
  }

  private static func softmax(_ logits: [Double]) -> [Double] {
    let greatest = logits.max() ?? 0
    let powers = logits.map { ElementFunction.exponential.exact($0 - greatest) }
    return powers.map { $0 / powers.reduce(0, +) }
  }
}
