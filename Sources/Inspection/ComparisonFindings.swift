internal import SystemSupport

/// What is suspicious about the splits together, and about the store as a whole.
struct ComparisonFindings {
  private typealias Words = InspectionWording

  let train: SplitInspection
  let test: SplitInspection
  let duplicates: WindowDuplicates
  let sharedPeople: [Int]
  /// What the store says, in Hz.
  let samplingRate: Double

  var all: [InspectionFinding] {
    [shared, repeated, lengths, means, scales, rate].compactMap { $0 }
  }

  private var shared: InspectionFinding? {
    guard !sharedPeople.isEmpty else { return nil }
    let who =
      sharedPeople.count == 1
      ? "Person \(sharedPeople[0]) is" : "People \(Words.listed(sharedPeople.map(String.init))) are"
    return InspectionFinding(
      .sharedPeople, people: sharedPeople,
      message: "\(who) in both splits: results on test say nothing about new people.")
  }

  private var repeated: InspectionFinding? {
    guard duplicates.windows > 0 else { return nil }
    return InspectionFinding(
      .duplicatesBetweenSplits, windows: duplicates.windows,
      message:
        "\(counted(duplicates.windows, "window")) of test \(duplicates.windows == 1 ? "is" : "are") in train too, "
        + "reading by reading \(duplicates.rows)\(duplicates.otherActivities).")
  }

  private var lengths: InspectionFinding? {
    guard train.timeSteps != test.timeSteps else { return nil }
    return InspectionFinding(
      .windowLengths,
      message:
        "Windows of train have \(counted(train.timeSteps, "time step")), "
        + "those of test \(test.timeSteps): no network takes both."
    )
  }

  private var means: InspectionFinding? {
    let limit = InspectionThreshold.meanDifference
    // One that changes in test alone is told of as constant.
    let signals = zip(train.signals, test.signals).filter {
      (!$0.isConstant || $1.isConstant) && abs($0.mean - $1.mean) > limit * $0.deviation
    }.map { $0.0.signal }
    guard !signals.isEmpty else { return nil }
    return InspectionFinding(
      .differentMeans, signals: signals,
      message:
        "Between train and test, the mean of \(Words.listed(signals.map(Words.cut))) differs by more than "
        + "\(limit) standard deviations of train."
    )
  }

  /// Signals of which every reading is zero have no scale.
  private var scales: InspectionFinding? {
    let signals = train.signals.filter { $0.magnitude > 0 }
    guard let smallest = signals.min(by: { $0.magnitude < $1.magnitude }),
      let largest = signals.max(by: { $0.magnitude < $1.magnitude }),
      largest.magnitude / smallest.magnitude > InspectionThreshold.scaleRatio
    else { return nil }
    return InspectionFinding(
      .scales, signals: [largest.signal, smallest.signal],
      message:
        "In train, readings of \(Words.cut(largest.signal)) "
        + "(root mean square \(largest.magnitude.significant(4))) are more than "
        + "\(Int(InspectionThreshold.scaleRatio)) times as large as those of \(Words.cut(smallest.signal)) "
        + "(\(smallest.magnitude.significant(4))): scale them before training.")
  }

  private var rate: InspectionFinding? {
    guard !(samplingRate.isFinite && samplingRate > 0) else { return nil }
    return InspectionFinding(
      .samplingRate, message: "The sampling rate is given as \(samplingRate) Hz, which cannot be.")
  }
}
