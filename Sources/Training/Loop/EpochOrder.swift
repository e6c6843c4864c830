internal import Kernels
internal import NeuralNetworks
package import Windows

extension EpochOrder {
  /// Fisher & Yates's shuffle, drawn from the stream of the epoch.
  package static func permutation(count: Int, key: (UInt32, UInt32), epoch: Int) -> [Int32] {
    var generator = generator(key, epoch)
    var order = (0..<Int32(count)).map { $0 }
    shuffle(&order, &generator)
    return order
  }

  /// The order of windows that are streamed: their blocks are shuffled and divided into pools, one behind the other, and each pool's
  /// windows are shuffled, all drawn from the stream of the epoch.
  ///
  /// - Parameters:
  ///   - blocks: ranges of windows, which together are all of them.
  ///   - poolWindows: what a pool may hold; a block of more is one by itself.
  package init(blocks: [Range<Int>], poolWindows: Int, shuffles: Bool, key: (UInt32, UInt32), epoch: Int) {
    var generator = Self.generator(key, epoch)
    var blocks = blocks
    if shuffles { Self.shuffle(&blocks, &generator) }
    var order: [Int32] = []
    order.reserveCapacity(blocks.reduce(0) { $0 + $1.count })
    var pools: [Pool] = []
    var next = 0
    while next < blocks.count {
      var pool: [Range<Int>] = []
      var windows: [Int32] = []
      repeat {
        pool.append(blocks[next])
        windows += blocks[next].map { Int32($0) }
        next += 1
      } while next < blocks.count && windows.count + blocks[next].count <= poolWindows
      if shuffles { Self.shuffle(&windows, &generator) }
      pools.append(Pool(positions: order.count..<(order.count + windows.count), blocks: pool))
      order += windows
    }
    self.init(windows: order, pools: pools)
  }

  private static func generator(_ key: (UInt32, UInt32), _ epoch: Int) -> PhiloxGenerator {
    PhiloxGenerator(key: key, stream: (RandomPurpose.shuffle, UInt32(epoch), 0))
  }

  private static func shuffle<Element>(_ elements: inout [Element], _ generator: inout PhiloxGenerator) {
    for i in stride(from: elements.count - 1, to: 0, by: -1) { elements.swapAt(i, generator.nextIndex(below: i + 1)) }
  }
}
