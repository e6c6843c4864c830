/// Processes that work together, numbered from 0 ("ranks" in MPI's words). It only moves bytes: no sum is ever left to it, whose order
/// nobody could vouch for.
///
/// One thread of a process at a time may call it. What can't be delivered ends the whole job, as MPI has it.
package protocol Communicator: AnyObject, Sendable {
  /// This process's number.
  var rank: Int { get }
  /// Processes in all.
  var count: Int { get }

  /// Sends bytes, and returns when they may be changed again.
  func send(_ bytes: UnsafeRawBufferPointer, to rank: Int, tag: MessageTag)
  /// Waits for as many bytes as there is place for.
  func receive(_ bytes: UnsafeMutableRawBufferPointer, from rank: Int, tag: MessageTag)
  /// Who sent a message that has come and was not yet received; nil for nobody.
  ///
  /// - Parameter rank: whose; nil for anybody's.
  func pending(from rank: Int?, tag: MessageTag) -> Int?
  /// Every process's bytes, one behind the other in the order of their ranks; each gives as many.
  func gather(_ own: UnsafeRawBufferPointer, into all: UnsafeMutableRawBufferPointer)
  /// The bytes of one process, in all of them.
  func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from root: Int)
  /// Room for transfers that go on while the process works on something else.
  func makeTransfers(count: Int) -> any Transfers
}

/// Transfers under way, by their number. They go on whenever one of them is asked whether it is done.
package protocol Transfers: AnyObject {
  /// Begins to send bytes, at most ``Communicator/largestTransfer``, which must stay as they are until it is done.
  func send(_ index: Int, _ bytes: UnsafeRawBufferPointer, to rank: Int, tag: MessageTag)
  /// Begins to receive; messages of one sender with one tag come in the order in which they were sent.
  func receive(_ index: Int, _ bytes: UnsafeMutableRawBufferPointer, from rank: Int, tag: MessageTag)
  /// Takes part in a broadcast; all processes must do so in the same order.
  func broadcast(_ index: Int, _ bytes: UnsafeMutableRawBufferPointer, from root: Int)
  /// Whether it has ended. One that never began has.
  func isDone(_ index: Int) -> Bool
}

extension Communicator {
  /// Bytes of one transfer at most; longer sends go in several, each but the last of this size.
  package static var largestTransfer: Int { 1 << 30 }
}

/// What a message is about: those of one kind don't overtake each other.
package enum MessageTag: Int32, Sendable, CaseIterable {
  /// Sums of gradients on their way from one process to the next.
  case gradient = 1
  /// What the first process tells the others.
  case command
  /// What the others tell the first.
  case reply
}
