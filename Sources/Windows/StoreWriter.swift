import HDF5
import SystemSupport

/// Writes a store block by block, to a file that takes its name when all is written.
package struct StoreWriter: Sendable {
  /// Windows in a chunk of a compressed store: 288 KB, well within libhdf5's cache of chunks.
  package static let windowsPerChunk = 64

  private let output: AtomicFile
  private let file: File
  private let root: Group
  private let compression: Compression

  /// Makes the temporary file. Throws where the store exists without `overwrite` or cannot be made.
  package init(path: String, overwrite: Bool, compression: Compression) throws(OutputError) {
    output = try AtomicFile(path, existing: overwrite ? .replace : .refuseWithoutOverwrite, removesOnSignal: true)
    self.compression = compression
    do throws(HDF5Error) {
      file = try File.create(output.temporaryPath)
      root = try file.root
    } catch {
      throw Self.error(error, path)
    }
  }

  package func describe(_ description: StoreDescription, writer: String) throws(OutputError) {
    typealias Names = StoreSchema.RootAttribute
    try attempt { () throws(HDF5Error) in
      try root.setAttribute(Names.schemaVersion, .integer(StoreSchema.version))
      try root.setAttribute(Names.title, .string(description.title))
      try root.setAttribute(Names.source, .string(description.source))
      try root.setAttribute(Names.samplingRate, .double(description.samplingRate))
      try root.setAttribute(Names.signalNames, .strings(description.signalNames))
      try root.setAttribute(Names.activityNames, .strings(description.activityNames))
      try root.setAttribute(Names.writerName, .string(writer))
      try root.setAttribute(Names.writerVersion, .string(packageVersion))
      try root.setAttribute(Names.synthetic, .integer(description.isSynthetic ? 1 : 0))
    }
  }

  /// Makes the datasets of a split, and writes all but the features.
  ///
  /// - Parameters:
  ///   - count: N, of windows.
  ///   - shape: of a window, [T, C].
  ///   - labels: [N]; nil for a store that says nothing of them, as `subjects` is for people.
  /// - Returns: the dataset of features, [N, T, C], still to be written.
  package func makeSplit(
    _ split: DatasetSplit, count: Int, shape: [Int], labels: [UInt8]?, subjects: [UInt8]?
  ) throws(OutputError) -> Dataset {
    try attempt { () throws(HDF5Error) in
      let features = try root.createDataset(
        StoreSchema.Dataset.features.path(split), of: Float.self, shape: [count] + shape,
        chunk: compression == .none ? nil : [min(count, Self.windowsPerChunk)] + shape, compression: compression)
      try features.setDimensionLabels(StoreSchema.dimensionLabels)
      for (dataset, numbers) in [(StoreSchema.Dataset.labels, labels), (.subjects, subjects)] {
        if let numbers { try root.writeDataset(dataset.path(split), numbers, shape: [count]) }
      }
      return features
    }
  }

  /// Writes `rows` of the features, [rows, T, C].
  package func write(
    _ values: UnsafeBufferPointer<Float>, rows: Range<Int>, to features: Dataset
  ) throws(OutputError) {
    try attempt { () throws(HDF5Error) in try features.write(values, rows: rows) }
  }

  /// Ends the file and gives it its name.
  package func finish() throws(OutputError) {
    try attempt { () throws(HDF5Error) in try file.close() }
    do throws(OutputError) {
      try FileSeal.append(to: output.temporaryPath)
    } catch {
      throw OutputError(path: output.path, reason: error.reason, status: error.exitStatus)
    }
    try output.commit()
  }

  package func discard() { output.discard() }

  private func attempt<Result>(_ body: () throws(HDF5Error) -> Result) throws(OutputError) -> Result {
    do throws(HDF5Error) { return try body() } catch { throw Self.error(error, output.path) }
  }

  private static func error(_ error: HDF5Error, _ path: String) -> OutputError {
    // libhdf5 says "cannot create" of objects too; only of the file does it mean the user's path.
    let status: ExitStatus = error.object == nil && error.kind == .cannotCreate ? .cannotCreate : .io
    return OutputError(path: path, reason: error.reason, status: status)
  }
}
