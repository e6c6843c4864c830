internal import SystemSupport
internal import Windows

/// What is suspicious about a split by itself.
struct SplitFindings {
  private typealias Words = InspectionWording

  let split: DatasetSplit
  let inspection: SplitInspection
  let duplicates: WindowDuplicates

  var all: [InspectionFinding] {
    [
      missingActivities, fewWindows, singleActivities, constantSignals, constantInWindows, clipping, repeated, overlap,
    ].compactMap { $0 }
  }

  private var name: String { split.rawValue }

  private var missingActivities: InspectionFinding? {
    let missing = inspection.activities.filter { $0.windows == 0 }.map(\.activity)
    guard !missing.isEmpty else { return nil }
    return InspectionFinding(
      .missingActivity, split, activities: missing,
      message: "In \(name), no window is of \(Words.listed(missing.map(Words.cut))).")
  }

  private var fewWindows: InspectionFinding? {
    let limit = InspectionThreshold.windowsPerActivity
    let few = inspection.activities.filter { (1..<limit).contains($0.windows) }
    guard !few.isEmpty else { return nil }
    let names = Words.listed(few.map { "\(Words.cut($0.activity)) (\($0.windows))" })
    return InspectionFinding(
      .fewWindows, split, activities: few.map(\.activity), windows: few.reduce(0) { $0 + $1.windows },
      message:
        "In \(name), fewer than \(limit) windows are of \(names)."
    )
  }

  private var singleActivities: InspectionFinding? {
    let people = inspection.people.filter { $0.activities.count { $0 > 0 } == 1 }
    guard inspection.activities.count > 1, !people.isEmpty else { return nil }
    let numbers = people.map(\.person)
    let whose = people.count == 1 ? "person \(numbers[0]) has" : "people \(Words.listed(numbers.map(String.init))) have"
    return InspectionFinding(
      .singleActivity, split, people: numbers, windows: people.reduce(0) { $0 + $1.windows },
      message: "In \(name), \(whose) windows of one activity only: a network may learn the person in its place.")
  }

  private var constantSignals: InspectionFinding? {
    let signals = inspection.constantSignals
    guard !signals.isEmpty else { return nil }
    return InspectionFinding(
      .constantSignal, split, signals: signals, windows: inspection.windows,
      message: "In \(name), \(Words.listed(signals.map(Words.cut))) never \(signals.count == 1 ? "changes" : "change")."
    )
  }

  private var constantInWindows: InspectionFinding? {
    let signals = inspection.signals.filter { !$0.isConstant && $0.constantWindows > 0 }
    guard !signals.isEmpty else { return nil }
    let windows = inspection.windowsWithConstantSignal
    let names = Words.listed(signals.map { "\(Words.cut($0.signal)) (\(counted($0.constantWindows, "window")))" })
    return InspectionFinding(
      .constantInWindows, split, signals: signals.map(\.signal), windows: windows,
      message:
        "In \(counted(windows, "window")) of \(name), a signal stays the same throughout, "
        + "as where a sensor stops: \(names)."
    )
  }

  private var clipping: InspectionFinding? {
    let readings = Double(inspection.windows * inspection.timeSteps)
    func isClipped(_ share: Double) -> Bool {
      share >= InspectionThreshold.clippedShare && share * readings >= Double(InspectionThreshold.clippedReadings) - 0.5
    }
    let signals = inspection.signals.filter {
      !$0.isConstant && (isClipped($0.shareAtMinimum) || isClipped($0.shareAtMaximum))
    }
    guard !signals.isEmpty else { return nil }
    let names = signals.map { signal in
      let isAtMaximum = signal.shareAtMaximum >= signal.shareAtMinimum
      let share = max(signal.shareAtMinimum, signal.shareAtMaximum)
      return "\(Words.cut(signal.signal)) (\(Words.percent(share)) at its \(isAtMaximum ? "maximum" : "minimum"))"
    }
    return InspectionFinding(
      .clipping, split, signals: signals.map(\.signal),
      message:
        "In \(name), many readings are exactly the minimum or maximum, "
        + "as where a sensor clips: \(Words.listed(names))."
    )
  }

  private var repeated: InspectionFinding? {
    guard duplicates.windows > 0 else { return nil }
    return InspectionFinding(
      .duplicates, split, windows: duplicates.windows,
      message: "In \(name), \(counted(duplicates.windows, "window")) of \(inspection.windows) "
        + "\(duplicates.windows == 1 ? "repeats" : "repeat") an earlier one reading by reading "
        + "\(duplicates.rows)\(duplicates.otherActivities).")
  }

  private var overlap: InspectionFinding? {
    guard inspection.overlappingPairs > 0 else { return nil }
    return InspectionFinding(
      .overlap, split, windows: inspection.overlappingPairs,
      message: "In \(name), consecutive windows overlap by half (\(inspection.overlappingPairs) of "
        + "\(counted(inspection.consecutivePairs, "pair")) of a person): cross-validation over windows "
        + "drawn at random would leak; leave out whole people.")
  }
}

extension WindowDuplicates {
  /// The first rows, each with the one that it is equal to.
  var rows: String {
    let pairs = examples.map { "\($0.window) as \($0.equals)" }.joined(separator: ", ")
    return "(rows, from 0: \(pairs)\(windows > examples.count ? ", …" : ""))"
  }

  /// What is to be said of their activities; nothing where they agree.
  var otherActivities: String {
    withAnotherActivity == 0 ? "" : ", \(withAnotherActivity) of them with another activity"
  }
}
