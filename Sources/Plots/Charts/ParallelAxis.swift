/// One axis of parallel coordinates with a value per trial, nil where a trial has none.
package struct ParallelAxis: Sendable {
  /// How values are laid out; all have one value per trial, in one order of trials.
  package enum Scale: Sendable {
    case linear([Double?])
    /// Values that are not positive count as nil.
    case logarithmic([Double?])
    /// From the bottom up as they first occur.
    case categories([String?])
  }

  /// Stands above the axis.
  package let name: String
  /// The values and how they are laid out.
  package let scale: Scale

  /// Memberwise.
  package init(_ name: String, _ scale: Scale) {
    self.name = name
    self.scale = scale
  }

  /// Trials with a value or without.
  var count: Int {
    switch scale {
    case .linear(let values), .logarithmic(let values): values.count
    case .categories(let values): values.count
    }
  }

  /// Distinct categories; empty on an axis of numbers.
  var categories: [String] {
    guard case .categories(let values) = scale else { return [] }
    var seen: Set<String> = []
    return values.compactMap { $0 }.filter { seen.insert($0).inserted }
  }

  /// Places between 0 at the bottom and 1, and what is written there; of more than twelve categories only some.
  var ticks: [(share: Double, label: String)] {
    if let numbers {
      return numbers.ticks.compactMap { tick in numbers.share(of: tick.value).map { ($0, tick.label) } }
    }
    let categories = categories
    let every = max(1, (categories.count + 11) / 12)
    return stride(from: 0, to: categories.count, by: every).map {
      (Self.share(of: $0, among: categories.count), categories[$0])
    }
  }

  /// Of trials in order, places between 0 at the bottom and 1.
  var shares: [Double?] {
    switch scale {
    case .linear(let values), .logarithmic(let values):
      let numbers = numbers
      return values.map { value in
        value.flatMap { value in AxisScale.isUsable(value) ? numbers?.share(of: value) : nil }
          .flatMap { (-0.001...1.001).contains($0) ? $0 : nil }
      }
    case .categories(let values):
      let places = Dictionary(uniqueKeysWithValues: categories.enumerated().map { ($1, $0) })
      return values.map { value in
        value.flatMap { places[$0] }.map { Self.share(of: $0, among: places.count) }
      }
    }
  }

  /// A trial's value in words.
  func text(_ trial: Int) -> String {
    switch scale {
    case .linear(let values), .logarithmic(let values):
      values.indices.contains(trial) ? values[trial].map { NumberText.concise($0, digits: 4) } ?? "–" : "–"
    case .categories(let values): values.indices.contains(trial) ? values[trial] ?? "–" : "–"
    }
  }

  private var numbers: AxisScale? {
    switch scale {
    case .linear(let values): .linear(values.compactMap { $0 }, endsAtTicks: false)
    case .logarithmic(let values): .logarithmic(values.compactMap { $0 })
    case .categories: nil
    }
  }

  private static func share(of index: Int, among count: Int) -> Double {
    count > 1 ? Double(index) / Double(count - 1) : 0.5
  }
}
