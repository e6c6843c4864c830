internal import CPlatform
internal import Communication
internal import Foundation
internal import NeuralNetworks
internal import Synchronization
internal import SystemSupport

/// The sum of a gradient whose shards are spread over processes, to the bits that it has in one.
///
/// A sum is one chain from the first shard to the last. Each process goes on where the one before it stopped: it receives the sum of the
/// shards before its own, adds its own, and sends the result on; the last one has the whole, and broadcasts it. That is done slice by slice,
/// those of the upper layers first: they are on their way while the backward pass is still busy with the layers below. Whoever has
/// just completed a slice, passed a layer, or waits for a slice sees to the transfers; there is no thread for them.
///
/// `@unchecked Sendable`: a unit of the team's loops completes the slice that it has claimed, transfers are touched by whoever holds
/// `isTransferring`, and all else is written by the team's leader between two loops.
final class GradientExchange: @unchecked Sendable {
  /// Writes a slice's sums, or adds to those that are there: (slice, sums, continues).
  typealias Completion = (Int, UnsafeMutablePointer<Float>, Bool) -> Void

  let communicator: any Communicator
  /// The slices in the order in which they are summed, with their layers and their ranges of the parameters.
  private let order: [(slice: Int, layer: Int, range: Range<Int>)]
  /// Sums of the first shards, on their way.
  private let running: AlignedBuffer
  private let receives, sends, broadcasts: any Transfers
  private let trace: StepTrace?

  /// The next slice, by its place in the order, to complete.
  private let claimed = Atomic<Int>(0)
  /// Slices, from the first, for which the sums of the processes before are there.
  private let arrived = Atomic<Int>(0)
  /// 1 for each slice that is completed.
  private let completed: SharedCounters
  /// How many of this process's shards have passed each layer.
  private let passed: SharedCounters
  private let isTransferring = Atomic<Bool>(false)
  /// How many transfers of each kind have begun or ended, all in the slices' order.
  private var sent = 0, sendsDone = 0, broadcastsDone = 0

  private var share = ShardShare(rank: 0, count: 1, shards: 0)
  /// Where the whole sum is wanted, and where this process's is made.
  private var target, sums: AlignedBuffer

  init(_ communicator: any Communicator, _ plan: ExecutionPlan, trace: StepTrace?) {
    self.communicator = communicator
    self.trace = trace
    order = plan.slices.indices.map { ($0, plan.slices[$0].layer, plan.slices[$0].range) }
      .sorted { (-$0.layer, $0.slice) < (-$1.layer, $1.slice) }
    running = AlignedBuffer(count: plan.model.parameterBufferCount)
    (target, sums) = (running, running)
    receives = communicator.makeTransfers(count: order.count)
    sends = communicator.makeTransfers(count: order.count)
    broadcasts = communicator.makeTransfers(count: order.count)
    completed = SharedCounters(count: order.count)
    passed = SharedCounters(count: plan.model.layers.count)
  }

  private var isFirst: Bool { communicator.rank == 0 }
  private var isLast: Bool { communicator.rank == share.active - 1 }
  private var isActive: Bool { communicator.rank < share.active }

  /// Begins the sum of a minibatch's gradient, which is to come to `target` in all processes.
  func begin(_ share: ShardShare, into target: AlignedBuffer) {
    self.share = share
    self.target = target
    sums = isLast ? target : running
    completed.reset()
    passed.reset()
    (sent, sendsDone, broadcastsDone) = (0, 0, 0)
    claimed.store(isActive ? 0 : order.count, ordering: .relaxed)
    arrived.store(isFirst ? order.count : 0, ordering: .relaxed)
    for place in order.indices {
      if isActive, !isFirst {
        receives.receive(place, bytes(place, of: sums), from: communicator.rank - 1, tag: .gradient)
      }
      if !isLast { broadcasts.broadcast(place, bytes(place, of: target), from: share.active - 1) }
    }
  }

  /// Notes that one of this process's shards has the gradients of a layer, and completes what can be completed now.
  func pass(layer: Int, by worker: Int, _ complete: Completion) {
    passed.increment(layer)
    transfer(by: worker)
    while true {
      let place = claimed.load(ordering: .relaxed)
      guard place < order.count, isReady(place) else { return }
      if claimed.compareExchange(expected: place, desired: place + 1, ordering: .relaxed).exchanged {
        run(place, by: worker, complete)
      }
    }
  }

  /// Completes the next slice that nobody has claimed, once it can be; none where there is none left. All of this process's shards must
  /// be with some worker already: it waits for them.
  func completeNext(by worker: Int, _ complete: Completion) {
    let place = claimed.wrappingAdd(1, ordering: .relaxed).oldValue
    guard place < order.count else { return }
    waitUntil(by: worker, as: .waiting) { hasPassed(place) }
    waitUntil(by: worker, as: .communication) { isReady(place) }
    run(place, by: worker, complete)
  }

  /// Waits until the whole sum is there, and nothing is under way any more.
  func finish() {
    waitUntil(by: 0, as: .communication) {
      broadcastsDone == order.count && sendsDone == (isActive && !isLast ? order.count : 0)
    }
  }

  /// Whether all of this process's shards have the gradients of a slice's layer.
  private func hasPassed(_ place: Int) -> Bool { passed[order[place].layer] >= share.shards.count }

  private func isReady(_ place: Int) -> Bool { hasPassed(place) && arrived.load(ordering: .acquiring) > place }

  private func run(_ place: Int, by worker: Int, _ complete: Completion) {
    trace.measure(.gradient, unit: order[place].slice, by: worker) {
      complete(order[place].slice, sums.address, !isFirst)
    }
    completed.increment(place)
    transfer(by: worker)
  }

  private func waitUntil(by worker: Int, as phase: StepPhase, _ isReached: () -> Bool) {
    guard !isReached() else { return }
    trace.measure(phase, by: worker) {
      var looks = 0
      repeat {
        makeTransfers()
        looks += 1
        // Processes may share a core.
        if looks % 64 == 0 { sched_yield() } else { platform_pause() }
      } while !isReached()
    }
  }

  private func transfer(by worker: Int) { trace.measure(.communication, by: worker) { makeTransfers() } }

  /// Begins and ends what transfers can; nothing where another worker is at it.
  private func makeTransfers() {
    guard !isTransferring.load(ordering: .relaxed), !isTransferring.exchange(true, ordering: .acquiringAndReleasing)
    else { return }
    defer { isTransferring.store(false, ordering: .releasing) }
    var received = arrived.load(ordering: .relaxed)
    while received < order.count, isActive, receives.isDone(received) {
      received += 1
      arrived.store(received, ordering: .releasing)
    }
    while sent < order.count, completed[sent] > 0 {
      if isLast {
        broadcasts.broadcast(sent, bytes(sent, of: target), from: communicator.rank)
      } else {
        sends.send(sent, UnsafeRawBufferPointer(bytes(sent, of: sums)), to: communicator.rank + 1, tag: .gradient)
      }
      sent += 1
    }
    while broadcastsDone < (isLast ? sent : order.count), broadcasts.isDone(broadcastsDone) { broadcastsDone += 1 }
    while sendsDone < (isLast ? 0 : sent), sends.isDone(sendsDone) { sendsDone += 1 }
  }

  private func bytes(_ place: Int, of buffer: AlignedBuffer) -> UnsafeMutableRawBufferPointer {
    let range = order[place].range
    return UnsafeMutableRawBufferPointer(start: buffer.address + range.lowerBound, count: range.count * 4)
  }
}
