import Foundation
import Synchronization
import Testing
import Training

/// Starts workers as threads of their own, as many as asked for, however many cores there are; each waits before it begins.
func realThreads(delay: @escaping @Sendable (_ worker: Int) -> UInt32 = { _ in 0 }) -> WorkerTeam.Start {
  { workers, work in
    withoutActuallyEscaping(work) { work in
      // Threads keep the box for a moment after they are done; what is in it must not outlive the call.
      let box = Mutex<(@Sendable (Int) -> Void)?>(work)
      let done = DispatchSemaphore(value: 0)
      for worker in 0..<workers {
        let thread = Thread {
          let microseconds = delay(worker)
          if microseconds > 0 { usleep(microseconds) }
          box.withLock { $0 }?(worker)
          done.signal()
        }
        thread.stackSize = 1 << 20
        thread.start()
      }
      for _ in 0..<workers { done.wait() }
      box.withLock { $0 = nil }
    }
  }
}

/// Loops of a team: every unit once, in order between loops, whoever comes when.
@Suite struct WorkerTeamTests {
  /// Runs loops of the given lengths and returns how often each unit of each ran, and whether a unit ever ran outside its loop.
  private func run(_ team: WorkerTeam, workers: Int, _ lengths: [Int]) -> (counts: [[Int]], isOrdered: Bool) {
    let current = Atomic<Int>(-1)
    let strays = Atomic<Int>(0)
    let counts = lengths.map { SharedSlots(repeating: 0, count: $0) }
    team.lead(workers: workers) {
      for (loop, length) in lengths.enumerated() {
        current.store(loop, ordering: .sequentiallyConsistent)
        team.forEach(length) { unit, worker in
          if current.load(ordering: .sequentiallyConsistent) != loop || !(0..<workers).contains(worker) {
            strays.wrappingAdd(1, ordering: .relaxed)
          }
          counts[loop][unit] += 1
        }
      }
    }
    return (counts.map { slots in (0..<slots.count).map { slots[$0] } }, strays.load(ordering: .relaxed) == 0)
  }

  @Test(arguments: [1, 2, 3, 5, 8, 16, 64], [true, false])
  func everyUnitRunsOnceInItsLoop(_ workers: Int, _ isReal: Bool) {
    let team = isReal ? WorkerTeam(start: realThreads()) : WorkerTeam()
    let lengths = (0..<400).map { [16, 1, 0, 7, 100, 3][$0 % 6] }
    for _ in 0..<3 {
      let (counts, isOrdered) = run(team, workers: workers, lengths)
      #expect(isOrdered)
      #expect(zip(counts, lengths).allSatisfy { $0 == Array(repeating: 1, count: $1) })
    }
  }

  @Test func lateWorkersHoldNobodyUp() {
    // All but the first come after half a second, long after the loops that are theirs too.
    let team = WorkerTeam(start: realThreads { $0 == 0 ? 0 : 500_000 })
    let ended = Mutex<ContinuousClock.Instant?>(nil)
    let start = ContinuousClock.now
    let workers = Mutex<Set<Int>>([])
    team.lead(workers: 4) {
      for _ in 0..<50 { team.forEach(8) { _, worker in workers.withLock { _ = $0.insert(worker) } } }
      ended.withLock { $0 = ContinuousClock.now }
    }
    let whole = ContinuousClock.now - start
    // Not a bound on time: the leader was done while the others still slept.
    #expect(ended.withLock { $0! - start } < whole)
    #expect(workers.withLock { $0 } == [0])
  }

  @Test func workersWithoutAUnitSleepAndWakeUpForTheNextLoop() {
    let team = WorkerTeam(start: realThreads())
    let longs = Atomic<Int>(0)
    let shorts = Atomic<Int>(0)
    team.lead(workers: 6) {
      for _ in 0..<5 {
        // One long unit, for which five workers wait; then a unit for each.
        team.forEach(1) { _, _ in
          usleep(20_000)
          longs.wrappingAdd(1, ordering: .relaxed)
        }
        usleep(20_000)
        team.forEach(6) { _, _ in shorts.wrappingAdd(1, ordering: .relaxed) }
      }
    }
    #expect(longs.load(ordering: .relaxed) == 5 && shorts.load(ordering: .relaxed) == 30)
  }

  @Test func manyMoreWorkersThanUnits() {
    let team = WorkerTeam(start: realThreads())
    let (counts, isOrdered) = run(team, workers: 48, Array(repeating: 2, count: 300))
    #expect(isOrdered)
    #expect(counts.allSatisfy { $0 == [1, 1] })
  }

  private struct Failure: Error, Equatable { let loop: Int }

  @Test(arguments: [1, 2, 7])
  func whatTheLeaderThrowsEndsAllWorkersAndIsThrown(_ workers: Int) {
    let team = WorkerTeam(start: realThreads())
    let units = Atomic<Int>(0)
    #expect(throws: Failure(loop: 3)) {
      try team.lead(workers: workers) { () throws(Failure) in
        for loop in 0..<10 {
          team.forEach(5) { _, _ in units.wrappingAdd(1, ordering: .relaxed) }
          if loop == 3 { throw Failure(loop: loop) }
        }
      }
    }
    #expect(units.load(ordering: .relaxed) == 20)
    // The team is whole: it can lead again.
    let result = team.lead(workers: workers) {
      team.forEach(5) { _, _ in units.wrappingAdd(1, ordering: .relaxed) }
      return "again"
    }
    #expect(result == "again" && units.load(ordering: .relaxed) == 25)
  }

  @Test func denormalsAreFlushedInEveryWorker() {
    let team = WorkerTeam(start: realThreads())
    let flushed = Mutex<[Bool]>([])
    let small = Mutex(Float.leastNormalMagnitude)
    team.lead(workers: 3) {
      team.forEach(60) { _, _ in
        let half = small.withLock { $0 } / 2
        flushed.withLock { $0.append(half == 0) }
        usleep(500)
      }
    }
    #expect(flushed.withLock { $0 } == Array(repeating: true, count: 60))
  }

  /// Memory is made by the worker that uses it, once, and stays when the team grows.
  @Test func workersHaveMemoryOfTheirOwn() {
    let memory = WorkerMemory(count: 100, workers: 3)
    let first = memory[1]
    first[0] = 7
    #expect(memory[1] == first && memory[0] != first && memory[2] != memory[0])
    let larger = memory.resized(workers: 5)
    #expect(larger.workers == 5 && larger[1] == first && larger[1][0] == 7)
    #expect(larger[4] != larger[3])
  }
}
