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
    var replies: [(message: Message, stateOf: Int?)] = []
  }

  private let follower: RankFollower
  private let state = Mutex(State())
  private let budget = Mutex<ThreadBudget?>(nil)

  init(_ follower: RankFollower) { self.follower = follower }

  /// The message on its way; touched by the follower's thread alone.
  nonisolated(unsafe) private var outgoing: OutgoingMessage?

  /// Whether nothing runs, and nothing is left to tell.
  private var isEmpty: Bool {
    (outgoing?.isDone ?? true) && state.withLock { $0.running == 0 && $0.replies.isEmpty }
  }

  /// - Parameter stateOf: the job whose state it is: one that was not sent yet is no longer wanted.
  fileprivate func leave(_ reply: RankReply, numbers: [[Float]] = [], stateOf: Int? = nil) {
    let message = Message(reply, numbers: numbers)
    state.withLock { state in
      if let stateOf { state.replies.removeAll { $0.stateOf == stateOf } }
      state.replies.append((message, stateOf))
    }
  }

  /// Sends what trainings leave, until there is a command. Receiving goes on meanwhile: the first process may be sending too.
  func waitForCommand() -> Message {
    var pause = 1e-4
    while true {
      if outgoing?.isDone ?? true {
        outgoing = state.withLock { $0.replies.isEmpty ? nil : $0.replies.removeFirst() }.map {
          OutgoingMessage($0.message, by: follower.communicator, to: 0, tag: .reply)
        }
        if outgoing != nil { pause = 1e-4 }
      }
      if follower.communicator.pending(from: 0, tag: .command) != nil {
        return follower.communicator.receiveMessage(from: 0, tag: .command)
      }
      if isEmpty { return follower.communicator.waitForMessage(from: 0, tag: .command).1 }
      Thread.sleep(forTimeInterval: pause)
      pause = min(2 * pause, 2e-3)
    }
  }

  /// Waits for trainings that were stopped; nobody wants to know of them any more.
  func waitUntilEnded() {
    while state.withLock({ $0.running > 0 }) { Thread.sleep(forTimeInterval: 1e-3) }
  }

  func begin(
    _ order: TrainingOrder, _ numbers: [[Float]], job: Int, threads: Int, progressInterval: Double?
  ) {
    let budget = budget.withLock { budget in
      let shared = budget ?? ThreadBudget(total: threads)
      budget = shared
      return shared
    }
    state.withLock { $0.running += 1 }
    let thread = Thread { [self] in
      budget.enter(job)
      do {
        try run(order, numbers, job: job, progressInterval) { budget.share(of: job) }
      } catch {
        leave(RankFollower.failure(error, job: job))
      }
      budget.leave(job)
      state.withLock { $0.running -= 1 }
    }
    thread.stackSize = 8 << 20
    thread.start()
  }

  private func run(
    _ order: TrainingOrder, _ numbers: [[Float]], job: Int, _ progressInterval: Double?, threads: () -> Int
  ) throws {
    let events = EventStream(stop: follower.stop, interval: progressInterval)
    events.add([EventForwarder(self)])
    let context = RunContext(
      kernels: follower.kernels, stop: follower.stop, events: events, threads: 1, concurrentModels: 1)
    let ended = Mutex<Checkpoint?>(nil)
    let training = RepeatTraining(
      id: order.id, model: order.network, data: { [follower] in try follower.data(order) },
      startingWeights: order.record == nil ? numbers.first : nil, recipe: order.recipe,
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
    guard let record = order.record else { return nil }
    guard numbers.count == 4 else { throw RankTeam.unexpected(0) }
    let state = Checkpoint(
      identity: "", record: record, scaling: order.scaling, parameters: numbers[0], firstMoment: numbers[1],
      secondMoment: numbers[2], bestParameters: numbers[3])
    try order.checkScaling(trainer)
    guard trainer.accepts(state) else { throw RankTeam.unexpected(0) }
    trainer.restore(state)
    return record
  }

  func lastGood() -> Checkpoint? { nil }

  func save(_ state: Checkpoint) {
    jobs.leave(.state(job: job, state.record, scaling: state.scaling), numbers: state.numbers, stateOf: job)
  }
}

extension Checkpoint {
  /// Its numbers as they are sent.
  var numbers: [[Float]] { [parameters, firstMoment, secondMoment, bestParameters] }
}
