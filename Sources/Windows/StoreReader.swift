import HDF5
import SystemSupport

/// Reads a store, trusting nothing in it.
struct StoreReader {
  let description: StoreDescription
  private let root: Group

  /// Reads what a store says about itself.
  init(_ root: Group) throws(HDF5Error) {
    self.root = root
    typealias Names = StoreSchema.RootAttribute
    let version = try root.attribute(Names.schemaVersion)
    guard try version.integer() == StoreSchema.version else {
      throw version.error(.wrongValue, "is \(try version.integer()), expected \(StoreSchema.version)")
    }
    let signalNames = try root.attribute(Names.signalNames)
    let activityNames = try root.attribute(Names.activityNames)
    description = StoreDescription(
      title: try root.attribute(Names.title).string(), source: try root.attribute(Names.source).string(),
      isSynthetic: try root.attribute(Names.synthetic).integer() != 0,
      samplingRate: try root.attribute(Names.samplingRate).double(),
      signalNames: try signalNames.strings(), activityNames: try activityNames.strings())
    let activities = description.activityNames.count
    guard (1...256).contains(activities) else {
      throw activityNames.error(.wrongValue, "names \(activities) activities, expected 1 to 256")
    }
    guard !description.signalNames.isEmpty else {
      throw signalNames.error(.wrongValue, "names no signals, expected one or more")
    }
    for (attribute, names) in [(signalNames, description.signalNames), (activityNames, description.activityNames)] {
      guard !names.contains(""), Set(names).count == names.count else {
        throw attribute.error(.wrongValue, "has a name that is empty or there twice")
      }
      if let name = names.first(where: { printable($0) != $0 }) {
        throw attribute.error(.wrongValue, "has unprintable characters in the name \(quoted(name.utf8))")
      }
    }
  }

  /// Whether a split has a dataset.
  func has(_ name: StoreSchema.Dataset, _ split: DatasetSplit) -> Bool { !root.isMissing(name.path(split)) }

  /// Reads and checks the windows of a split.
  ///
  /// - Parameters:
  ///   - allowsMissing: whether labels and people that are not there are zeros.
  ///   - streams: whether the readings stay in the file.
  func windows(
    _ split: DatasetSplit, allowsMissing: Bool = false, streams: Bool = false
  ) throws(HDF5Error) -> WindowSet {
    let features = try root.dataset(StoreSchema.Dataset.features.path(split))
    let shape = try features.shape
    let channels = description.signalNames.count
    guard shape.count == 3, (1...Int(Int32.max)).contains(shape[0]), shape[1] > 0, shape[2] == channels else {
      throw features.error(.wrongShape, "has the shape \(shape), expected [windows, time steps, \(channels)]")
    }
    func numbers(_ name: StoreSchema.Dataset, below limit: Int) throws(HDF5Error) -> [UInt8] {
      if allowsMissing, !has(name, split) { return Array(repeating: 0, count: shape[0]) }
      return try wholeNumbers(name, split, count: shape[0], below: limit)
    }
    let labels = try numbers(.labels, below: description.activityNames.count)
    let subjects = try numbers(.subjects, below: 256)
    let type = try features.elementType
    guard case .float = type else { throw features.error(.wrongType, "holds \(type), expected float32") }
    let count = try features.count(as: Float.self)
    if streams {
      let stored = try StoredReadings(features)
      let set = WindowSet(
        timeSteps: shape[1], channels: channels, stored: stored, labels: labels, subjects: subjects)
      try checkFinite(features, set)
      return set
    }
    let readings = AlignedBuffer(count: count)
    try features.read(into: UnsafeMutableBufferPointer(start: readings.address, count: readings.count))
    let set = WindowSet(
      timeSteps: shape[1], channels: channels, storage: readings, labels: labels, subjects: subjects)
    try checkFinite(features, set)
    return set
  }

  /// Whether the readings of both splits come in pieces that are small enough.
  var canStream: Bool {
    DatasetSplit.allCases.allSatisfy { split in
      let path = StoreSchema.Dataset.features.path(split)
      return root.isMissing(path) || (try? StoredReadings(root.dataset(path))) != nil
    }
  }

  /// Readings that are to be in memory, and can't.
  func tooLarge(_ bytes: Int, of usable: Int) -> HDF5Error {
    root.error(
      .failed,
      "holds \(bytes / 1_000_000) MB of readings, more than the \(usable / 1_000_000) MB of memory; --stream leaves them in the file"
    )
  }

  /// Bytes that the readings of both splits take in memory; those that can't be read take none.
  var readingBytes: Int {
    DatasetSplit.allCases.reduce(0) { bytes, split in
      let path = StoreSchema.Dataset.features.path(split)
      return bytes + ((try? root.dataset(path).count(as: Float.self)) ?? 0) * MemoryLayout<Float>.size
    }
  }

  private func checkFinite(_ features: Dataset, _ windows: WindowSet) throws(HDF5Error) {
    var found: (value: Float, position: [Int])?
    do throws(StoreError) {
      try windows.forEachPart { part, first in
        guard found == nil, part.count > 0 else { return }
        let values = part.window(0)
        guard let index = (0..<part.count * part.windowCount).first(where: { !values[$0].isFinite }) else { return }
        let place = index % part.windowCount
        found = (
          values[index], [first + index / part.windowCount, place / part.channels, place % part.channels]
        )
      }
    } catch {
      throw features.error(.failed, error.problem)
    }
    guard let found else { return }
    throw features.error(.wrongValue, "holds \(found.value) at \(found.position), expected finite numbers")
  }

  private func wholeNumbers(
    _ name: StoreSchema.Dataset, _ split: DatasetSplit, count: Int, below limit: Int
  ) throws(HDF5Error) -> [UInt8] {
    let dataset = try root.dataset(name.path(split))
    let shape = try dataset.shape
    guard shape == [count] else {
      throw dataset.error(.wrongShape, "has the shape \(shape), expected [\(count)]")
    }
    let type = try dataset.elementType
    guard case .integer = type else { throw dataset.error(.wrongType, "holds \(type), expected uint8") }
    // Read wider than stored: libhdf5 would silently clip a 300 to 255.
    let values = try dataset.read(as: Int64.self)
    if let index = values.firstIndex(where: { !(0..<Int64(limit)).contains($0) }) {
      throw dataset.error(.wrongValue, "holds \(values[index]) at [\(index)], expected 0 to \(limit - 1)")
    }
    return values.map { UInt8(truncatingIfNeeded: $0) }
  }
}
