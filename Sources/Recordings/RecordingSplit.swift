import SystemSupport
import Windows

/// The files of one split, open, their lines counted and compared, with activities and people read.
struct RecordingSplit: Sendable {
  let split: DatasetSplit
  /// One table per signal, in the order of the channels.
  let signals: [TextTable]
  /// The activity of each window, counted from 0.
  let labels: [UInt8]
  /// The person of each window.
  let subjects: [UInt8]

  /// N, the number of windows.
  var count: Int { labels.count }

  /// Opens both splits of a folder.
  ///
  /// Throws where a file cannot be read, has another number of lines than the others, or where activities or people are
  /// not whole numbers in their range.
  static func open(_ folder: RecordingFolder, workers: WorkerPool) throws(InputError) -> [RecordingSplit] {
    let columns = RecordingFolder.requiredFiles.map { $0.contains("Inertial") ? RecordingFolder.timeSteps : 1 }
    let all = try workers.map(columns.count) { buffer, index throws(InputError) in
      let path = "\(folder.path)/\(RecordingFolder.requiredFiles[index])"
      return try TextTable(path: path, columns: columns[index], buffer: buffer)
    }
    let perSplit = all.count / DatasetSplit.allCases.count
    var splits: [RecordingSplit] = []
    for (index, split) in DatasetSplit.allCases.enumerated() {
      splits.append(
        try RecordingSplit(
          split, tables: Array(all[(index * perSplit)..<((index + 1) * perSplit)]),
          activities: folder.activityNames.count))
    }
    return splits
  }

  private init(_ split: DatasetSplit, tables: [TextTable], activities: Int) throws(InputError) {
    let count = RecordingFolder.signalNames.count
    precondition(tables.count == count + 2)
    self.split = split
    signals = Array(tables[..<count])
    for table in tables.dropFirst() where table.rows != tables[0].rows {
      throw InputError(
        file: table.file.path, line: min(table.rows, tables[0].rows) + 1, found: "\(table.rows) lines",
        expected: "\(tables[0].rows) as in \(printable(tables[0].file.path))")
    }
    labels = try Self.wholeNumbers(tables[count], 1...activities).map { $0 - 1 }
    subjects = try Self.wholeNumbers(tables[count + 1], 1...255)
  }

  private static func wholeNumbers(
    _ table: TextTable, _ range: ClosedRange<Int>
  ) throws(InputError) -> [UInt8] {
    let buffer = TextBuffer()
    let reader = TextRow()
    var values: [UInt8] = []
    values.reserveCapacity(table.rows)
    for group in 0..<table.groups {
      let failure = try table.readRows(ofGroup: group, buffer, wholeNumbers: range) { _, cursor, end in
        guard let value = reader.readWholeNumber(&cursor, end: end, in: range) else { return false }
        values.append(UInt8(value))
        return true
      }
      if let failure { throw failure.error }
    }
    return values
  }
}
