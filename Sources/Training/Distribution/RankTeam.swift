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
    let own = RankDescription(host: RankFollower.hostName, version: version, arithmetic: arithmetic, cores: 0)
    var descriptions = [own]
    for rank in 1..<max(communicator.count, 1) {
      let reply = try communicator.waitForMessage(from: rank, tag: .reply).1.value(RankReply.self, from: rank)
      guard case .hello(let other) = reply else { throw Self.unexpected(rank) }
      func refuse(_ what: String, _ found: String, _ expected: String) -> RankError {
        RankError(
          rank: rank, host: other.host, status: .data,
          reason: "has \(what) \(found), expected \(expected) as process 0 has")
      }
      guard other.version == version else { throw refuse("version", other.version, version) }
      guard other.arithmetic == arithmetic else { throw refuse("arithmetic", other.arithmetic, arithmetic) }
      descriptions.append(other)
    }
    self.descriptions = descriptions
  }

  package var count: Int { communicator.count }

  static func unexpected(_ rank: Int) -> RankError {
    RankError(rank: rank, host: nil, status: .software, reason: "sent an unexpected message")
  }

  /// Lets all processes read a store, or sends them its windows, unless they have them. Comes before anything changes these.
  ///
  /// - Throws: ``RankError`` where a process can't read it.
  package func announce(_ store: WindowStore, sha256: String) throws(RankError) {
    guard announced.withLock({ $0 != sha256 }) else { return }
    if sharesStore {
      func shape(_ windows: WindowSet) -> [Int] { [windows.count, windows.timeSteps, windows.channels] }
      tell(.sharedStore(train: shape(store.train), test: shape(store.test)))
      for windows in [store.train, store.test] { SharedWindows(communicator).send(windows) }
    } else {
      tell(.store(path: URL(fileURLWithPath: store.path).path, sha256: sha256))
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
    var failure: RankError?
    for rank in 1..<max(count, 1) {
      switch try communicator.waitForMessage(from: rank, tag: .reply).1.value(RankReply.self, from: rank) {
      case .ready: break
      case .failed(let status, let message): failure = failure ?? self.failure(rank, status, message)
      default: throw Self.unexpected(rank)
      }
    }
    if let failure { throw failure }
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
