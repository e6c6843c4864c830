internal import Windows

/// The windows of one split, counted by activity and person, and its signals.
package struct SplitInspection: Encodable, Sendable {
  package struct Activity: Encodable, Sendable, Equatable {
    package let activity: String
    package let windows: Int
    /// Of the split's windows, 0 to 1.
    package let share: Double
  }

  package struct Person: Encodable, Sendable, Equatable {
    package let person: Int
    package let windows: Int
    /// Windows by activity, in the order of the store's activities.
    package let activities: [Int]
  }

  /// N.
  package let windows: Int
  /// T, readings in a window.
  package let timeSteps: Int
  /// Every activity that the store names.
  package let activities: [Activity]
  /// Everybody with a window, by number.
  package let people: [Person]
  /// One per channel; none where there are no windows.
  package let signals: [SignalFigures]
  /// Windows in which at least one signal never changes, other than those that never change in the whole split.
  package let windowsWithConstantSignal: Int
  /// Neighbouring rows of the same person.
  package let consecutivePairs: Int
  /// Those of them that overlap by half, see `WindowOverlap`.
  package let overlappingPairs: Int

  init(_ windows: WindowSet, _ description: StoreDescription) {
    let classes = description.activityNames.count
    var counts: [UInt8: [Int]] = [:]
    for (label, subject) in zip(windows.labels, windows.subjects) {
      counts[subject, default: Array(repeating: 0, count: classes)][Int(label)] += 1
    }
    people = counts.sorted { $0.key < $1.key }.map {
      Person(person: Int($0.key), windows: $0.value.reduce(0, +), activities: $0.value)
    }
    activities = description.activityNames.indices.map { label in
      let count = counts.values.reduce(0) { $0 + $1[label] }
      return Activity(
        activity: description.activityNames[label], windows: count,
        share: windows.count == 0 ? 0 : Double(count) / Double(windows.count))
    }
    self.windows = windows.count
    timeSteps = windows.timeSteps
    let scan = SignalScan(windows, names: description.signalNames)
    signals = scan.figures
    windowsWithConstantSignal = scan.windowsWithConstantSignal
    let overlap = WindowOverlap(windows)
    consecutivePairs = overlap.consecutivePairs
    overlappingPairs = overlap.overlappingPairs
  }

  /// Names of the signals that never change in the whole split.
  var constantSignals: [String] { signals.filter(\.isConstant).map(\.signal) }
}
