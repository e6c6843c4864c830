import CPlatform
import Dispatch
import Kernels
import Synchronization

/// Runs phases of independent units on several workers, with a barrier of a microsecond between phases.
///
/// One `concurrentPerform` lasts for a whole run of phases (an epoch), because starting one costs 50-90 µs. Workers claim units
/// by adding one to a single word that also holds the phase and its number of units, so that a claim can never be taken for
/// another phase's. A phase ends when its last unit is completed, not when workers arrive: a worker that starts late, or never,
/// holds nobody up. Whichever worker completes the last unit does the serial work between phases.
final class ParallelPhases: Sendable {
  /// phase (24 bits) | units of the phase (20 bits) | next unit (20 bits).
  private let claim = Atomic<UInt64>(0)
  private let completed = Atomic<Int>(0)

  private static let fieldBits: UInt64 = 20
  private static let fieldMask: UInt64 = 1 << fieldBits - 1
  private static let lastPhase: UInt64 = 1 << 24 - 1

  /// The most units that a phase may have: the rest of the field is for claims that come too late.
  static let mostUnits = 1 << 19

  /// Runs phases until `advance` gives nil.
  ///
  /// - Parameters:
  ///   - workers: how many may work at once.
  ///   - advance: called before the first phase and after each, by one worker while no unit runs: the next phase's number of
  ///     units (at least 1), or nil to end.
  ///   - unit: one unit of the current phase, on a worker. What it computes must not depend on the worker.
  func run(workers: Int, advance: @Sendable () -> Int?, unit: @Sendable (_ unit: Int, _ worker: Int) -> Void) {
    guard let first = advance() else { return }
    completed.store(0, ordering: .relaxed)
    open(phase: 0, units: first)
    if workers == 1 {
      withDenormalsFlushed { work(worker: 0, advance: advance, unit: unit) }
    } else {
      DispatchQueue.concurrentPerform(iterations: workers) { worker in
        withDenormalsFlushed { work(worker: worker, advance: advance, unit: unit) }
      }
    }
  }

  private func open(phase: UInt64, units: Int) {
    precondition(units > 0 && units <= Self.mostUnits)
    claim.store(phase << (2 * Self.fieldBits) | UInt64(units) << Self.fieldBits, ordering: .releasing)
  }

  private func work(worker: Int, advance: () -> Int?, unit: (Int, Int) -> Void) {
    while true {
      let ticket = claim.wrappingAdd(1, ordering: .acquiringAndReleasing).oldValue
      let phase = ticket >> (2 * Self.fieldBits)
      if phase == Self.lastPhase { return }
      let count = Int(ticket >> Self.fieldBits & Self.fieldMask)
      let index = Int(ticket & Self.fieldMask)
      guard index < count else {
        waitForEnd(ofPhase: phase)
        continue
      }
      unit(index, worker)
      if completed.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue == count {
        completed.store(0, ordering: .relaxed)
        if let next = advance() {
          // Phases may be numbered anew: a worker never holds a ticket across the end of its phase.
          open(phase: (phase + 1) % (Self.lastPhase - 1), units: next)
        } else {
          claim.store(Self.lastPhase << (2 * Self.fieldBits), ordering: .releasing)
          return
        }
      }
    }
  }

  /// Spins for some microseconds, then lets other threads run.
  private func waitForEnd(ofPhase phase: UInt64) {
    var spins = 0
    while claim.load(ordering: .acquiring) >> (2 * Self.fieldBits) == phase {
      spins += 1
      if spins < 4096 { platform_pause() } else { platform_yield() }
    }
  }
}
