import Foundation
import Synchronization

extension FeatureScaling {
  /// Windows of a size that robust and power scalings are fitted to where a set is streamed, as they want all values of a feature at once:
  /// 4,096 of the recordings'.
  package static func sampleOfStreamed(windowCount: Int) -> Int {
    min(8192, max(64, StoredReadings.floatsAtOnce / 2 / windowCount))
  }

  /// Fits a scaling to all windows of a set: the training windows, and never others.
  ///
  /// Of a set that is streamed robust and power scalings take some 4,096 windows, at even distances.
  ///
  /// - Throws: where the windows are streamed and can't be read.
  public static func fit(
    _ method: ScalingMethod, _ granularity: ScalingGranularity, to windows: WindowSet
  ) throws(StoreError) -> FeatureScaling {
    let method = windows.count > 0 ? method : .none
    let features = method == .none ? 0 : granularity == .signal ? windows.channels : windows.windowCount
    let fits: [FeatureFit]
    switch method {
    case .none: fits = []
    case .standardize:
      var sums = Array(repeating: MomentSums(), count: features)
      try windows.forEachValue(of: &sums) { $0.add($1) }
      try windows.forEachValue(of: &sums) { $0.addDeviation($1) }
      fits = sums.map { FeatureFit(Moments($0)) }
    case .normalize:
      var extremes = Array(repeating: Extremes(), count: features)
      try windows.forEachValue(of: &extremes) { $0.add($1) }
      fits = extremes.map { FeatureFit($0) }
    case .robust, .power:
      let sample = try windows.evenly(
        atMost: windows.isStreamed ? sampleOfStreamed(windowCount: windows.windowCount) : windows.count)
      var values = Array(repeating: [Double](), count: features)
      for feature in 0..<features { values[feature].reserveCapacity(sample.count * sample.windowCount / features) }
      try sample.forEachValue(of: &values) { $0.append($1) }
      fits = concurrentMap(values) { method == .robust ? FeatureFit(quartilesOf: $0) : FeatureFit(powerOf: $0) }
    }
    return FeatureScaling(
      method: method, granularity: granularity, timeSteps: windows.timeSteps, channels: windows.channels,
      lambdas: method == .power ? fits.map(\.lambda) : [], offsets: fits.map(\.offset), scales: fits.map(\.scale))
  }
}

extension WindowSet {
  /// Lets an account of each feature take its values, in the order of windows and time steps; the features at once.
  ///
  /// - Parameter accounts: one for each signal, or for each signal at a time step.
  fileprivate func forEachValue<Account: Sendable>(
    of accounts: inout [Account], _ take: @Sendable (inout Account, Double) -> Void
  ) throws(StoreError) {
    let features = accounts.count
    // Each feature's place is touched by one iteration alone.
    try forEachPart { part, _ in
      accounts.withUnsafeMutableBufferPointer { accounts in
        nonisolated(unsafe) let accounts = accounts
        DispatchQueue.concurrentPerform(iterations: features) { feature in
          for index in 0..<part.count {
            let window = part.window(index)
            for place in stride(from: feature, to: part.windowCount, by: features) {
              take(&accounts[feature], Double(window[place]))
            }
          }
        }
      }
    }
  }

  /// All windows, or so many of them at even distances, in memory.
  fileprivate func evenly(atMost limit: Int) throws(StoreError) -> WindowSet {
    guard count > limit else { return try inMemory() }
    return try inMemory((0..<limit).map { $0 * count / limit })
  }
}

/// Maps values at once, in their order.
private func concurrentMap<Value: Sendable, Result: Sendable>(
  _ values: [Value], _ transform: @Sendable (Value) -> Result
) -> [Result] {
  let results = Mutex<[Result?]>(Array(repeating: nil, count: values.count))
  DispatchQueue.concurrentPerform(iterations: values.count) { index in
    let result = transform(values[index])
    results.withLock { $0[index] = result }
  }
  return results.withLock { $0.compactMap { $0 } }
}

/// The least and the largest of some values.
private struct Extremes {
  var minimum = Double.infinity
  var maximum = -Double.infinity

  mutating func add(_ value: Double) {
    minimum = min(minimum, value)
    maximum = max(maximum, value)
  }
}

/// The numbers of one feature.
private struct FeatureFit {
  var lambda = 1.0
  var offset: Double
  var scale: Double

  /// Of a feature whose mean becomes 0 and its variance 1.
  init(_ moments: Moments) {
    offset = moments.mean
    scale = moments.isConstant ? 1 : moments.variance.squareRoot()
  }

  /// Of one that comes to reach from 0 to 1.
  init(_ extremes: Extremes) {
    offset = extremes.minimum
    scale = Self.orOne(extremes.maximum - offset)
  }

  /// Of one whose median becomes 0, and its quartiles one apart.
  init(quartilesOf values: [Double]) {
    let sorted = values.sorted()
    offset = Self.quantile(sorted, 0.5)
    scale = Self.orOne(Self.quantile(sorted, 0.75) - Self.quantile(sorted, 0.25))
  }

  /// Of one that comes as near to a normal distribution as a power transform brings it.
  init(powerOf values: [Double]) {
    // A feature that never changes has no most likely λ; it stays as it is.
    let lambda = Moments(values).isConstant ? 1 : YeoJohnson.mostLikelyLambda(values)
    self.init(Moments(values.map { YeoJohnson.transform($0, lambda: lambda) }))
    self.lambda = lambda
  }

  /// What is as good as zero divides nothing; scikit-learn draws the line at ten times the machine's precision.
  private static func orOne(_ range: Double) -> Double { range < 10 * Double.ulpOfOne ? 1 : range }

  /// numpy's percentile with linear interpolation between neighbours.
  private static func quantile(_ sorted: [Double], _ share: Double) -> Double {
    let place = share * Double(sorted.count - 1)
    let below = Int(place)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (sorted[above] - sorted[below]) * (place - Double(below))
  }
}

/// What two passes over the same values add up for their mean and variance.
struct MomentSums {
  private(set) var count = 0.0
  private var sum = 0.0
  // The second takes the first one's rounding away again: Chan, Golub & LeVeque (1983).
  private(set) var squares = 0.0
  private(set) var rest = 0.0

  var mean: Double { sum / count }

  /// In the first pass.
  mutating func add(_ value: Double) {
    count += 1
    sum += value
  }

  /// In the second pass, when the mean is known.
  mutating func addDeviation(_ value: Double) {
    let deviation = value - mean
    squares += deviation * deviation
    rest += deviation
  }
}

/// Mean and variance (divisor n), in two passes.
struct Moments {
  let mean: Double
  let variance: Double
  /// Whether the variance is no more than rounding, by scikit-learn's bound.
  let isConstant: Bool

  init(_ values: [Double]) {
    var sums = MomentSums()
    for value in values { sums.add(value) }
    for value in values { sums.addDeviation(value) }
    self.init(sums)
  }

  /// Of sums that have seen all values twice.
  init(_ sums: MomentSums) {
    let (count, mean) = (sums.count, sums.mean)
    let variance = (sums.squares - sums.rest * sums.rest / count) / count
    let bound = count * Double.ulpOfOne * variance + (count * mean * Double.ulpOfOne) * (count * mean * Double.ulpOfOne)
    self.mean = mean
    self.variance = variance
    isConstant = variance <= bound
  }
}
