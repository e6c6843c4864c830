package import Kernels
internal import Synchronization

/// What all trainings of a process share: kernels, threads, the request to stop, and the stream of events.
package struct RunContext: Sendable {
  package let kernels: KernelSet
  package let stop: StopRequest
  package let events: EventStream
  /// Threads in all, and trainings at once.
  package let threads: Int
  package let concurrentModels: Int

  package init(
    kernels: KernelSet, stop: StopRequest, events: EventStream, threads: Int, concurrentModels: Int
  ) {
    self.kernels = kernels
    self.stop = stop
    self.events = events
    self.threads = threads
    self.concurrentModels = concurrentModels
  }

  /// Runs the trainings of some jobs, several at once: those with the most arithmetic first, so that none of them is left alone
  /// at the end.
  ///
  /// - Parameters:
  ///   - flops: the arithmetic of a job.
  ///   - training: makes a job's training.
  ///   - ended: takes a record; called once per job, on the job's thread.
  /// - Returns: whether all came to their end; false where a stop was requested before.
  func run<Job: Sendable & Hashable & Comparable>(
    _ jobs: [Job], flops: (Job) -> Int, training: @escaping @Sendable (Job) throws -> RepeatTraining,
    ended: @escaping @Sendable (Job, RepeatRecord) throws -> Void
  ) throws -> Bool {
    let costs = Dictionary(uniqueKeysWithValues: jobs.map { ($0, flops($0)) })
    let longestFirst = jobs.sorted { (-costs[$0]!, $0) < (-costs[$1]!, $1) }
    let isComplete = try TrainingPool(longestFirst, threads: threads, stop: stop).run(
      concurrentJobs: concurrentModels
    ) { job, threads in
      guard let record = try training(job).run(self, threads: threads) else { return false }
      try ended(job, record)
      return true
    }
    try events.drain()
    return isComplete
  }
}
