package import Kernels
internal import Synchronization

/// What all trainings of a process share: kernels, threads, the request to stop, and the stream of events.
package struct RunContext: Sendable {
  package let kernels: KernelSet
  package let stop: StopRequest
  package let events: EventStream
  /// Threads in all, and trainings at once.
  package let threads: Int
  package var concurrentModels: Int
  /// All processes, where there are others.
  package var team: RankTeam?

  package init(
    kernels: KernelSet, stop: StopRequest, events: EventStream, threads: Int, concurrentModels: Int,
    team: RankTeam? = nil
  ) {
    self.team = team
    self.kernels = kernels
    self.stop = stop
    self.events = events
    self.threads = threads
    self.concurrentModels = concurrentModels
  }

  /// Runs the trainings of some jobs, several at once: those with the most arithmetic first, so that none of them is left alone
  /// at the end.
  /// - Returns: whether all came to their end; false where a stop was requested before.
  func run<Job: Sendable & Comparable>(
    _ jobs: [Job], flops: (Job) -> Int, training: @escaping @Sendable (Job) throws -> RepeatTraining
  ) throws -> Bool {
    guard !jobs.isEmpty else { return true }
    let longestFirst = jobs.sorted { (-flops($0), $0) < (-flops($1), $1) }
    let pool = TrainingPool(longestFirst, threads: threads, stop: stop)
    let isComplete: Bool
    if let team, team.worksTogether(on: jobs.count) {
      isComplete = try pool.run(concurrentJobs: 1) { job, threads in
        try training(job).run(self, with: team, threads: threads)
      }
    } else if let team {
      let concurrentJobs = min(concurrentModels, (jobs.count + team.count - 1) / team.count)
      let dispatcher = RepeatDispatcher(team, self, concurrentJobs: concurrentJobs)
      isComplete = try pool.run(
        concurrentJobs: concurrentJobs, elsewhere: { next in try dispatcher.run { try next().map(training) } }
      ) { job, threads in
        try training(job).run(self, threads: threads)
      }
    } else {
      isComplete = try pool.run(concurrentJobs: concurrentModels) { job, threads in
        try training(job).run(self, threads: threads)
      }
    }
    try events.drain()
    return isComplete
  }
}
