import Foundation
import HDF5
import Kernels
import SystemSupport
import Testing
import Training
import Windows
import _TestSupport

/// A toy store whose windows are streamed.
func streamedToyStore(_ directory: TemporaryDirectory, train: Int, test: Int = 40) throws -> WindowStore {
  let path = directory.path("streamed.h5")
  try writeToyStore(path, train: toyWindows(count: train), test: toyWindows(count: test))
  return try WindowStore.read(path: path, .file)
}

/// The order of windows that come from a file, and the thread that reads them ahead.
@Suite(.timeLimit(.minutes(5))) struct StreamedWindowsTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// Blocks of 64 windows and a last one of 13.
  private static let blocks = (0..<20).map { ($0 * 64)..<($0 * 64 + 64) } + [1280..<1293]

  private func order(_ poolWindows: Int, shuffles: Bool = true, epoch: Int = 0, seed: UInt32 = 1) -> EpochOrder {
    EpochOrder(blocks: Self.blocks, poolWindows: poolWindows, shuffles: shuffles, key: (seed, 2), epoch: epoch)
  }

  @Test(arguments: [1, 64, 100, 500, 1292, 1293, 5000])
  func everyWindowIsTakenOnce(_ poolWindows: Int) {
    let order = order(poolWindows)
    #expect(order.windows.sorted() == (0..<1293).map { Int32($0) })
    #expect(order.pools.flatMap(\.positions) == Array(0..<1293))
    for pool in order.pools {
      // A pool's windows are those of its blocks, and as many as it may hold.
      #expect(Set(order.windows[pool.positions].map { Int($0) }) == Set(pool.blocks.joined()))
      #expect(pool.positions.count <= poolWindows || pool.blocks.count == 1)
    }
    for (pool, next) in zip(order.pools, order.pools.dropFirst()) {
      #expect(pool.positions.count + next.blocks[0].count > poolWindows)
    }
  }

  @Test func ordersDependOnSeedAndEpochAlone() {
    #expect(order(500) == order(500))
    #expect(order(500) != order(500, epoch: 1))
    #expect(order(500) != order(500, seed: 2))
    #expect(order(500, shuffles: false).windows == (0..<1293).map { Int32($0) })
  }

  /// Neighbours in the store are seldom neighbours in the order, and the first windows of an epoch come from everywhere.
  @Test func poolsAreMixedWell() {
    let order = order(640)
    let neighbours = zip(order.windows, order.windows.dropFirst()).count { abs($0 - $1) == 1 }
    #expect(neighbours < 13)
    #expect(Set(order.windows.prefix(64).map { $0 / 64 }).count >= 8)
    // Neither are blocks in the store's order.
    #expect(order.pools[0].blocks.map(\.lowerBound) != order.pools[0].blocks.map(\.lowerBound).sorted())
  }

  /// Drawn as training does it, a minibatch after the other, from any position.
  @Test(arguments: [0, 1, 63, 200, 699], [1, 64, 300])
  func drawnWindowsAreTheStores(_ position: Int, _ batch: Int) throws {
    let store = try streamedToyStore(directory, train: 700)
    let memory = toyWindows(count: 700)
    let chosen: [(streamed: WindowSet, memory: WindowSet)] = [
      (store.train, memory), (store.train.selecting { $0 != 3 }, memory.selecting { $0 != 3 }),
    ]
    for (set, expected) in chosen {
      let windows = try #require(StreamedWindows(set, poolWindows: 100))
      let order = EpochOrder(
        blocks: windows.blocks, poolWindows: windows.poolWindows, shuffles: true, key: (1, 2), epoch: 0)
      #expect(order.pools.count > 3)
      let target = AlignedBuffer(count: 72)
      for _ in 0..<2 {
        windows.begin(order, from: position, windowsAtOnce: batch)
        for first in stride(from: position, to: set.count, by: batch) {
          let positions = first..<min(first + batch, set.count)
          #expect(windows.wait(for: positions))
          for position in positions {
            let index = Int(order.windows[position])
            let draw = WindowDraw(index: index, key: (1, 2), epoch: 0, position: position)
            windows.draw(draw, into: target.address, scratch: target.address)
            guard target.array == expected.features(of: index) else {
              Issue.record("window \(index) at \(position) is another")
              return
            }
          }
        }
        windows.end()
      }
      #expect(windows.failure == nil)
    }
  }

  /// An epoch that is left before its end, at any moment, and one that is never begun.
  @Test func endsWhileItReads() throws {
    let store = try streamedToyStore(directory, train: 700)
    let windows = try #require(StreamedWindows(store.train, poolWindows: 64))
    windows.end()
    let order = EpochOrder(blocks: windows.blocks, poolWindows: 64, shuffles: true, key: (1, 2), epoch: 0)
    for round in 0..<50 {
      windows.begin(order, from: 0, windowsAtOnce: 10)
      if round % 3 == 1 { #expect(windows.wait(for: 0..<10)) }
      if round % 3 == 2 { #expect(windows.wait(for: 300..<310)) }
      windows.end()
    }
    #expect(StreamedWindows(toyWindows(count: 10)) == nil)
  }

  @Test func aFileThatCannotBeReadAnyMore() throws {
    let store = try streamedToyStore(directory, train: 700)
    let windows = try #require(StreamedWindows(store.train, poolWindows: 64))
    let order = EpochOrder(blocks: windows.blocks, poolWindows: 64, shuffles: false, key: (1, 2), epoch: 0)
    windows.begin(order, from: 0, windowsAtOnce: 10)
    #expect(windows.wait(for: 0..<10))
    #expect(truncate(store.path, 4096) == 0)
    #expect(!windows.wait(for: 600..<610))
    #expect(windows.failure?.path == store.path)
    #expect(!windows.wait(for: 610..<620))
    windows.end()
  }
}
