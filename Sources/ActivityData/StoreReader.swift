import HDF5

/// Reads a store, trusting nothing in it.
struct StoreReader {
  let title: String
  let source: String
  let isSynthetic: Bool
  let samplingRate: Double
  let signalNames: [String]
  let activityNames: [String]
  private let root: Group
  private let path: String

  /// Opens the store and reads what it says about itself.
  init(path: String) throws(ActivityDataError) {
    self.path = path
    do throws(HDF5Error) {
      root = try File.open(path).root
    } catch {
      throw Self.error(error, path)
    }
    typealias Names = StoreSchema.RootAttribute
    let version = try Self.attribute(root, Names.schemaVersion, path) { a throws(HDF5Error) in try a.integer() }
    guard version == StoreSchema.version else {
      throw .store(
        StoreError(
          path: path, object: "/@\(Names.schemaVersion)", problem: "is \(version), expected \(StoreSchema.version)"))
    }
    title = try Self.attribute(root, Names.title, path) { a throws(HDF5Error) in try a.string() }
    source = try Self.attribute(root, Names.source, path) { a throws(HDF5Error) in try a.string() }
    isSynthetic = try Self.attribute(root, Names.synthetic, path) { a throws(HDF5Error) in try a.integer() } != 0
    samplingRate = try Self.attribute(root, Names.samplingRate, path) { a throws(HDF5Error) in try a.double() }
    signalNames = try Self.attribute(root, Names.signalNames, path) { a throws(HDF5Error) in try a.strings() }
    activityNames = try Self.attribute(root, Names.activityNames, path) { a throws(HDF5Error) in try a.strings() }
    guard !activityNames.isEmpty, activityNames.count <= 256 else {
      throw .store(
        StoreError(
          path: path, object: "/@\(Names.activityNames)",
          problem: "names \(activityNames.count) activities, expected 1 to 256"))
    }
  }

  /// Reads and checks the windows of a split.
  func windows(_ split: DatasetSplit) throws(ActivityDataError) -> WindowSet {
    let features = try dataset(.features, split)
    let shape = try attempt { () throws(HDF5Error) in try features.shape }
    guard shape.count == 3, shape[0] > 0, shape[1] > 0, shape[2] == signalNames.count else {
      throw error(features, "has the shape \(shape), expected [windows, time steps, \(signalNames.count)]")
    }
    let labels = try wholeNumbers(.labels, split, count: shape[0], below: activityNames.count)
    let subjects = try wholeNumbers(.subjects, split, count: shape[0], below: 256)
    let type = try attempt { () throws(HDF5Error) in try features.elementType }
    guard case .float = type else { throw error(features, "holds \(type), expected float32") }
    let values: [Float] = try attempt { () throws(HDF5Error) in try features.read() }
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      let position = [index / (shape[1] * shape[2]), index / shape[2] % shape[1], index % shape[2]]
      throw error(features, "holds \(values[index]) at \(position), expected finite numbers")
    }
    return WindowSet(timeSteps: shape[1], channels: shape[2], features: values, labels: labels, subjects: subjects)
  }

  private func dataset(_ dataset: StoreSchema.Dataset, _ split: DatasetSplit) throws(ActivityDataError) -> Dataset {
    try attempt { () throws(HDF5Error) in try root.dataset(dataset.path(split)) }
  }

  private func wholeNumbers(
    _ name: StoreSchema.Dataset, _ split: DatasetSplit, count: Int, below limit: Int
  ) throws(ActivityDataError) -> [UInt8] {
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

  private func attempt<Value>(_ body: () throws(HDF5Error) -> Value) throws(ActivityDataError) -> Value {
    do throws(HDF5Error) { return try body() } catch { throw Self.error(error, path) }
  }

  private static func attribute<Value>(
    _ root: Group, _ name: String, _ path: String, _ read: (Attribute) throws(HDF5Error) -> Value
  ) throws(ActivityDataError) -> Value {
    do throws(HDF5Error) {
      return try read(try root.attribute(name))
    } catch {
      throw self.error(error, path)
    }
  }

  private func error(_ dataset: Dataset, _ problem: String) -> ActivityDataError {
    .store(StoreError(path: path, object: dataset.name, problem: problem))
  }

  private static func error(_ error: HDF5Error, _ path: String) -> ActivityDataError {
    // A missing store is no input; a store that lacks something is wrong data.
    let isUnavailable = error.object == nil && (error.kind == .notFound || error.kind == .unreadable)
    return .store(
      StoreError(
        path: path, object: error.object, problem: error.reason, status: isUnavailable ? .noInput : .data))
  }
}
