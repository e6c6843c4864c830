import SystemSupport

/// The windows of one split, or some of them, with the activity and the person of each.
///
/// Selections share the memory of the readings; so what `FeatureScaling.scale` does to one set shows in the others.
public struct WindowSet: Sendable {
  /// T, readings in a window.
  public let timeSteps: Int
  /// C, signals in a reading.
  public let channels: Int
  /// The activity of each window, counted from 0, [N].
  public let labels: [UInt8]
  /// The person of each window, [N].
  public let subjects: [UInt8]
  /// [M, T, C] with M ≥ N.
  private let storage: AlignedBuffer
  /// Where in the storage each window lies; nil where all do in their order.
  private let rows: [Int]?

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
    self.rows = rows
    self.labels = labels
    self.subjects = subjects
  }

  /// The first reading of a window, [T, C].
  package func window(_ index: Int) -> UnsafePointer<Float> { UnsafePointer(mutableWindow(index)) }

  func mutableWindow(_ index: Int) -> UnsafeMutablePointer<Float> {
    storage.address + (rows.map { $0[index] } ?? index) * windowCount
  }

  /// A copy of a window's readings, [T, C].
  public func features(of index: Int) -> [Float] {
    precondition(labels.indices.contains(index), "there is no window \(index)")
    return Array(UnsafeBufferPointer(start: window(index), count: windowCount))
  }

  /// The windows of some people, in their order, in the same memory.
  package func selecting(_ isChosen: (_ subject: Int) -> Bool) -> WindowSet {
    let chosen = subjects.indices.filter { isChosen(Int(subjects[$0])) }
    return WindowSet(
      timeSteps: timeSteps, channels: channels, storage: storage, rows: chosen.map { rows?[$0] ?? $0 },
      labels: chosen.map { labels[$0] }, subjects: chosen.map { subjects[$0] })
  }

  /// The windows of a range, in the same memory.
  package func range(_ range: Range<Int>) -> WindowSet {
    WindowSet(
      timeSteps: timeSteps, channels: channels, storage: storage, rows: range.map { rows?[$0] ?? $0 },
      labels: Array(labels[range]), subjects: Array(subjects[range]))
  }

  /// The same windows in memory of their own.
  package func copied() -> WindowSet {
    let copy = AlignedBuffer(count: count * windowCount)
    for index in 0..<count { (copy.address + index * windowCount).update(from: window(index), count: windowCount) }
    return WindowSet(timeSteps: timeSteps, channels: channels, storage: copy, labels: labels, subjects: subjects)
  }

  /// These windows and then the other set's, of the same shape, in memory of their own.
  package func joined(with other: WindowSet) -> WindowSet {
    precondition((timeSteps, channels) == (other.timeSteps, other.channels), "windows of one shape")
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

  /// The standard deviation of each signal over all windows, [C].
  package var deviations: [Float] {
    (0..<channels).map { channel in
      var sums = (0.0, 0.0)
      for index in 0..<count {
        let window = window(index)
        for reading in stride(from: channel, to: windowCount, by: channels) {
          let value = Double(window[reading])
          sums.0 += value
          sums.1 += value * value
        }
      }
      let readings = Double(max(1, count * timeSteps))
      let mean = sums.0 / readings
      return Float(max(0, sums.1 / readings - mean * mean).squareRoot())
    }
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
  /// Whether both hold the same values, wherever they lie.
  public static func == (a: WindowSet, b: WindowSet) -> Bool {
    guard a.timeSteps == b.timeSteps, a.channels == b.channels, a.labels == b.labels, a.subjects == b.subjects else {
      return false
    }
    return (0..<a.count).allSatisfy { a.features(of: $0) == b.features(of: $0) }
  }
}
