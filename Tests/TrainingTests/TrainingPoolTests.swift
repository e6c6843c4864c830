import Foundation
import Synchronization
import Testing
import Training

/// Trainings at once, and the threads that they share.
@Suite struct TrainingPoolTests {
  @Test func threadsAreDividedAmongThoseWhoRun() {
    let budget = ThreadBudget(total: 8)
    for training in [4, 1, 7] { budget.enter(training) }
    #expect([4, 1, 7].map { budget.share(of: $0) } == [3, 3, 2])
    budget.leave(1)
    #expect([4, 7].map { budget.share(of: $0) } == [4, 4])
    budget.leave(4)
    #expect(budget.share(of: 7) == 8)
    // Nobody gets none, and who doesn't run gets one.
    for training in 10..<30 { budget.enter(training) }
    #expect(budget.share(of: 29) == 1 && budget.share(of: 99) == 1)
  }

  /// The most jobs that ran at the same time, and all that ran.
  private func run(jobs: Int, threads: Int, concurrentJobs: Int) throws -> (most: Int, all: [Int], isComplete: Bool) {
    let running = Mutex((now: 0, most: 0))
    let all = Mutex<[Int]>([])
    let pool = TrainingPool(Array(0..<jobs), threads: threads, stop: StopRequest())
    let isComplete = try pool.run(concurrentJobs: concurrentJobs) { job, share in
      running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
      usleep(3_000)
      #expect((1...threads).contains(share()))
      running.withLock { $0.now -= 1 }
      all.withLock { $0.append(job) }
      return true
    }
    return (running.withLock { $0.most }, all.withLock { $0.sorted() }, isComplete)
  }

  @Test(arguments: [(2, 64), (1, 5), (3, 2), (16, 16)])
  func neverMoreJobsThanThreads(_ threads: Int, _ concurrentJobs: Int) throws {
    let (most, all, isComplete) = try run(jobs: 30, threads: threads, concurrentJobs: concurrentJobs)
    #expect(most <= min(threads, concurrentJobs))
    #expect(all == Array(0..<30) && isComplete)
  }

  @Test func noJobsAreAllDone() throws {
    #expect(try run(jobs: 0, threads: 2, concurrentJobs: 2).isComplete)
  }

  private struct Failure: Error, Equatable { let job: Int }

  @Test func whatAJobThrowsStopsTheOthersAndIsThrown() {
    let stop = StopRequest()
    let started = Mutex<[Int]>([])
    #expect(throws: Failure(job: 2)) {
      try TrainingPool(Array(0..<20), threads: 2, stop: stop).run(concurrentJobs: 2) { job, _ in
        started.withLock { $0.append(job) }
        if job == 2 { throw Failure(job: job) }
        // As a training does, the others go on until they are told to stop.
        while job > 2, !stop.isRequested { usleep(100) }
        return job < 2
      }
    }
    #expect(stop.isRequested)
    #expect(started.withLock { $0.count } < 20)
  }

  @Test func aStopLeavesTheRest() throws {
    let stop = StopRequest()
    let ended = Mutex(0)
    let isComplete = try TrainingPool(Array(0..<10), threads: 1, stop: stop).run(concurrentJobs: 1) { job, _ in
      ended.withLock { $0 += 1 }
      if job == 3 { stop.request() }
      return true
    }
    #expect(!isComplete && ended.withLock { $0 } == 4)
  }
}
