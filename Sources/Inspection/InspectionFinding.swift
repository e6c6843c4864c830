internal import Windows

/// One thing about a store that its user should know of.
package struct InspectionFinding: Encodable, Sendable, Equatable {
  package enum Severity: String, Encodable, Sendable {
    /// Results would mean less than they seem to.
    case warning
    /// Good to know.
    case note
  }

  package enum Kind: String, Encodable, Sendable, CaseIterable {
    case constantSignal = "constant_signal"
    case constantInWindows = "constant_in_windows"
    case clipping
    case duplicates
    case overlap
    case missingActivity = "missing_activity"
    case fewWindows = "few_windows"
    case singleActivity = "single_activity"
    case duplicatesBetweenSplits = "duplicates_between_splits"
    case sharedPeople = "shared_people"
    case scales
    case differentMeans = "different_means"
    case windowLengths = "window_lengths"
    case samplingRate = "sampling_rate"

    package var severity: Severity {
      switch self {
      case .clipping, .overlap, .singleActivity: .note
      default: .warning
      }
    }
  }

  package let kind: Kind
  package let severity: Severity
  /// `train` or `test`; nil where it concerns both.
  package let split: String?
  /// Names of the signals concerned, all of them.
  package let signals: [String]?
  package let activities: [String]?
  package let people: [Int]?
  /// How many windows are concerned; of overlaps, how many pairs.
  package let windows: Int?
  /// A sentence or two in which names are cut and long lists end early.
  package let message: String

  init(
    _ kind: Kind, _ split: DatasetSplit? = nil, signals: [String]? = nil, activities: [String]? = nil,
    people: [Int]? = nil, windows: Int? = nil, message: String
  ) {
    self.kind = kind
    severity = kind.severity
    self.split = split?.rawValue
    self.signals = signals
    self.activities = activities
    self.people = people
    self.windows = windows
    self.message = message
  }
}
