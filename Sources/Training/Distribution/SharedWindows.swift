internal import Communication
internal import SystemSupport
internal import Windows

/// A set of windows that the first process sends to all others, as they need not be able to read the store.
struct SharedWindows {
  private let communicator: any Communicator

  init(_ communicator: any Communicator) { self.communicator = communicator }

  /// Bytes of readings that go at once: those of a selection don't lie in one piece.
  private static let bytesAtOnce = 16 << 20

  private func eachPart(_ count: Int, _ windowCount: Int, _ body: (Range<Int>) -> Void) {
    let windowsAtOnce = max(1, Self.bytesAtOnce / max(1, windowCount * 4))
    for first in stride(from: 0, to: count, by: windowsAtOnce) { body(first..<min(first + windowsAtOnce, count)) }
  }

  /// In the first process.
  func send(_ windows: WindowSet) {
    let size = windows.windowCount
    let block = AlignedBuffer(count: max(Self.bytesAtOnce / 4, size))
    eachPart(windows.count, size) { part in
      for window in part {
        (block.address + (window - part.lowerBound) * size).update(from: windows.window(window), count: size)
      }
      communicator.broadcast(UnsafeMutableRawBufferPointer(start: block.address, count: part.count * size * 4), from: 0)
    }
    for var bytes in [windows.labels, windows.subjects] {
      bytes.withUnsafeMutableBytes { communicator.broadcast($0, from: 0) }
    }
  }

  /// In all others, of a shape `[N, T, C]`.
  func receive(_ shape: [Int]) -> WindowSet {
    let size = shape[1] * shape[2]
    let storage = AlignedBuffer(count: shape[0] * size)
    eachPart(shape[0], size) { part in
      communicator.broadcast(
        UnsafeMutableRawBufferPointer(start: storage.address + part.lowerBound * size, count: part.count * size * 4),
        from: 0)
    }
    let bytes = (0..<2).map { _ in
      var bytes = Array(repeating: UInt8(0), count: shape[0])
      bytes.withUnsafeMutableBytes { communicator.broadcast($0, from: 0) }
      return bytes
    }
    return WindowSet(
      timeSteps: shape[1], channels: shape[2], storage: storage, labels: bytes[0], subjects: bytes[1])
  }
}
