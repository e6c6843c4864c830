import Communication
import Foundation
import Synchronization

/// Threads of one process in the place of processes, as strict as MPI may be: a send waits until it is received, bytes under way are
/// read and written at the last moment, one thread of a rank at a time may call, and all take part in the same collectives.
package final class ThreadCommunicator: Communicator {
  package let rank: Int
  package let count: Int
  fileprivate let post: Post
  /// Broadcasts and gatherings that this rank has taken part in.
  private let collectives = Atomic<Int>(0)
  private let isCalled = Atomic<Bool>(false)

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
    alone {
      let parcel = Parcel(bytes)
      post.put(parcel, in: Box(to: rank, from: self.rank, about: .tag(tag)))
      post.wait { parcel.isTaken }
    }
  }

  package func receive(_ bytes: UnsafeMutableRawBufferPointer, from rank: Int, tag: MessageTag) {
    alone { take(from: rank, .tag(tag), into: bytes) }
  }

  package func pending(from rank: Int?, tag: MessageTag) -> Int? {
    alone {
      (rank.map { $0...$0 } ?? 0...count - 1).first { post.has(Box(to: self.rank, from: $0, about: .tag(tag))) }
    }
  }

  package func gather(_ own: UnsafeRawBufferPointer, into all: UnsafeMutableRawBufferPointer) {
    precondition(all.count == own.count * count)
    alone {
      let number = nextCollective()
      let parcels = (0..<count).map { target in
        let parcel = Parcel(own)
        post.put(parcel, in: Box(to: target, from: rank, about: .gathering(number)))
        return parcel
      }
      for source in 0..<count {
        let place = UnsafeMutableRawBufferPointer(rebasing: all[source * own.count..<(source + 1) * own.count])
        take(from: source, .gathering(number), into: place)
      }
      post.wait { parcels.allSatisfy(\.isTaken) }
    }
  }

  package func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from root: Int) {
    let transfers = makeTransfers(count: 1)
    transfers.broadcast(0, bytes, from: root)
    while !transfers.isDone(0) { Thread.sleep(forTimeInterval: 20e-6) }
  }

  package func makeTransfers(count: Int) -> any Transfers { ThreadTransfers(self, count: count) }

  fileprivate func nextCollective() -> Int { collectives.wrappingAdd(1, ordering: .relaxed).oldValue }

  private func take(from source: Int, _ subject: Box.Subject, into bytes: UnsafeMutableRawBufferPointer) {
    let box = Box(to: rank, from: source, about: subject)
    post.wait { post.takeIfThere(from: box, into: bytes) }
  }

  /// Traps where two threads of a rank call at once, which MPI was told that they don't.
  fileprivate func alone<Result>(_ body: () -> Result) -> Result {
    precondition(!isCalled.exchange(true, ordering: .acquiringAndReleasing), "two threads of rank \(rank) at once")
    defer { isCalled.store(false, ordering: .releasing) }
    return body()
  }
}

/// Where messages of a kind from one rank to another wait.
private struct Box: Hashable {
  enum Subject: Hashable {
    case tag(MessageTag)
    case gathering(Int)
    case broadcast(Int)
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

/// The sender's own bytes, which are copied when they are taken. Touched under the post's lock.
private final class Parcel {
  let bytes: UnsafeRawBufferPointer
  var isTaken = false

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }
}

/// All mailboxes. `@unchecked Sendable`: the lock is held wherever they are touched.
private final class Post: @unchecked Sendable {
  let count: Int
  private var boxes: [Box: [Parcel]] = [:]
  private let lock = NSRecursiveLock()

  init(count: Int) { self.count = count }

  func put(_ parcel: Parcel, in box: Box) { lock.withLock { boxes[box, default: []].append(parcel) } }
  func has(_ box: Box) -> Bool { lock.withLock { boxes[box] != nil } }

  func takeIfThere(from box: Box, into bytes: UnsafeMutableRawBufferPointer) -> Bool {
    lock.withLock {
      guard let parcel = boxes[box]?.removeFirst() else { return false }
      if boxes[box]?.isEmpty == true { boxes[box] = nil }
      precondition(parcel.bytes.count == bytes.count, "\(parcel.bytes.count) bytes, room for \(bytes.count)")
      bytes.copyMemory(from: parcel.bytes)
      parcel.isTaken = true
      return true
    }
  }

  func wait(until isReached: () -> Bool) {
    while !lock.withLock(isReached) { Thread.sleep(forTimeInterval: 10e-6) }
  }

  func areTaken(_ parcels: [Parcel]) -> Bool { lock.withLock { parcels.allSatisfy(\.isTaken) } }
}

private final class ThreadTransfers: Transfers {
  private enum Transfer {
    case sending([Parcel])
    case receiving(Box, UnsafeMutableRawBufferPointer)
  }

  private let communicator: ThreadCommunicator
  /// nil for what is done.
  private var open: [Transfer?]

  init(_ communicator: ThreadCommunicator, count: Int) {
    self.communicator = communicator
    open = Array(repeating: nil, count: count)
  }

  private func begin(_ index: Int, _ transfer: Transfer) {
    precondition(open[index] == nil, "transfer \(index) is under way")
    open[index] = transfer
  }

  func send(_ index: Int, _ bytes: UnsafeRawBufferPointer, to rank: Int, tag: MessageTag) {
    communicator.alone {
      let parcel = Parcel(bytes)
      communicator.post.put(parcel, in: Box(to: rank, from: communicator.rank, about: .tag(tag)))
      begin(index, .sending([parcel]))
    }
  }

  func receive(_ index: Int, _ bytes: UnsafeMutableRawBufferPointer, from rank: Int, tag: MessageTag) {
    communicator.alone {
      begin(index, .receiving(Box(to: communicator.rank, from: rank, about: .tag(tag)), bytes))
    }
  }

  func broadcast(_ index: Int, _ bytes: UnsafeMutableRawBufferPointer, from root: Int) {
    communicator.alone {
      let number = communicator.nextCollective()
      guard communicator.rank == root else {
        return begin(index, .receiving(Box(to: communicator.rank, from: root, about: .broadcast(number)), bytes))
      }
      let parcels = (0..<communicator.count).filter { $0 != root }.map { target in
        let parcel = Parcel(UnsafeRawBufferPointer(bytes))
        communicator.post.put(parcel, in: Box(to: target, from: root, about: .broadcast(number)))
        return parcel
      }
      begin(index, .sending(parcels))
    }
  }

  func isDone(_ index: Int) -> Bool {
    communicator.alone {
      switch open[index] {
      case nil: return true
      case .sending(let parcels): if !communicator.post.areTaken(parcels) { return false }
      case .receiving(let box, let bytes): if !communicator.post.takeIfThere(from: box, into: bytes) { return false }
      }
      open[index] = nil
      return true
    }
  }
}
