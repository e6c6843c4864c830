internal import Communication
internal import Foundation
internal import Kernels
internal import NeuralNetworks
internal import Synchronization
internal import SystemSupport

/// The trainings that a follower carries out by itself, a thread each: they leave what the first process must know in a box, which the
/// follower's own thread empties, as one thread at a time may use the communicator.
final class FollowerJobs: Sendable {
  private struct State {
    var running = 0
    var replies: [Message] = []
  }

  private let follower: RankFollower
  private let state = Mutex(State())
  private let budget = Mutex<ThreadBudget?>(nil)

  init(_ follower: RankFollower) { self.follower = follower }

  /// Whether nothing runs, and nothing is left to tell.
  var isEmpty: Bool { state.withLock { $0.running == 0 && $0.replies.isEmpty } }

  fileprivate func leave(_ reply: RankReply, numbers: [[Float]] = []) {
    let message = Message(reply, numbers: numbers)
    state.withLock { $0.replies.append(message) }
  }

  /// Sends what trainings leave, until there is a command.
  func waitForCommand() -> Message {
    var pause = 1e-4
    while true {
      let replies = state.withLock { state in
        defer { state.replies = [] }
        return state.replies
      }
      for reply in replies { follower.communicator.send(reply, to: 0, tag: .reply) }
      if follower.communicator.pending(from: 0, tag: .command) != nil {
        return follower.communicator.receiveMessage(from: 0, tag: .command)
      }
      pause = replies.isEmpty ? min(2 * pause, 2e-3) : 1e-4
      Thread.sleep(forTimeInterval: pause)
    }
  }

  func begin(_ order: TrainingOrder, _ numbers: [[Float]], job: Int, threads: Int) {
    let budget = budget.withLock { budget in
      let shared = budget ?? ThreadBudget(total: threads)
      budget = shared
      return shared
    }
    state.withLock { $0.running += 1 }
    let thread = Thread { [self] in
      budget.enter(job)
      do {
        try run(order, numbers, job: job) { budget.share(of: job) }
      } catch {
        leave(RankFollower.failure(error))
      }
      budget.leave(job)
      state.withLock { $0.running -= 1 }
    }
    thread.stackSize = 8 << 20
    thread.start()
  }

  private func run(_ order: TrainingOrder, _ numbers: [[Float]], job: Int, threads: () -> Int) throws {
    let events = EventStream(stop: follower.stop, interval: 0.25)
    events.add([EventForwarder(self)])
    let context = RunContext(
      kernels: follower.kernels, stop: follower.stop, events: events, threads: 1, concurrentModels: 1)
    var data = try follower.data(order)
    if order.record == nil, let weights = numbers.first { data.startingWeights[order.network] = weights }
    let ended = Mutex<Checkpoint?>(nil)
    let training = RepeatTraining(
      id: order.id, settings: order.settings, model: order.network, data: data, recipe: order.recipe,
      slot: FollowerSlot(jobs: self, job: job, order: order, numbers: numbers),
      end: { state in ended.withLock { $0 = state } },
      epochLimit: order.epochLimit)
    let isEnded = try training.run(context, threads: threads)
    try events.drain()
    if isEnded, let state = ended.withLock({ $0 }) {
      leave(.ended(job: job, state.record, scaling: state.scaling), numbers: state.numbers)
    } else {
      leave(.interrupted(job: job))
    }
  }
}

/// Hands a training's events on to the first process.
private final class EventForwarder: TrainingObserver {
  private let jobs: FollowerJobs

  init(_ jobs: FollowerJobs) { self.jobs = jobs }

  func receive(_ event: TrainingEvent) {
    if let event = RankEvent(event) { jobs.leave(.event(event)) }
  }
}

/// The state of a training whose files the first process keeps.
private struct FollowerSlot: TrainingSlot {
  let jobs: FollowerJobs
  let job: Int
  let order: TrainingOrder
  let numbers: [[Float]]

  func load(into trainer: Trainer) throws -> RepeatRecord? {
    guard let record = order.record, numbers.count == 4 else { return nil }
    let state = Checkpoint(
      identity: "", record: record, scaling: order.scaling, parameters: numbers[0], firstMoment: numbers[1],
      secondMoment: numbers[2], bestParameters: numbers[3])
    guard trainer.accepts(state), state.scaling == trainer.scalingText else { throw RankTeam.unexpected(0) }
    trainer.restore(state)
    return record
  }

  func lastGood() -> Checkpoint? { nil }

  func save(_ state: Checkpoint) {
    jobs.leave(.state(job: job, state.record, scaling: state.scaling), numbers: state.numbers)
  }
}

extension Checkpoint {
  /// Its numbers as they are sent.
  var numbers: [[Float]] { [parameters, firstMoment, secondMoment, bestParameters] }
}
