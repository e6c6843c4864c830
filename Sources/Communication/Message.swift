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

extension Communicator {
  /// Sends a message in parts: the sizes of all, the text, and each row of numbers.
  package func send(_ message: Message, to rank: Int, tag: MessageTag) {
    let sizes = [message.text.count, message.numbers.count] + message.numbers.map(\.count)
    [sizes.count].withUnsafeBytes { send($0, to: rank, tag: tag) }
    sizes.withUnsafeBytes { send($0, to: rank, tag: tag) }
    message.text.withUnsafeBytes { send($0, to: rank, tag: tag) }
    for numbers in message.numbers { numbers.withUnsafeBytes { send($0, to: rank, tag: tag) } }
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
      [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
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
      if let pending = pending(from: rank, tag: tag) {
        return (pending.source, receiveMessage(from: pending.source, tag: tag))
      }
      Thread.sleep(forTimeInterval: pause)
      pause = min(2 * pause, 2e-3)
    }
  }
}
