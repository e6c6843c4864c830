import Communication
import Foundation
import Synchronization

/// Threads of one process in the place of processes, with mailboxes in memory: what MPI does, where there is none.
package final class ThreadCommunicator: Communicator {
  package let rank: Int
  package let count: Int
  private let post: Post
  /// Broadcasts and gatherings that this rank has taken part in.
  private let collectives = Atomic<Int>(0)

  private init(rank: Int, post: Post) {
    self.rank = rank
    count = post.count
    self.post = post
  }

  /// A communicator for each of `count` threads.
  package static func group(of count: Int) -> [ThreadCommunicator] {
    let post = Post(count: count)
    return (0..<count).map { ThreadCommunicator(rank: $0, post: post) }
  }

  package func send(_ bytes: UnsafeRawBufferPointer, to rank: Int, tag: MessageTag) {
    post.put(Data(bytes), in: Box(to: rank, from: self.rank, about: .tag(tag)))
  }

  package func receive(_ bytes: UnsafeMutableRawBufferPointer, from rank: Int, tag: MessageTag) {
    post.take(from: Box(to: self.rank, from: rank, about: .tag(tag)), into: bytes)
  }

  package func pending(from rank: Int?, tag: MessageTag) -> PendingMessage? {
    for source in rank.map({ $0...$0 }) ?? 0...count - 1 {
      if let bytes = post.first(in: Box(to: self.rank, from: source, about: .tag(tag))) {
        return PendingMessage(source: source, byteCount: bytes)
      }
    }
    return nil
  }

  package func gather(_ own: UnsafeRawBufferPointer, into all: UnsafeMutableRawBufferPointer) {
    let number = nextCollective()
    for target in 0..<count { post.put(Data(own), in: Box(to: target, from: rank, about: .collective(number))) }
    for source in 0..<count {
      let place = UnsafeMutableRawBufferPointer(rebasing: all[source * own.count..<(source + 1) * own.count])
      post.take(from: Box(to: rank, from: source, about: .collective(number)), into: place)
    }
  }

  package func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from root: Int) {
    let transfers = makeTransfers(count: 1)
    transfers.broadcast(0, bytes, from: root)
    while !transfers.isDone(0) { Thread.sleep(forTimeInterval: 20e-6) }
  }

  package func makeTransfers(count: Int) -> any Transfers { ThreadTransfers(self, count: count) }

  fileprivate func nextCollective() -> Int { collectives.wrappingAdd(1, ordering: .relaxed).oldValue }

  fileprivate func put(_ bytes: UnsafeRawBufferPointer, _ target: Int, _ about: Box.Subject) {
    post.put(Data(bytes), in: Box(to: target, from: rank, about: about))
  }

  fileprivate func takeIfThere(_ source: Int, _ about: Box.Subject, _ bytes: UnsafeMutableRawBufferPointer) -> Bool {
    post.takeIfThere(from: Box(to: rank, from: source, about: about), into: bytes)
  }
}

/// Where messages of a kind from one rank to another wait.
private struct Box: Hashable {
  enum Subject: Hashable {
    case tag(MessageTag)
    case collective(Int)
  }

  let target: Int
  let source: Int
  let subject: Subject

  init(to target: Int, from source: Int, about subject: Subject) {
    self.target = target
    self.source = source
    self.subject = subject
  }
}

/// All mailboxes. `@unchecked Sendable`: the condition's lock is held wherever they are touched.
private final class Post: @unchecked Sendable {
  let count: Int
  private var boxes: [Box: [Data]] = [:]
  private let changed = NSCondition()

  init(count: Int) { self.count = count }

  func put(_ message: Data, in box: Box) {
    changed.withLock {
      boxes[box, default: []].append(message)
      changed.broadcast()
    }
  }

  func first(in box: Box) -> Int? { changed.withLock { boxes[box]?.first?.count } }

  func take(from box: Box, into bytes: UnsafeMutableRawBufferPointer) {
    changed.withLock {
      while boxes[box] == nil { changed.wait() }
      copy(removeFirst(box), bytes)
    }
  }

  func takeIfThere(from box: Box, into bytes: UnsafeMutableRawBufferPointer) -> Bool {
    changed.withLock {
      guard boxes[box] != nil else { return false }
      copy(removeFirst(box), bytes)
      return true
    }
  }

  private func removeFirst(_ box: Box) -> Data {
    let message = boxes[box]!.removeFirst()
    if boxes[box]!.isEmpty { boxes[box] = nil }
    return message
  }

  private func copy(_ message: Data, _ bytes: UnsafeMutableRawBufferPointer) {
    precondition(message.count == bytes.count, "a message of \(message.count) bytes, room for \(bytes.count)")
    message.copyBytes(to: bytes)
  }
}

private final class ThreadTransfers: Transfers {
  private let communicator: ThreadCommunicator
  /// What is yet to be received; nil for what is done.
  private var open: [(source: Int, subject: Box.Subject, bytes: UnsafeMutableRawBufferPointer)?]

  init(_ communicator: ThreadCommunicator, count: Int) {
    self.communicator = communicator
    open = Array(repeating: nil, count: count)
  }

  func send(_ index: Int, _ bytes: UnsafeRawBufferPointer, to rank: Int, tag: MessageTag) {
    communicator.put(bytes, rank, .tag(tag))
  }

  func receive(_ index: Int, _ bytes: UnsafeMutableRawBufferPointer, from rank: Int, tag: MessageTag) {
    open[index] = (rank, .tag(tag), bytes)
  }

  func broadcast(_ index: Int, _ bytes: UnsafeMutableRawBufferPointer, from root: Int) {
    let number = communicator.nextCollective()
    guard communicator.rank == root else {
      open[index] = (root, .collective(number), bytes)
      return
    }
    for target in 0..<communicator.count where target != root {
      communicator.put(UnsafeRawBufferPointer(bytes), target, .collective(number))
    }
  }

  func isDone(_ index: Int) -> Bool {
    guard let (source, subject, bytes) = open[index] else { return true }
    guard communicator.takeIfThere(source, subject, bytes) else { return false }
    open[index] = nil
    return true
  }
}
