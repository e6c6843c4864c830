import HDF5
import SystemSupport

/// Readings that stay in a store's file until they are wanted: of one split, or of several one behind the other.
///
/// The file stays open as long as they are in use.
package struct StoredReadings: Sendable {
  private struct Split: Sendable {
    let features: Dataset
    /// Its rows among those of all splits.
    let rows: Range<Int>
    /// Rows that are read at once.
    let blockRows: Int
    /// The number of its first block.
    let firstBlock: Int
  }

  private var splits: [Split] = []
  /// Floats of a window, T · C.
  let windowCount: Int

  /// Rows that are read at once where the file doesn't ask for others: 72 KB of the recordings' windows. Fewer would cost more time, more
  /// would be fewer people and activities in a pool.
  private static let windowsPerBlock = 16
  private static let floatsPerBlock = windowsPerBlock * 128 * 9
  /// Floats that are wanted in memory at once, 38 MB: 8,192 of the recordings' windows.
  package static let floatsAtOnce = 512 * floatsPerBlock
  /// Of blocks of more floats, memory would hold too few to shuffle their windows.
  private static let mostFloatsPerBlock = 2 * floatsAtOnce

  /// The rows of a dataset `[N, T, C]`, which was checked.
  ///
  /// - Throws: where its chunks are so large that memory would hold too few of them.
  init(_ features: Dataset) throws(HDF5Error) {
    let shape = try features.shape
    windowCount = shape[1] * shape[2]
    let usual = max(1, min(Self.windowsPerBlock, Self.floatsPerBlock / windowCount))
    let chunkRows = try features.chunkShape?.first ?? 1
    // A chunk is read whole, and should be read once.
    let blockRows = min(shape[0], (usual + chunkRows - 1) / chunkRows * chunkRows)
    let most = max(1, Self.mostFloatsPerBlock / windowCount)
    guard blockRows <= most else {
      throw features.error(
        .wrongShape,
        "comes in chunks of \(chunkRows) windows, expected at most \(most) to stream them (--no-stream takes all into memory; "
          + "h5repack -l \(features.name):CHUNK=\(usual)x\(shape[1])x\(shape[2]) makes smaller chunks)")
    }
    splits = [Split(features: features, rows: 0..<shape[0], blockRows: blockRows, firstBlock: 0)]
  }

  /// N, of all splits.
  var count: Int { splits.last?.rows.upperBound ?? 0 }

  /// These rows, and then the others.
  func joined(with other: StoredReadings) -> StoredReadings {
    var joined = self
    let blocks = (splits.last.map { $0.firstBlock + $0.rows.count / $0.blockRows } ?? 0) + 1
    joined.splits += other.splits.map {
      Split(
        features: $0.features, rows: ($0.rows.lowerBound + count)..<($0.rows.upperBound + count),
        blockRows: $0.blockRows, firstBlock: $0.firstBlock + blocks)
    }
    return joined
  }

  /// Rows that are shuffled together at least: those of four blocks, or of 512 of the usual size.
  var poolRows: Int { max(4 * mostBlockRows, Self.floatsAtOnce / windowCount) }

  /// Chunks so large that a pool holds few of them, and its windows are neighbours; nil where there are none.
  var chunkWarning: String? {
    let windows = mostBlockRows
    guard windows < count, windows > poolRows / 16 else { return nil }
    let megabytes = 9 * windows * windowCount * MemoryLayout<Float>.size / 1_000_000
    return
      "the store's chunks of \(windows) windows are shuffled \(poolRows / windows) at a time, and take \(megabytes) MB of memory; chunks of "
      + "\(StoreWriter.windowsPerChunk) would be better"
  }

  /// Rows in a block, at most.
  var mostBlockRows: Int { splits.map(\.blockRows).max() ?? 1 }

  /// The number of the block that a row is read with.
  func block(of row: Int) -> Int {
    let split = self.split(of: row)
    return split.firstBlock + (row - split.rows.lowerBound) / split.blockRows
  }

  /// Reads rows of one split, [rows, T, C].
  func read(_ rows: Range<Int>, into target: UnsafeMutablePointer<Float>) throws(StoreError) {
    guard let first = rows.first else { return }
    let split = self.split(of: first)
    let start = split.rows.lowerBound
    do throws(HDF5Error) {
      try split.features.read(
        rows: (rows.lowerBound - start)..<(rows.upperBound - start),
        into: UnsafeMutableBufferPointer(start: target, count: rows.count * windowCount))
    } catch {
      throw StoreError(error)
    }
  }

  private func split(of row: Int) -> Split {
    guard let split = splits.first(where: { $0.rows.contains(row) }) else {
      preconditionFailure("there is no row \(row)")
    }
    return split
  }
}
