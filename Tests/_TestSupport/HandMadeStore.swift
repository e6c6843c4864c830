import HDF5
import Windows

/// A store whose readings a test chooses. As it is made, nothing about it is suspicious: twelve windows of each of two activities for each
/// of two people per split, with readings from -0.5 to 0.5 that never repeat.
package struct HandMadeStore {
  package struct Part {
    /// `[T · C]` per window.
    package var windows: [[Float]]
    package var labels: [UInt8]
    package var subjects: [UInt8]

    /// Memberwise.
    package init(windows: [[Float]], labels: [UInt8], subjects: [UInt8]) {
      self.windows = windows
      self.labels = labels
      self.subjects = subjects
    }
  }

  package var timeSteps = 6
  package var signals = ["a", "b"]
  package var activities = ["x", "y"]
  package var samplingRate = 50.0
  package var train: Part
  package var test: Part
  private var state: UInt64 = 1

  package init() {
    (train, test) = (Part(windows: [], labels: [], subjects: []), Part(windows: [], labels: [], subjects: []))
    train = part(people: [1, 2])
    test = part(people: [3, 4])
  }

  private mutating func part(people: [UInt8]) -> Part {
    let count = 24 * people.count
    return Part(
      windows: (0..<count).map { _ in window() }, labels: (0..<count).map { UInt8($0 % 2) },
      subjects: (0..<count).map { people[$0 / 24] })
  }

  /// Another window.
  package mutating func window() -> [Float] {
    (0..<timeSteps * signals.count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(state >> 40) / Float(1 << 24) - 0.5
    }
  }

  package mutating func changeReadings(_ channel: Int, _ change: (Float) -> Float) {
    train.windows = train.windows.map { changed($0, channel, change) }
    test.windows = test.windows.map { changed($0, channel, change) }
  }

  /// A window with one signal changed.
  package func changed(_ window: [Float], _ channel: Int, _ change: (Float) -> Float) -> [Float] {
    window.indices.map { $0 % signals.count == channel ? change(window[$0]) : window[$0] }
  }

  package func write(_ path: String) throws {
    let file = try File.create(path)
    let root = try file.root
    let attributes: [(String, AttributeValue)] = [
      ("schema_version", .integer(1)), ("title", .string("T")), ("source", .string("S")),
      ("sampling_rate_hz", .double(samplingRate)), ("signal_names", .strings(signals)),
      ("activity_names", .strings(activities)), ("synthetic", .integer(1)),
    ]
    for (name, value) in attributes { try root.setAttribute(name, value) }
    for (split, part) in [("train", train), ("test", test)] {
      let count = part.labels.count
      let steps = part.windows[0].count / signals.count
      try root.writeDataset("\(split)/X", Array(part.windows.joined()), shape: [count, steps, signals.count])
      try root.writeDataset("\(split)/y", part.labels, shape: [count])
      try root.writeDataset("\(split)/subject", part.subjects, shape: [count])
    }
    try file.close()
  }

  package func read() throws -> WindowStore {
    let directory = try TemporaryDirectory()
    try write(directory.path("store.h5"))
    return try WindowStore.read(path: directory.path("store.h5"))
  }
}
