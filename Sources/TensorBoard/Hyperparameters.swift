/// What a run was told, by name, for TensorBoard's HPARAMS tab.
package struct Hyperparameters: Sendable {
  /// The kinds of value that TensorBoard can sort and filter by.
  package enum Value: Sendable, Equatable {
    /// Without a value that is finite it is shown as text: TensorBoard leaves out other numbers.
    case number(Double)
    case text(String)
    case flag(Bool)
  }

  package private(set) var entries: [(name: String, value: Value)] = []

  /// A name that occurs again replaces the value it had.
  package init(_ entries: [(name: String, value: Value)]) {
    for entry in entries {
      if let index = self.entries.firstIndex(where: { $0.name == entry.name }) {
        self.entries[index].value = entry.value
      } else {
        self.entries.append(entry)
      }
    }
  }
}

/// A curve whose last value the HPARAMS tab shows beside the hyperparameters.
package struct MetricInfo: Sendable, Equatable {
  /// The curve's tag.
  package let tag: String
  /// The column's title; empty for the tag.
  package let displayName: String

  package init(tag: String, displayName: String = "") {
    self.tag = tag
    self.displayName = displayName
  }
}

/// How a run ended.
package struct SessionEnd: Sendable, Equatable {
  /// The raw values are those of TensorBoard's `Status`.
  package enum Status: Int64, Sendable {
    case success = 1
    case failure = 2
  }

  package let status: Status
  /// Seconds since 1970.
  package let wallTime: Double

  package init(status: Status, wallTime: Double) {
    self.status = status
    self.wallTime = wallTime
  }
}
