/// One axis of parallel coordinates with a value per trial, nil where a trial has none.
package struct ParallelAxis: Sendable {
  /// How values are laid out; all have one value per trial, in one order of trials.
  package enum Scale: Sendable {
    case linear([Double?])
    /// Values that are not positive count as nil.
    case logarithmic([Double?])
    /// From the start on as they first occur.
    case categories([String?])
  }

  /// Stands above the axis.
  let name: String
  /// The values and how they are laid out.
  let scale: Scale

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

  /// Places between 0 at the start and 1, and what is written there, in the order of their importance: every category, or the
  /// minimum and the maximum of the numbers, then the other numbers where they are few, else round ones between.
  var marks: [(share: Double, label: String)] {
    guard let numbers else {
      let categories = categories
      return categories.enumerated().map { (Self.share(of: $0, among: categories.count), $1) }
    }
    let distinct = Set(values.compactMap { $0 }.filter { Self.share(of: $0, on: numbers) != nil }).sorted()
    guard let minimum = distinct.first, let maximum = distinct.last else { return [] }
    let between =
      distinct.count <= 6
      ? distinct.dropFirst().dropLast().map { (value: $0, label: NumberText.concise($0, digits: 4)) }
      : numbers.ticks.filter { $0.value > minimum && $0.value < maximum }.map { ($0.value, $0.label) }
    let digits =
      (4...15).first { NumberText.concise(minimum, digits: $0) != NumberText.concise(maximum, digits: $0) } ?? 4
    let ends = (minimum < maximum ? [minimum, maximum] : [minimum]).map {
      (value: $0, label: NumberText.concise($0, digits: digits))
    }
    return (ends + between).compactMap { mark in Self.share(of: mark.value, on: numbers).map { ($0, mark.label) } }
  }

  /// Of trials in order, places between 0 at the start and 1.
  var shares: [Double?] {
    if let numbers { return values.map { $0.flatMap { Self.share(of: $0, on: numbers) } } }
    guard case .categories(let values) = scale else { return [] }
    let places = Dictionary(uniqueKeysWithValues: categories.enumerated().map { ($1, $0) })
    return values.map { value in
      value.flatMap { places[$0] }.map { Self.share(of: $0, among: places.count) }
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

  /// Empty on an axis of categories.
  private var values: [Double?] {
    switch scale {
    case .linear(let values), .logarithmic(let values): values
    case .categories: []
    }
  }

  private var numbers: AxisScale? {
    switch scale {
    case .linear: .linear(values.compactMap { $0 }, endsAtTicks: false)
    case .logarithmic: .logarithmic(values.compactMap { $0 })
    case .categories: nil
    }
  }

  private static func share(of value: Double, on numbers: AxisScale) -> Double? {
    guard AxisScale.isUsable(value), let share = numbers.share(of: value) else { return nil }
    return (-0.001...1.001).contains(share) ? share : nil
  }

  private static func share(of index: Int, among count: Int) -> Double {
    count > 1 ? Double(index) / Double(count - 1) : 0.5
  }
}
