import SystemSupport
import Windows

/// The files of one split, open, their lines counted and compared, with activities and people read.
struct RecordingSplit: Sendable {
  let split: DatasetSplit
  /// One table per signal, in the order of the channels.
  let signals: [TextTable]
  /// The activity of each window, counted from 0; nil where the recordings have no labels.
  let labels: [UInt8]?
  /// The person of each window; nil where nobody says.
  let subjects: [UInt8]?

  /// N, the number of windows.
  var count: Int { signals[0].rows }

  /// Opens the splits of a folder.
  ///
  /// Throws where a file cannot be read, has another number of lines than the others, or where activities or people are
  /// not whole numbers in their range.
  static func open(_ folder: RecordingFolder, workers: WorkerPool) throws(InputError) -> [RecordingSplit] {
    let files = folder.splits.flatMap(\.names)
    let all = try workers.map(files.count) { buffer, index throws(InputError) in
      let columns = files[index].contains("Inertial") ? RecordingFolder.timeSteps : 1
      return try TextTable(path: "\(folder.path)/\(files[index])", columns: columns, buffer: buffer)
    }
    var rest = all[...]
    var splits: [RecordingSplit] = []
    for files in folder.splits {
      let tables = Array(rest.prefix(files.names.count))
      rest = rest.dropFirst(files.names.count)
      splits.append(try RecordingSplit(files, tables: tables, activities: folder.activityNames.count))
    }
    return splits
  }

  private init(
    _ files: RecordingFolder.SplitFiles, tables: [TextTable], activities: Int
  ) throws(InputError) {
    let count = RecordingFolder.signalNames.count
    split = files.split
    signals = Array(tables[..<count])
    for table in tables.dropFirst() where table.rows != tables[0].rows {
      throw InputError(
        file: table.file.path, line: min(table.rows, tables[0].rows) + 1, found: "\(table.rows) lines",
        expected: "\(tables[0].rows) as in \(printable(tables[0].file.path))")
    }
    var rest = tables[count...]
    labels = files.hasLabels ? try Self.wholeNumbers(rest.removeFirst(), 1...activities).map { $0 - 1 } : nil
    subjects = files.hasSubjects ? try Self.wholeNumbers(rest.removeFirst(), 1...255) : nil
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
