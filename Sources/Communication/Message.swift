package import Foundation

/// What processes tell each other: a text, and numbers that would be long as text.
package struct Message: Sendable, Equatable {
  /// JSON, mostly.
  package var text: Data
  package var numbers: [[Float]]

  package init(_ text: Data, numbers: [[Float]] = []) {
    self.text = text
    self.numbers = numbers
  }
}

extension Message {
  /// What is sent, one behind the other: how many sizes there are, the sizes of all, the text, and each row of numbers.
  fileprivate var parts: [Data] {
    let sizes = [text.count, numbers.count] + numbers.map(\.count)
    return [[sizes.count].withUnsafeBytes { Data($0) }, sizes.withUnsafeBytes { Data($0) }, text]
      + numbers.map { $0.withUnsafeBytes { Data($0) } }
  }
}

/// A message on its way, while the sender goes on to receive: two who only sent would wait for each other.
package final class OutgoingMessage {
  private let parts: [UnsafeMutableRawBufferPointer]
  private let transfers: any Transfers
  private let count: Int
  private var done = 0

  package init(_ message: Message, by communicator: some Communicator, to rank: Int, tag: MessageTag) {
    parts = message.parts.map { part in
      let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: part.count, alignment: 16)
      part.copyBytes(to: bytes)
      return bytes
    }
    let largest = type(of: communicator).largestTransfer
    let pieces = parts.flatMap { part in
      stride(from: 0, to: max(part.count, 1), by: largest).map { first in
        UnsafeRawBufferPointer(rebasing: part[first..<min(first + largest, part.count)])
      }
    }
    count = pieces.count
    transfers = communicator.makeTransfers(count: count)
    for (index, piece) in pieces.enumerated() { transfers.send(index, piece, to: rank, tag: tag) }
  }

  /// Whether all of it has been sent, before which it must not be let go.
  package var isDone: Bool {
    while done < count, transfers.isDone(done) { done += 1 }
    return done == count
  }

  deinit { for part in parts { part.deallocate() } }
}

extension Communicator {
  /// Sends a message. It may wait until the other receives.
  package func send(_ message: Message, to rank: Int, tag: MessageTag) {
    for part in message.parts { part.withUnsafeBytes { send($0, to: rank, tag: tag) } }
  }

  /// Waits for a message of one process.
  package func receiveMessage(from rank: Int, tag: MessageTag) -> Message {
    func integers(_ count: Int) -> [Int] {
      var values = Array(repeating: 0, count: count)
      values.withUnsafeMutableBytes { receive($0, from: rank, tag: tag) }
      return values
    }
    let sizes = integers(integers(1)[0])
    var text = Data(count: sizes[0])
    text.withUnsafeMutableBytes { receive($0, from: rank, tag: tag) }
    let numbers = sizes[2...].map { count in
      // Swift would write the count of its one empty array, which other threads read.
      guard count > 0 else {
        receive(UnsafeMutableRawBufferPointer(start: nil, count: 0), from: rank, tag: tag)
        return [Float]()
      }
      return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
        receive(UnsafeMutableRawBufferPointer(buffer), from: rank, tag: tag)
        initialized = count
      }
    }
    return Message(text, numbers: numbers)
  }

  /// Waits for a message without taking a core from those who work meanwhile.
  ///
  /// - Parameter rank: whose; nil for anybody's.
  /// - Returns: the message and who sent it.
  package func waitForMessage(from rank: Int?, tag: MessageTag) -> (source: Int, Message) {
    var pause = 20e-6
    while true {
      if let source = pending(from: rank, tag: tag) { return (source, receiveMessage(from: source, tag: tag)) }
      Thread.sleep(forTimeInterval: pause)
      pause = min(2 * pause, 2e-3)
    }
  }
}
