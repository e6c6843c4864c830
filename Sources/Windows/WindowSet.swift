import SystemSupport

/// The windows of one split, or some of them, with the activity and the person of each.
///
/// Selections share the memory of the readings; so what `FeatureScaling.scale` does to one set shows in the others. The readings of a set
/// that is streamed stay in the store's file, and come into memory part by part.
public struct WindowSet: Sendable {
  /// T, readings in a window.
  public let timeSteps: Int
  /// C, signals in a reading.
  public let channels: Int
  /// The activity of each window, counted from 0, [N].
  public let labels: [UInt8]
  /// The person of each window, [N].
  public let subjects: [UInt8]
  /// [M, T, C] with M ≥ N; empty where the set is streamed.
  private let storage: AlignedBuffer
  /// The file's rows; nil where the set is in memory.
  let stored: StoredReadings?
  /// What is done to windows as they come from the file.
  let scalingOfStored: FeatureScaling?
  /// Where in the storage, or in the file, each window lies; nil where all do in their order.
  let rows: [Int]?

  /// N, the number of windows.
  public var count: Int { labels.count }

  /// A set of `labels.count` windows, copied.
  ///
  /// - Parameters:
  ///   - features: the readings, [N, T, C].
  ///   - labels: [N].
  ///   - subjects: [N].
  public init(timeSteps: Int, channels: Int, features: [Float], labels: [UInt8], subjects: [UInt8]) {
    let storage = AlignedBuffer(count: features.count)
    storage.write(features)
    self.init(timeSteps: timeSteps, channels: channels, storage: storage, labels: labels, subjects: subjects)
  }

  /// A set of the windows in `storage`, [M, T, C], which it shares: those at `rows`, or all in their order.
  package init(
    timeSteps: Int, channels: Int, storage: AlignedBuffer, rows: [Int]? = nil, labels: [UInt8], subjects: [UInt8]
  ) {
    let isWhole = rows.map { $0.count == labels.count } ?? (storage.count == labels.count * timeSteps * channels)
    precondition(isWhole, "the readings must be [N, T, C]")
    precondition(subjects.count == labels.count, "labels and subjects must be [N]")
    self.timeSteps = timeSteps
    self.channels = channels
    self.storage = storage
    (stored, scalingOfStored) = (nil, nil)
    self.rows = rows
    self.labels = labels
    self.subjects = subjects
  }

  /// A set of a file's rows: those at `rows`, ascending within each block, or all in their order.
  init(
    timeSteps: Int, channels: Int, stored: StoredReadings, scaling: FeatureScaling? = nil, rows: [Int]? = nil,
    labels: [UInt8], subjects: [UInt8]
  ) {
    precondition(labels.count == rows?.count ?? stored.count && subjects.count == labels.count, "labels must be [N]")
    precondition(stored.windowCount == timeSteps * channels, "the readings must be [N, T, C]")
    self.timeSteps = timeSteps
    self.channels = channels
    storage = AlignedBuffer(count: 0)
    self.stored = stored
    scalingOfStored = scaling
    self.rows = rows
    self.labels = labels
    self.subjects = subjects
  }

  /// Whether the readings are in a file.
  package var isStreamed: Bool { stored != nil }

  /// The first reading of a window, [T, C], of a set that is in memory.
  package func window(_ index: Int) -> UnsafePointer<Float> { UnsafePointer(mutableWindow(index)) }

  func mutableWindow(_ index: Int) -> UnsafeMutablePointer<Float> {
    precondition(stored == nil, "the windows are in a file")
    return storage.address + (rows.map { $0[index] } ?? index) * windowCount
  }

  /// A copy of a window's readings, [T, C], of a set that is in memory.
  public func features(of index: Int) -> [Float] {
    precondition(labels.indices.contains(index), "there is no window \(index)")
    return Array(UnsafeBufferPointer(start: window(index), count: windowCount))
  }

  /// The windows of some people, in their order, in the same memory or file.
  package func selecting(_ isChosen: (_ subject: Int) -> Bool) -> WindowSet {
    choosing(subjects.indices.filter { isChosen(Int(subjects[$0])) })
  }

  /// The windows of a range, in the same memory or file.
  package func range(_ range: Range<Int>) -> WindowSet { choosing(Array(range)) }

  /// The windows at some places, in the same memory or file; those of a file must be ascending.
  package func choosing(_ chosen: [Int]) -> WindowSet {
    let rows = chosen.map { self.rows?[$0] ?? $0 }
    let (labels, subjects) = (chosen.map { self.labels[$0] }, chosen.map { self.subjects[$0] })
    guard let stored else {
      return WindowSet(
        timeSteps: timeSteps, channels: channels, storage: storage, rows: rows, labels: labels, subjects: subjects)
    }
    return WindowSet(
      timeSteps: timeSteps, channels: channels, stored: stored, scaling: scalingOfStored, rows: rows, labels: labels,
      subjects: subjects)
  }

  /// The same windows in memory of their own, which what is done to these doesn't change; those of a file nobody changes.
  package func copied() -> WindowSet {
    guard stored == nil else { return self }
    let copy = AlignedBuffer(count: count * windowCount)
    for index in 0..<count { (copy.address + index * windowCount).update(from: window(index), count: windowCount) }
    return WindowSet(timeSteps: timeSteps, channels: channels, storage: copy, labels: labels, subjects: subjects)
  }

  /// These windows and then the other set's, of the same shape, in memory of their own, or, where both are streamed, in their files.
  package func joined(with other: WindowSet) -> WindowSet {
    precondition((timeSteps, channels) == (other.timeSteps, other.channels), "windows of one shape")
    if let stored, let others = other.stored {
      precondition(scalingOfStored == other.scalingOfStored, "windows of one scaling")
      return WindowSet(
        timeSteps: timeSteps, channels: channels, stored: stored.joined(with: others), scaling: scalingOfStored,
        rows: (rows ?? Array(0..<count)) + (other.rows ?? Array(0..<other.count)).map { $0 + stored.count },
        labels: labels + other.labels, subjects: subjects + other.subjects)
    }
    precondition(stored == nil && other.stored == nil, "windows of which some are in a file")
    let storage = AlignedBuffer(count: (count + other.count) * windowCount)
    for (first, set) in [(0, self), (count, other)] {
      for index in 0..<set.count {
        (storage.address + (first + index) * windowCount).update(from: set.window(index), count: windowCount)
      }
    }
    return WindowSet(
      timeSteps: timeSteps, channels: channels, storage: storage, labels: labels + other.labels,
      subjects: subjects + other.subjects)
  }
}

extension WindowSet: WindowSource {
  package var scratchCount: Int { 0 }

  package func draw(
    _ draw: WindowDraw, into target: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
  ) {
    target.update(from: window(draw.index), count: windowCount)
  }
}

extension WindowSet: Equatable {
  /// Whether both hold the same values, wherever they lie; false where a file can't be read any more.
  public static func == (a: WindowSet, b: WindowSet) -> Bool {
    guard !a.isStreamed, !b.isStreamed else {
      guard let a = try? a.inMemory(), let b = try? b.inMemory() else { return false }
      return a == b
    }
    guard a.timeSteps == b.timeSteps, a.channels == b.channels, a.labels == b.labels, a.subjects == b.subjects else {
      return false
    }
    return (0..<a.count).allSatisfy { a.features(of: $0) == b.features(of: $0) }
  }
}
