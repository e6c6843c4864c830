import HDF5
import Synchronization

/// Turns a folder of recordings into a store.
public struct Conversion: Sendable {
  /// The folder of recordings.
  public let folder: RecordingFolder
  /// Path of the store.
  public let storePath: String
  /// How many threads read text at once, at least 1.
  public var threads: Int
  /// Of the store's features.
  public var compression: Compression
  /// Whether a store that exists may be replaced.
  public var overwrite: Bool

  /// How far a conversion is.
  public struct Progress: Sendable {
    /// The split being read.
    public let split: DatasetSplit
    /// Windows of it read so far, and in all.
    public let windows: (done: Int, all: Int)
    /// Bytes of text read so far, of all signals of both splits, and in all.
    public let bytes: (done: Int, all: Int)
  }

  /// What was converted.
  public struct Summary: Sendable {
    /// Windows of each split.
    public let trainCount: Int, testCount: Int
    /// People in both splits together.
    public let subjectCount: Int
    /// Bytes of text read.
    public let textBytes: Int
    /// Whether the recordings are made up.
    public let isSynthetic: Bool
  }

  /// A conversion of `folder` to `storePath`.
  public init(
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
  public func run(progress: (Progress) -> Void = { _ in }) throws(ActivityDataError) -> Summary {
    let workers = WorkerPool(threads: threads)
    let writer = try StoreWriter(path: storePath, overwrite: overwrite, compression: compression)
    do throws(ActivityDataError) {
      let splits = try RecordingSplit.open(folder, workers: workers)
      try writer.describe(
        title: folder.title, source: folder.source, isSynthetic: folder.isSynthetic, writer: "har-convert")
      try convert(splits, writer, workers, progress)
      try writer.finish()
      return Summary(
        trainCount: splits[0].count, testCount: splits[1].count,
        subjectCount: Set(splits.flatMap(\.subjects)).count,
        textBytes: Self.bytes(splits), isSynthetic: folder.isSynthetic)
    } catch {
      writer.discard()
      throw error
    }
  }

  private static func bytes(_ splits: [RecordingSplit]) -> Int {
    splits.reduce(0) { $0 + $1.signals.reduce(0) { $0 + $1.file.size } }
  }

  /// Reads the windows a round at a time, and writes each round while the next one is being read.
  private func convert(
    _ splits: [RecordingSplit], _ writer: StoreWriter, _ workers: WorkerPool, _ progress: (Progress) -> Void
  ) throws(ActivityDataError) {
    let valuesPerWindow = RecordingFolder.timeSteps * RecordingFolder.signalNames.count
    var blocks = (0..<2).map { _ in WindowBlock(capacity: Self.windowsPerRound, valuesPerWindow: valuesPerWindow) }
    let buffers = BufferPool(count: threads)
    let allBytes = Self.bytes(splits)
    var doneBytes = 0
    var pending: (block: WindowBlock, rows: Range<Int>, features: Dataset)?

    for split in splits {
      let features = try writer.makeSplit(split.split, labels: split.labels, subjects: split.subjects)
      var start = 0
      while start < split.count {
        let rows = start..<min(split.count, start + Self.windowsPerRound)
        let round = ReadingRound(split: split, rows: rows, block: blocks[0])
        let written = pending
        // The first task writes the round before, so that it overlaps with the reading.
        try workers.run(1 + round.groups.count) { worker, task throws(ActivityDataError) in
          if task == 0 {
            if let written { try writer.write(written.block, rows: written.rows, to: written.features) }
          } else {
            try round.read(group: round.groups[round.groups.startIndex + task - 1], buffers[worker])
          }
        }
        pending = (blocks[0], rows, features)
        blocks.swapAt(0, 1)
        start = rows.upperBound
        doneBytes += round.bytes
        progress(
          Progress(split: split.split, windows: (start, split.count), bytes: (doneBytes, allBytes)))
      }
    }
    if let pending { try writer.write(pending.block, rows: pending.rows, to: pending.features) }
  }
}

extension RecordingFolder {
  /// What a store of these recordings is called.
  var title: String {
    isSynthetic
      ? "SYNTHETIC activity recordings (made up, nobody wore a sensor)"
      : "Human Activity Recognition Using Smartphones"
  }

  /// Where a store of these recordings says they come from.
  var source: String {
    isSynthetic
      ? "har-synthesize, in the layout of https://archive.ics.uci.edu/dataset/240"
      : "recordings in the layout of https://archive.ics.uci.edu/dataset/240"
  }
}

/// One buffer of text a worker.
///
/// `@unchecked Sendable`: a worker uses its own buffer only, and runs one task at a time.
private final class BufferPool: @unchecked Sendable {
  private let buffers: [TextBuffer]

  init(count: Int) { buffers = (0..<count).map { _ in TextBuffer() } }

  subscript(worker: Int) -> TextBuffer { buffers[worker] }
}

/// The windows that are read at once.
private struct ReadingRound: Sendable {
  let split: RecordingSplit
  let rows: Range<Int>
  let block: WindowBlock

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
  func read(group: Int, _ buffer: TextBuffer) throws(ActivityDataError) {
    let channels = split.signals.count
    let reader = TextRow()
    var first: (row: Int, error: ActivityDataError)?
    for (channel, table) in split.signals.enumerated() {
      try table.withText(ofGroup: group, buffer) { text throws(ActivityDataError) in
        guard var cursor = text.bindMemory(to: UInt8.self).baseAddress else { return }
        let end = cursor + text.count
        for row in table.rows(ofGroup: group) {
          let start = cursor
          let output = block.window(row - rows.lowerBound) + channel
          let isRight = reader.read(&cursor, end: end, count: table.columns, into: output, stride: channels)
          guard isRight else {
            // Of several wrong lines the first of the first window counts, as if windows were read one by one.
            if first.map({ row < $0.row }) ?? true { first = (row, table.error(row: row, start: start, end: end)) }
            return
          }
        }
      }
    }
    if let first { throw first.error }
  }
}
