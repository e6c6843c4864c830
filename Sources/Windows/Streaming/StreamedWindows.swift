import Foundation
import SystemSupport

/// The windows of a set that is streamed, as training draws them: a thread reads each pool's blocks while earlier ones are learned from.
///
/// Window p of the epoch's order lies at place p mod R of a ring of R windows. The reader fills in a pool where its windows fit behind those that
/// are still wanted.
///
/// `@unchecked Sendable`: `state` is touched with the monitor locked alone; the ring's windows are written by the reader before it says
/// under the monitor that they are there, and drawn afterwards, until the trainer says under the monitor that they are no longer wanted.
package final class StreamedWindows: WindowStream, @unchecked Sendable {
  private struct State {
    /// Positions below are there.
    var ready = 0
    /// Positions below are no longer wanted.
    var released = 0
    /// How many of these the reader waits for.
    var awaited = Int.max
    var failure: StoreError?
    var isReading = false
    var isEnding = false
  }

  private let windows: WindowSet
  private let reader: BlockReader
  package let blocks: [Range<Int>]
  package let poolWindows: Int
  private let monitor = NSCondition()
  private var state = State()
  /// [R, T, C]
  private var ring = AlignedBuffer(count: 0)
  private var ringWindows = 1

  /// - Parameters:
  ///   - set: one that is streamed; nil comes of others.
  ///   - poolWindows: windows that are taken together, more where a block has more.
  package init?(_ set: WindowSet, poolWindows: Int? = nil) {
    guard let stored = set.stored else { return nil }
    windows = set
    reader = BlockReader(set, stored)
    blocks = set.blocks
    let most = blocks.map(\.count).max() ?? 1
    self.poolWindows = max(most, poolWindows ?? stored.poolRows)
  }

  package var failure: StoreError? { monitor.withLock { state.failure } }

  package func begin(_ order: EpochOrder, from position: Int, windowsAtOnce: Int) {
    end()
    let room = windowsAtOnce + 2 * (order.pools.map(\.positions.count).max() ?? 0)
    if room != ringWindows {
      // The old one goes first.
      ring = AlignedBuffer(count: 0)
      ring = AlignedBuffer(count: room * windows.windowCount)
      ringWindows = room
    }
    var places = [Int32](repeating: 0, count: order.windows.count)
    for (place, window) in order.windows.enumerated() { places[Int(window)] = Int32(place) }
    let pools = order.pools.filter { $0.positions.upperBound > position }
    monitor.withLock {
      state = State(
        ready: pools.first?.positions.lowerBound ?? position, released: position, failure: nil, isReading: true)
    }
    let thread = Thread { [self, places] in
      for pool in pools where waitForRoom(pool) { read(pool, places) }
      monitor.withLock {
        state.isReading = false
        monitor.broadcast()
      }
    }
    thread.start()
  }

  package func wait(for positions: Range<Int>) -> Bool {
    monitor.withLock {
      state.released = positions.lowerBound
      // Woken at each minibatch, the reader would take a worker's core for nothing.
      if state.released >= state.awaited { monitor.broadcast() }
      while state.ready < positions.upperBound, state.failure == nil { monitor.wait() }
      return state.failure == nil
    }
  }

  package func end() {
    monitor.withLock {
      state.isEnding = true
      monitor.broadcast()
      while state.isReading { monitor.wait() }
    }
  }

  /// Waits until a pool's windows fit into the ring; false where nobody wants them any more.
  private func waitForRoom(_ pool: EpochOrder.Pool) -> Bool {
    monitor.withLock {
      state.awaited = pool.positions.upperBound - ringWindows
      while state.released < state.awaited, !state.isEnding { monitor.wait() }
      state.awaited = .max
      return !state.isEnding && state.failure == nil
    }
  }

  private func read(_ pool: EpochOrder.Pool, _ places: [Int32]) {
    do throws(StoreError) {
      for block in pool.blocks {
        if monitor.withLock({ state.isEnding }) { return }
        try reader.read(block) { address(of: Int(places[block.lowerBound + $0])) }
      }
    } catch {
      monitor.withLock {
        state.failure = error
        monitor.broadcast()
      }
      return
    }
    monitor.withLock {
      state.ready = pool.positions.upperBound
      monitor.broadcast()
    }
  }

  private func address(of position: Int) -> UnsafeMutablePointer<Float> {
    ring.address + position % ringWindows * windows.windowCount
  }
}

extension StreamedWindows: WindowSource {
  package var count: Int { windows.count }
  package var timeSteps: Int { windows.timeSteps }
  package var channels: Int { windows.channels }
  package var labels: [UInt8] { windows.labels }
  package var subjects: [UInt8] { windows.subjects }
  package var scratchCount: Int { 0 }
  package var stream: (any WindowStream)? { self }

  package func draw(
    _ draw: WindowDraw, into target: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
  ) {
    target.update(from: address(of: draw.position), count: windowCount)
    windows.scalingOfStored?.apply(to: target)
  }
}
