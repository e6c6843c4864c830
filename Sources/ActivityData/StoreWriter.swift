import HDF5

/// Writes a store block by block, to a file that takes its name when all is written.
struct StoreWriter {
  /// Windows in a chunk of a compressed store: 288 KB, well within libhdf5's cache of chunks.
  static let windowsPerChunk = TextTable.rowsPerGroup

  private let output: PendingOutput
  private let file: File
  private let root: Group
  private let compression: Compression

  /// Makes the temporary file. Throws `output` where the store exists without `overwrite` or cannot be made.
  init(path: String, overwrite: Bool, compression: Compression) throws(ActivityDataError) {
    output = try PendingOutput(path: path, kind: .file, overwrite: overwrite)
    self.compression = compression
    do throws(HDF5Error) {
      file = try File.create(output.temporaryPath)
      root = try file.root
    } catch {
      output.discard()
      throw Self.error(error, path)
    }
  }

  /// Writes what the store says about itself.
  func describe(
    title: String, source: String, isSynthetic: Bool, writer: String
  ) throws(ActivityDataError) {
    typealias Names = StoreSchema.RootAttribute
    try attempt { () throws(HDF5Error) in
      try root.setAttribute(Names.schemaVersion, .integer(StoreSchema.version))
      try root.setAttribute(Names.title, .string(title))
      try root.setAttribute(Names.source, .string(source))
      try root.setAttribute(Names.samplingRate, .double(RecordingFolder.samplingRate))
      try root.setAttribute(Names.signalNames, .strings(RecordingFolder.signalNames))
      try root.setAttribute(Names.activityNames, .strings(RecordingFolder.activityNames))
      try root.setAttribute(Names.writerName, .string(writer))
      try root.setAttribute(Names.writerVersion, .string(packageVersion))
      try root.setAttribute(Names.synthetic, .integer(isSynthetic ? 1 : 0))
    }
  }

  /// Makes the datasets of a split, and writes all but the features.
  ///
  /// - Returns: the dataset of features, [N, 128, 9], still to be written.
  func makeSplit(_ split: DatasetSplit, labels: [UInt8], subjects: [UInt8]) throws(ActivityDataError) -> Dataset {
    try attempt { () throws(HDF5Error) -> Dataset in
      let count = labels.count
      let shape = [count, RecordingFolder.timeSteps, RecordingFolder.signalNames.count]
      let isChunked = compression != .none
      let features = try root.createDataset(
        StoreSchema.Dataset.features.path(split), of: Float.self, shape: shape,
        chunk: isChunked ? [min(count, Self.windowsPerChunk)] + shape[1...] : nil, compression: compression)
      try features.setDimensionLabels(StoreSchema.dimensionLabels)
      try root.writeDataset(StoreSchema.Dataset.labels.path(split), labels, shape: [count])
      try root.writeDataset(StoreSchema.Dataset.subjects.path(split), subjects, shape: [count])
      return features
    }
  }

  /// Writes the first windows of `block` to `rows`.
  func write(_ block: WindowBlock, rows: Range<Int>, to features: Dataset) throws(ActivityDataError) {
    try attempt { () throws(HDF5Error) in try features.write(block.values(count: rows.count), rows: rows) }
  }

  /// Ends the file and gives it its name.
  func finish() throws(ActivityDataError) {
    try attempt { () throws(HDF5Error) in try file.close() }
    try output.commit()
  }

  /// Removes the temporary file.
  func discard() { output.discard() }

  private func attempt<Result>(_ body: () throws(HDF5Error) -> Result) throws(ActivityDataError) -> Result {
    do throws(HDF5Error) {
      return try body()
    } catch {
      throw Self.error(error, output.path)
    }
  }

  private static func error(_ error: HDF5Error, _ path: String) -> ActivityDataError {
    // libhdf5 says "cannot create" of objects too; only of the file does it mean the user's path.
    let status: SysExit = error.object == nil && error.kind == .cannotCreate ? .cannotCreate : .io
    return .output(OutputError(path: path, reason: error.reason, status: status))
  }
}
