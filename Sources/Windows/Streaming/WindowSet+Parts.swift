import SystemSupport

extension WindowSet {
  /// Gives `body` all windows in their order, in memory: all at once, or, of a set that is streamed, some 38 MB at a time, which are gone
  /// when it returns.
  ///
  /// - Parameters:
  ///   - floatsAtOnce: of a set that is streamed; more where a block that must be read whole has more.
  ///   - body: takes windows, and the number of the first one.
  /// - Throws: where the file can't be read.
  package func forEachPart(
    floatsAtOnce: Int = StoredReadings.floatsAtOnce, _ body: (_ part: WindowSet, _ first: Int) -> Void
  ) throws(StoreError) {
    guard let stored else { return body(self, 0) }
    let blocks = blocks
    let reader = BlockReader(self, stored)
    var room = max(floatsAtOnce / max(1, windowCount), 1)
    room = max(room, blocks.map(\.count).max() ?? 1)
    let storage = AlignedBuffer(count: room * windowCount)
    var next = 0
    while next < blocks.count {
      let first = blocks[next].lowerBound
      var end = first
      while next < blocks.count, blocks[next].upperBound - first <= room {
        let place = blocks[next].lowerBound - first
        try reader.read(blocks[next]) { storage.address + (place + $0) * windowCount }
        end = blocks[next].upperBound
        next += 1
      }
      let part = WindowSet(
        timeSteps: timeSteps, channels: channels, storage: storage, rows: Array(0..<(end - first)),
        labels: Array(labels[first..<end]), subjects: Array(subjects[first..<end]))
      scalingOfStored?.scaleInPlace(part)
      body(part, first)
    }
  }

  /// The windows at some places, in that order, in memory.
  package func inMemory(_ indices: [Int]? = nil) throws(StoreError) -> WindowSet {
    guard let stored else { return indices.map { choosing($0).copied() } ?? self }
    let indices = indices ?? Array(0..<count)
    let storage = AlignedBuffer(count: indices.count * windowCount)
    let reader = BlockReader(self, stored)
    var next = 0
    while next < indices.count {
      // Those that lie in one block, one behind the other, are read together.
      let first = next
      func block(_ place: Int) -> Int { stored.block(of: rows?[indices[place]] ?? indices[place]) }
      repeat {
        next += 1
      } while next < indices.count && indices[next] > indices[next - 1]
        && block(next) == block(first)
      try reader.read(indices[first..<next]) { storage.address + (first + $0) * windowCount }
    }
    let set = WindowSet(
      timeSteps: timeSteps, channels: channels, storage: storage, labels: indices.map { labels[$0] },
      subjects: indices.map { subjects[$0] })
    scalingOfStored?.scaleInPlace(set)
    return set
  }

  /// Ranges of windows that are read from the file at once, in their order.
  var blocks: [Range<Int>] {
    guard let stored else { return count > 0 ? [0..<count] : [] }
    var blocks: [Range<Int>] = []
    var (first, current) = (0, -1)
    for index in 0..<count {
      let block = stored.block(of: rows?[index] ?? index)
      if block != current, index > 0 {
        blocks.append(first..<index)
        first = index
      }
      current = block
    }
    if first < count { blocks.append(first..<count) }
    return blocks
  }

  /// The standard deviation of each signal over all windows, [C]. Throws where they are streamed and can't be read.
  package var deviations: [Float] {
    get throws(StoreError) {
      var sums = Array(repeating: (0.0, 0.0), count: channels)
      try forEachPart { part, _ in
        for channel in 0..<channels {
          for index in 0..<part.count {
            let window = part.window(index)
            for reading in stride(from: channel, to: windowCount, by: channels) {
              let value = Double(window[reading])
              sums[channel].0 += value
              sums[channel].1 += value * value
            }
          }
        }
      }
      let readings = Double(max(1, count * timeSteps))
      return sums.map { sums in
        let mean = sums.0 / readings
        return Float(max(0, sums.1 / readings - mean * mean).squareRoot())
      }
    }
  }
}

/// Reads windows of a set block by block, with memory for one block.
struct BlockReader {
  private let set: WindowSet
  private let stored: StoredReadings
  private let staging: AlignedBuffer

  /// - Parameter stored: the set's.
  init(_ set: WindowSet, _ stored: StoredReadings) {
    self.set = set
    self.stored = stored
    staging = AlignedBuffer(count: stored.mostBlockRows * stored.windowCount)
  }

  /// Reads ascending windows that lie in one block, as they were recorded, and puts each where `place` says for its number among them.
  func read<Windows: RandomAccessCollection<Int>>(
    _ windows: Windows, place: (_ number: Int) -> UnsafeMutablePointer<Float>
  ) throws(StoreError) {
    guard let first = windows.first, let last = windows.last else { return }
    func row(_ window: Int) -> Int { set.rows?[window] ?? window }
    let start = row(first)
    try stored.read(start..<(row(last) + 1), into: staging.address)
    for (number, window) in windows.enumerated() {
      place(number).update(
        from: staging.address + (row(window) - start) * stored.windowCount, count: stored.windowCount)
    }
  }
}
