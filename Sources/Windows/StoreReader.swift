import HDF5
import SystemSupport

/// Reads a store, trusting nothing in it.
struct StoreReader {
  let description: StoreDescription
  private let root: Group
  private let path: String

  /// Opens the store and reads what it says about itself.
  init(path: String) throws(StoreError) {
    self.path = path
    root = try Self.attempt(path) { () throws(HDF5Error) in try File.open(path).root }
    let root = root
    func attribute<Value>(
      _ name: String, _ read: (Attribute) throws(HDF5Error) -> Value
    ) throws(StoreError) -> Value {
      try Self.attempt(path) { () throws(HDF5Error) in try read(try root.attribute(name)) }
    }
    func string(_ name: String) throws(StoreError) -> String {
      try attribute(name) { a throws(HDF5Error) in try a.string() }
    }
    func strings(_ name: String) throws(StoreError) -> [String] {
      try attribute(name) { a throws(HDF5Error) in try a.strings() }
    }
    func integer(_ name: String) throws(StoreError) -> Int64 {
      try attribute(name) { a throws(HDF5Error) in try a.integer() }
    }
    typealias Names = StoreSchema.RootAttribute
    let version = try integer(Names.schemaVersion)
    guard version == StoreSchema.version else {
      throw StoreError(
        path: path, object: "/@\(Names.schemaVersion)", problem: "is \(version), expected \(StoreSchema.version)")
    }
    description = StoreDescription(
      title: try string(Names.title), source: try string(Names.source),
      isSynthetic: try integer(Names.synthetic) != 0,
      samplingRate: try attribute(Names.samplingRate) { a throws(HDF5Error) in try a.double() },
      signalNames: try strings(Names.signalNames), activityNames: try strings(Names.activityNames))
    let activities = description.activityNames.count
    guard (1...256).contains(activities) else {
      throw StoreError(
        path: path, object: "/@\(Names.activityNames)", problem: "names \(activities) activities, expected 1 to 256")
    }
    guard !description.signalNames.isEmpty else {
      throw StoreError(path: path, object: "/@\(Names.signalNames)", problem: "names no signals, expected one or more")
    }
  }

  /// Reads and checks the windows of a split.
  func windows(_ split: DatasetSplit) throws(StoreError) -> WindowSet {
    let features = try dataset(.features, split)
    let shape = try attempt { () throws(HDF5Error) in try features.shape }
    let channels = description.signalNames.count
    guard shape.count == 3, shape[0] > 0, shape[1] > 0, shape[2] == channels else {
      throw error(features, "has the shape \(shape), expected [windows, time steps, \(channels)]")
    }
    let labels = try wholeNumbers(.labels, split, count: shape[0], below: description.activityNames.count)
    let subjects = try wholeNumbers(.subjects, split, count: shape[0], below: 256)
    let type = try attempt { () throws(HDF5Error) in try features.elementType }
    guard case .float = type else { throw error(features, "holds \(type), expected float32") }
    let readings = try attempt { () throws(HDF5Error) in
      let buffer = AlignedBuffer(count: try features.count(as: Float.self))
      try features.read(into: UnsafeMutableBufferPointer(start: buffer.address, count: buffer.count))
      return buffer
    }
    if let index = (0..<readings.count).first(where: { !readings.address[$0].isFinite }) {
      let position = [index / (shape[1] * shape[2]), index / shape[2] % shape[1], index % shape[2]]
      throw error(features, "holds \(readings.address[index]) at \(position), expected finite numbers")
    }
    return WindowSet(timeSteps: shape[1], channels: channels, storage: readings, labels: labels, subjects: subjects)
  }

  private func dataset(_ dataset: StoreSchema.Dataset, _ split: DatasetSplit) throws(StoreError) -> Dataset {
    try attempt { () throws(HDF5Error) in try root.dataset(dataset.path(split)) }
  }

  private func wholeNumbers(
    _ name: StoreSchema.Dataset, _ split: DatasetSplit, count: Int, below limit: Int
  ) throws(StoreError) -> [UInt8] {
    let dataset = try dataset(name, split)
    let shape = try attempt { () throws(HDF5Error) in try dataset.shape }
    guard shape == [count] else { throw error(dataset, "has the shape \(shape), expected [\(count)]") }
    let type = try attempt { () throws(HDF5Error) in try dataset.elementType }
    guard case .integer = type else { throw error(dataset, "holds \(type), expected uint8") }
    // Read wider than stored: libhdf5 would silently clip a 300 to 255.
    let values: [Int64] = try attempt { () throws(HDF5Error) in try dataset.read() }
    if let index = values.firstIndex(where: { !(0..<Int64(limit)).contains($0) }) {
      throw error(dataset, "holds \(values[index]) at [\(index)], expected 0 to \(limit - 1)")
    }
    return values.map { UInt8(truncatingIfNeeded: $0) }
  }

  private func attempt<Value>(_ body: () throws(HDF5Error) -> Value) throws(StoreError) -> Value {
    try Self.attempt(path, body)
  }

  private static func attempt<Value>(
    _ path: String, _ body: () throws(HDF5Error) -> Value
  ) throws(StoreError) -> Value {
    do throws(HDF5Error) { return try body() } catch { throw StoreError(error, path: path) }
  }

  private func error(_ dataset: Dataset, _ problem: String) -> StoreError {
    StoreError(path: path, object: dataset.name, problem: problem)
  }
}
