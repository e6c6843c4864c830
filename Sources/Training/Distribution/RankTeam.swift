package import Communication
internal import Foundation
internal import SystemSupport
internal import Synchronization
package import Windows

/// How trainings are divided among processes.
package enum Distribution: String, Sendable, CaseIterable {
  /// Whole repeats, folds or trials, handed out as processes fall free.
  case repeats
  /// One training at a time, each minibatch's shards spread over all processes.
  case shards
  /// Repeats where there are at least as many as processes, else shards.
  case auto
}

/// All processes, as the first one leads them: it alone knows options and files; the others do what they are told (``RankFollower``).
///
/// One thread at a time may use it.
package final class RankTeam: Sendable {
  let communicator: any Communicator
  private let distribution: Distribution
  private let sharesStore: Bool
  /// Threads per process as asked for; nil for all its cores.
  let threads: Int?
  let descriptions: [RankDescription]
  private let announced = Mutex<String?>(nil)
  private let jobs = Atomic<Int>(0)

  /// Waits for all others.
  ///
  /// - Throws: ``RankError`` where one is of another version, or rounds otherwise: the processes would not have the same bits.
  package init(
    _ communicator: any Communicator, distribution: Distribution, sharesStore: Bool, threads: Int?, version: String,
    arithmetic: String
  ) throws(RankError) {
    self.communicator = communicator
    self.distribution = distribution
    self.sharesStore = sharesStore
    self.threads = threads
    let own = RankDescription(version: version, arithmetic: arithmetic, cores: 0)
    // All are heard before any is refused.
    let messages = (1..<max(communicator.count, 1)).map { communicator.waitForMessage(from: $0, tag: .reply).1 }
    var descriptions = [own]
    for (index, message) in messages.enumerated() {
      let rank = index + 1
      guard case .hello(let other) = try message.value(RankReply.self, from: rank) else { throw Self.unexpected(rank) }
      if let difference = own.difference(of: other) {
        throw RankError(rank: rank, host: other.host, status: .data, reason: "\(difference) as process 0 has")
      }
      descriptions.append(other)
    }
    self.descriptions = descriptions
  }

  package var count: Int { communicator.count }

  /// A number that no other job of this team has.
  func nextJob() -> Int { jobs.wrappingAdd(1, ordering: .relaxed).oldValue }

  /// Threads of a process other than the first.
  func threads(of rank: Int) -> Int { max(1, threads ?? descriptions[rank].cores) }

  static func unexpected(_ rank: Int) -> RankError {
    RankError(rank: rank, host: nil, status: .software, reason: "sent an unexpected message")
  }

  /// Lets all processes read a store, or sends them its windows, unless they have them. Comes before anything changes these.
  ///
  /// - Throws: ``RankError`` where a process can't read it, or its windows are streamed and would have to be sent.
  package func announce(_ store: WindowStore, sha256: String) throws(RankError) {
    guard announced.withLock({ $0 != sha256 }) else { return }
    if sharesStore {
      guard !store.isStreamed else {
        throw RankError(
          rank: 0, host: nil, status: .usage,
          reason: "--share-store: sends windows from memory, but these are streamed (--no-stream)")
      }
      func shape(_ windows: WindowSet) -> [Int] { [windows.count, windows.timeSteps, windows.channels] }
      tell(.sharedStore(train: shape(store.train), test: shape(store.test)))
      for windows in [store.train, store.test] { SharedWindows(communicator).send(windows) }
    } else {
      tell(
        .store(path: URL(fileURLWithPath: store.path).path, sha256: sha256, streams: store.isStreamed))
    }
    try waitUntilReady()
    announced.withLock { $0 = sha256 }
  }

  /// Tells all others.
  func tell(_ command: RankCommand, numbers: [[Float]] = []) {
    let message = Message(command, numbers: numbers)
    for rank in 1..<max(count, 1) { communicator.send(message, to: rank, tag: .command) }
  }

  /// Waits until all others have done what they were told; throws what one of them could not.
  func waitUntilReady() throws(RankError) {
    let messages = (1..<max(count, 1)).map { communicator.waitForMessage(from: $0, tag: .reply).1 }
    for (index, message) in messages.enumerated() {
      switch try message.value(RankReply.self, from: index + 1) {
      case .ready: break
      case .failed(_, let status, let message): throw failure(index + 1, status, message)
      default: throw Self.unexpected(index + 1)
      }
    }
  }

  func failure(_ rank: Int, _ status: Int32, _ message: String) -> RankError {
    RankError(
      rank: rank, host: descriptions[rank].host, status: ExitStatus(rawValue: status) ?? .software, reason: message)
  }

  /// Whether a number of trainings is carried out one after the other by all processes together.
  func worksTogether(on trainings: Int) -> Bool {
    switch distribution {
    case .repeats: false
    case .shards: true
    case .auto: trainings < count
    }
  }

  /// Lets all others go.
  ///
  /// - Parameter isGreeted: whether a team has heard them introduce themselves; else that is done now.
  package static func dismiss(_ communicator: any Communicator, isGreeted: Bool) {
    for rank in 1..<max(communicator.count, 1) {
      if !isGreeted { _ = communicator.waitForMessage(from: rank, tag: .reply) }
      communicator.send(Message(RankCommand.quit), to: rank, tag: .command)
    }
  }
}
