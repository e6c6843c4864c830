import HDF5
import SystemSupport
import Windows

/// Turns a folder of recordings into a store.
package struct Conversion: Sendable {
  package let folder: RecordingFolder
  /// Path of the store.
  package let storePath: String
  /// How many threads read text at once, at least 1.
  package var threads: Int
  /// Of the store's features.
  package var compression: Compression
  /// Whether a store that exists may be replaced.
  package var overwrite: Bool

  /// How far a conversion is.
  package struct Progress: Sendable {
    /// The split being read.
    package let split: DatasetSplit
    /// Windows of it read so far, and in all.
    package let windows: (done: Int, all: Int)
    /// Bytes of text read so far, of all signals of both splits, and in all.
    package let bytes: (done: Int, all: Int)
  }

  /// What was converted.
  package struct Summary: Sendable {
    /// Windows of each split.
    package let trainCount: Int, testCount: Int
    /// People in both splits together; nil where a split doesn't say whose its windows are.
    package let subjectCount: Int?
    /// People who are in each of the splits, where nobody should be.
    package let sharedSubjects: [Int]
    /// Bytes of text read.
    package let textBytes: Int
    /// Whether the windows have labels.
    package let isLabelled: Bool
    /// Whether the recordings are made up.
    package let isSynthetic: Bool
  }

  package init(
    folder: RecordingFolder, storePath: String, threads: Int, compression: Compression = .none, overwrite: Bool = false
  ) {
    precondition(threads >= 1)
    self.folder = folder
    self.storePath = storePath
    self.threads = threads
    self.compression = compression
    self.overwrite = overwrite
  }

  /// Windows in a round: enough for 16 tasks, little enough for the memory. Rounds do not depend on the number of
  /// threads, so neither does the error that is reported where there are several.
  static let windowsPerRound = 16 * TextTable.rowsPerGroup

  /// Reads and checks everything and writes the store, which appears complete or not at all.
  ///
  /// - Parameter progress: called after every round, on the calling thread.
  /// - Throws: `input` for what is wrong in the recordings, `output` for what is wrong with the store.
  package func run(progress: (Progress) -> Void = { _ in }) throws(ConversionError) -> Summary {
    let workers = WorkerPool(threads: threads)
    let writer = try output(StoreWriter(path: storePath, overwrite: overwrite, compression: compression))
    do throws(ConversionError) {
      let splits = try input(RecordingSplit.open(folder, workers: workers))
      try output(writer.describe(folder.description, writer: "har-convert"))
      try convert(splits, writer, workers, progress)
      try output(writer.finish())
      return Summary(
        trainCount: Self.count(.train, splits), testCount: Self.count(.test, splits),
        subjectCount: splits.contains { $0.subjects == nil } ? nil : Set(splits.flatMap { $0.subjects ?? [] }).count,
        sharedSubjects: DatasetSplit.shared(Self.subjects(.train, splits), Self.subjects(.test, splits)),
        textBytes: Self.bytes(splits), isLabelled: splits.allSatisfy { $0.labels != nil },
        isSynthetic: folder.isSynthetic)
    } catch {
      writer.discard()
      throw error
    }
  }

  private func input<Value>(_ body: @autoclosure () throws(InputError) -> Value) throws(ConversionError) -> Value {
    do throws(InputError) { return try body() } catch { throw .input(error) }
  }

  private func output<Value>(_ body: @autoclosure () throws(OutputError) -> Value) throws(ConversionError) -> Value {
    do throws(OutputError) { return try body() } catch { throw .output(error) }
  }

  private static func count(_ split: DatasetSplit, _ splits: [RecordingSplit]) -> Int {
    splits.first { $0.split == split }?.count ?? 0
  }

  private static func subjects(_ split: DatasetSplit, _ splits: [RecordingSplit]) -> [UInt8] {
    splits.first { $0.split == split }?.subjects ?? []
  }

  private static func bytes(_ splits: [RecordingSplit]) -> Int {
    splits.reduce(0) { $0 + $1.signals.reduce(0) { $0 + $1.file.size } }
  }

  /// Reads the windows round by round, and writes each round while the next one is being read.
  private func convert(
    _ splits: [RecordingSplit], _ writer: StoreWriter, _ workers: WorkerPool, _ progress: (Progress) -> Void
  ) throws(ConversionError) {
    let shape = [RecordingFolder.timeSteps, RecordingFolder.signalNames.count]
    let windowCount = shape[0] * shape[1]
    var blocks = (0..<2).map { _ in AlignedBuffer(count: Self.windowsPerRound * windowCount) }
    let allBytes = Self.bytes(splits)
    var doneBytes = 0
    var writePending: @Sendable () throws(OutputError) -> Void = {}

    for split in splits {
      let features = try output(
        writer.makeSplit(split.split, count: split.count, shape: shape, labels: split.labels, subjects: split.subjects))
      for start in stride(from: 0, to: split.count, by: Self.windowsPerRound) {
        let rows = start..<min(split.count, start + Self.windowsPerRound)
        let block = blocks[0]
        let round = ReadingRound(split: split, rows: rows, block: block)
        let writeBefore = writePending
        // The first task writes the round before, so that it overlaps with the reading.
        try workers.map(1 + round.groups.count) { buffer, task throws(ConversionError) in
          if task == 0 {
            try output(writeBefore())
          } else {
            try input(round.read(group: round.groups[round.groups.startIndex + task - 1], buffer))
          }
        }
        writePending = { () throws(OutputError) in
          let values = UnsafeBufferPointer(start: block.address, count: rows.count * windowCount)
          try writer.write(values, rows: rows, to: features)
        }
        blocks.swapAt(0, 1)
        doneBytes += round.bytes
        progress(
          Progress(split: split.split, windows: (rows.upperBound, split.count), bytes: (doneBytes, allBytes)))
      }
    }
    try output(writePending())
  }
}

/// The windows that are read at once. Every task writes the windows of its own rows only, which no other task reads before
/// all tasks of the round have ended.
private struct ReadingRound: Sendable {
  let split: RecordingSplit
  let rows: Range<Int>
  /// Where they go, [rows, T, C].
  let block: AlignedBuffer

  /// The groups of lines that hold them.
  var groups: Range<Int> {
    let size = TextTable.rowsPerGroup
    return (rows.lowerBound / size)..<((rows.upperBound + size - 1) / size)
  }

  /// Bytes of their text.
  var bytes: Int {
    split.signals.reduce(0) { sum, table in groups.reduce(sum) { $0 + table.bytes(ofGroup: $1) } }
  }

  /// Reads the windows of a group: all signals, one after the other, interleaved into the block.
  func read(group: Int, _ buffer: TextBuffer) throws(InputError) {
    let channels = split.signals.count
    let reader = TextRow()
    var first: (row: Int, error: InputError)?
    for (channel, table) in split.signals.enumerated() {
      let failure = try table.readRows(ofGroup: group, buffer) { row, cursor, end in
        let output = block.address + (row - rows.lowerBound) * table.columns * channels + channel
        return reader.read(&cursor, end: end, count: table.columns, into: output, stride: channels)
      }
      // Of several wrong lines the first of the first window counts, as if windows were read one by one.
      if let failure, failure.row < first?.row ?? .max { first = failure }
    }
    if let first { throw first.error }
  }
}
