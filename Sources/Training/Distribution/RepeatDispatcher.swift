internal import Communication
internal import Foundation
internal import SystemSupport

/// Hands whole trainings out to the other processes, and keeps what they send of them, while this one trains too.
struct RepeatDispatcher {
  private let team: RankTeam
  private let context: RunContext
  /// Trainings at once in each of the others.
  private let concurrentJobs: Int

  init(_ team: RankTeam, _ context: RunContext, concurrentJobs: Int) {
    self.team = team
    self.context = context
    self.concurrentJobs = concurrentJobs
  }

  private struct Job {
    let rank: Int
    let training: RepeatTraining
  }

  /// Hands out trainings until there are none left and all have ended.
  ///
  /// - Parameter next: the next training; nil where there is none.
  /// - Returns: whether all came to their end. Throws ``RankError``, and what saving throws.
  func run(_ next: () throws -> RepeatTraining?) throws -> Bool {
    var jobs: [Int: Job] = [:]
    var (isEmpty, isTold, isComplete) = (false, false, true)
    var pause = 1e-4
    var failure: (any Error)?
    while true {
      if context.stop.isRequested, !isTold {
        team.tell(.stop)
        isTold = true
      }
      while !isEmpty, failure == nil, let rank = freeRank(jobs) {
        do {
          guard let training = try next() else {
            isEmpty = true
            break
          }
          let number = team.nextJob()
          try give(training, number, to: rank)
          jobs[number] = Job(rank: rank, training: training)
        } catch {
          failure = error
          context.stop.request()
        }
      }
      guard !jobs.isEmpty || !(isEmpty || failure != nil) else { break }
      guard let source = team.communicator.pending(from: nil, tag: .reply) else {
        Thread.sleep(forTimeInterval: pause)
        pause = min(2 * pause, 2e-3)
        continue
      }
      pause = 1e-4
      do {
        if try !take(team.communicator.receiveMessage(from: source, tag: .reply), source, &jobs) {
          isComplete = false
        }
      } catch {
        failure = failure ?? error
        context.stop.request()
      }
    }
    if let failure { throw failure }
    return isComplete
  }

  /// The process with the fewest trainings, where it has room for one.
  private func freeRank(_ jobs: [Int: Job]) -> Int? {
    var counts = Array(repeating: 0, count: team.count)
    for job in jobs.values { counts[job.rank] += 1 }
    return (1..<team.count).filter { counts[$0] < min(concurrentJobs, team.threads(of: $0)) }
      .min { (counts[$0], $0) < (counts[$1], $1) }
  }

  private func give(_ training: RepeatTraining, _ number: Int, to rank: Int) throws {
    var order = training.order
    var numbers = training.startingWeights.map { [$0] } ?? []
    if let state = try training.slot.lastGood() {
      (order.record, order.scaling) = (state.record, state.scaling)
      numbers = [state.parameters, state.firstMoment, state.secondMoment, state.bestParameters]
    }
    team.communicator.send(
      Message(
        RankCommand.alone(
          order, job: number, threads: team.threads, progressInterval: context.events.interval), numbers: numbers),
      to: rank, tag: .command)
  }

  /// Takes a reply; false where it says that a training was stopped.
  private func take(_ message: Message, _ rank: Int, _ jobs: inout [Int: Job]) throws -> Bool {
    switch try message.value(RankReply.self, from: rank) {
    case .event(let event): context.events.publish(event.event)
    case .state(let number, let record, let scaling):
      guard let job = jobs[number] else { throw RankTeam.unexpected(rank) }
      try job.training.slot.save(try state(record, scaling, message, rank))
    case .ended(let number, let record, let scaling):
      guard let job = jobs.removeValue(forKey: number) else { throw RankTeam.unexpected(rank) }
      try job.training.end(try state(record, scaling, message, rank))
      context.events.publish(.ended(job.training.id, record))
    case .interrupted(let number):
      jobs[number] = nil
      context.stop.request()
      return false
    case .failed(let number, let status, let text):
      if let number { jobs[number] = nil }
      throw team.failure(rank, status, text)
    case .hello, .ready: throw RankTeam.unexpected(rank)
    }
    return true
  }

  private func state(
    _ record: RepeatRecord, _ scaling: String, _ message: Message, _ rank: Int
  ) throws(RankError) -> Checkpoint {
    guard message.numbers.count == 4 else { throw RankTeam.unexpected(rank) }
    return Checkpoint(
      identity: "", record: record, scaling: scaling, parameters: message.numbers[0],
      firstMoment: message.numbers[1], secondMoment: message.numbers[2], bestParameters: message.numbers[3])
  }
}
