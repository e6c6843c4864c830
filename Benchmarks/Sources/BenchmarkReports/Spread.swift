/// Repeated measurements of one thing.
public struct Spread: Sendable, Equatable {
  /// Ascending.
  public let values: [Double]

  /// At least one measurement.
  public init(_ values: [Double]) {
    precondition(!values.isEmpty)
    self.values = values.sorted()
  }

  /// The smallest.
  public var least: Double { values[0] }
  /// The largest.
  public var most: Double { values[values.count - 1] }
  /// The middle one, or the mean of the two in the middle.
  public var median: Double {
    let middle = values.count / 2
    return values.count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2
  }

  /// The value below which a share (0 to 1) of the measurements lies: the nearest rank.
  public func quantile(_ share: Double) -> Double {
    values[min(values.count - 1, max(0, Int((share * Double(values.count)).rounded(.up)) - 1))]
  }

  /// Half the distance from least to most, as a share of the median.
  public var relative: Double { median > 0 ? (most - least) / 2 / median : 0 }
}
