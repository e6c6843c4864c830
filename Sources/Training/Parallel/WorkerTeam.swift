internal import Dispatch
internal import Kernels
internal import Synchronization

/// Threads that go through one parallel loop after another, with a barrier of a microsecond between two loops.
///
/// Starting a `concurrentPerform` costs 50-90 µs, so that one lasts for all that a leader does (an epoch): `lead` starts the workers, and
/// every `forEach` inside it is a loop whose units they claim one by one. The leader claims units too, and a loop ends when its
/// last unit is completed, not when workers arrive: a worker that starts late, or never, holds nobody up. Between loops the
/// leader alone works; the others spin a little and then sleep.
///
/// `concurrentPerform` never runs more threads than there are active cores; what is left of the workers then has nothing to do.
package final class WorkerTeam: Sendable {
  /// A unit of a loop. What it computes must not depend on the worker, a number below the team's size by which it finds its memory.
  package typealias Unit = @Sendable (_ unit: Int, _ worker: Int) -> Void
  /// Calls `work` once for each number below `workers`, on as many threads as there are, and returns when all calls have.
  package typealias Start = @Sendable (_ workers: Int, _ work: @Sendable (Int) -> Void) -> Void

  private let start: Start
  /// Takes down what workers do; nil for nobody.
  package let trace: StepTrace?
  /// The loop's number of units (upper half) and the next unit to claim (lower half).
  private let claim = PaddedAtomic(0)
  /// Grows by one with every loop; workers without a unit wait for that.
  private let loopNumber = WaitableWord()
  /// Completed units of the loop.
  private let completed = WaitableWord()
  private let arrivals = Atomic<Int>(0)
  /// Written by the leader between two loops, read by those who claimed a unit of the one it belongs to; `claim` orders the two.
  nonisolated(unsafe) private var body: Unit?
  nonisolated(unsafe) private var phase: StepPhase?
  /// Written before the workers start, read by the leader.
  nonisolated(unsafe) private var hasOthers = false

  private static let over = UInt64.max << 32

  /// A team that `concurrentPerform` starts; tests have threads of their own.
  ///
  /// - Parameter trace: for as many workers as the team will have.
  package init(
    trace: StepTrace? = nil, start: @escaping Start = { DispatchQueue.concurrentPerform(iterations: $0, execute: $1) }
  ) {
    self.trace = trace
    self.start = start
  }

  /// Runs `body` on one thread, the leader's, while the others wait for its loops. Denormals are flushed in all of them.
  ///
  /// Throws what `body` throws, once every worker has stopped.
  package func lead<Success, Failure: Error>(
    workers: Int, _ body: @Sendable () throws(Failure) -> Success
  ) throws(Failure) -> Success {
    hasOthers = workers > 1
    guard workers > 1 else { return try withDenormalsFlushed(body) }
    arrivals.store(0, ordering: .relaxed)
    claim.value.store(0, ordering: .releasing)
    // Written by the leader, read when all have stopped.
    nonisolated(unsafe) var result: Result<Success, Failure>?
    start(workers) { _ in
      let worker = arrivals.wrappingAdd(1, ordering: .relaxed).oldValue
      withDenormalsFlushed {
        guard worker == 0 else { return work(as: worker) }
        result = Result(catching: body)
        claim.value.store(Self.over, ordering: .releasing)
        announceLoop()
      }
    }
    self.body = nil
    return try result!.get()
  }

  /// Runs a loop of `count` units and returns when all of them are completed. Only the leader may call it, inside `lead`.
  ///
  /// - Parameter phase: what a trace calls it; nil for a loop that it leaves out.
  package func forEach(_ count: Int, as phase: StepPhase? = nil, _ unit: @escaping Unit) {
    self.phase = phase
    guard let trace, let phase else { return run(count, unit) }
    let start = StepTrace.now
    run(count, unit)
    trace.noteLoop(phase, units: count, since: start)
  }

  private func run(_ count: Int, _ unit: @escaping Unit) {
    guard hasOthers else {
      for index in 0..<count { perform(unit, index, 0) }
      return
    }
    guard count > 0 else { return }
    body = unit
    completed.reset(to: 0)
    claim.value.store(UInt64(count) << 32, ordering: .releasing)
    announceLoop()
    takeUnits(as: 0)
    completed.wait { $0 == count }
  }

  private func perform(_ body: Unit, _ unit: Int, _ worker: Int) {
    guard let phase else { return body(unit, worker) }
    trace.measure(phase, unit: unit, by: worker) { body(unit, worker) }
  }

  private func announceLoop() {
    _ = loopNumber.increment()
    loopNumber.wake()
  }

  private func work(as worker: Int) {
    while true {
      let seen = loopNumber.value
      guard takeUnits(as: worker) else { return }
      loopNumber.wait { $0 != seen }
    }
  }

  /// Claims units until there are none. Returns false where there will be none any more.
  @discardableResult
  private func takeUnits(as worker: Int) -> Bool {
    while true {
      // Claims beyond the last unit are few: a worker that made one waits for the next loop.
      let ticket = claim.value.wrappingAdd(1, ordering: .acquiringAndReleasing).oldValue
      let (count, index) = (UInt32(ticket >> 32), UInt32(truncatingIfNeeded: ticket))
      if ticket >= Self.over { return false }
      guard index < count else { return true }
      // The loop can't end, and `body` can't change, before this unit is completed.
      if let body { perform(body, Int(index), worker) }
      if completed.increment() == count { completed.wake() }
    }
  }
}

/// An atomic with nothing else on its cache lines.
private struct PaddedAtomic: ~Copyable {
  private let before = InlineArray<16, UInt64>(repeating: 0)
  let value: Atomic<UInt64>
  private let behind = InlineArray<16, UInt64>(repeating: 0)

  init(_ value: UInt64) { self.value = Atomic(value) }
}
