import Foundation
import Synchronization

extension FeatureScaling {
  /// Fits a scaling to all windows of a set: the training windows, and never others.
  public static func fit(_ method: ScalingMethod, _ granularity: ScalingGranularity, to windows: WindowSet)
    -> FeatureScaling
  {
    let method = windows.count > 0 ? method : .none
    let features = method == .none ? 0 : granularity == .signal ? windows.channels : windows.windowCount
    let fits = Mutex([FeatureFit](repeating: FeatureFit(), count: features))
    DispatchQueue.concurrentPerform(iterations: features) { feature in
      var values: [Double] = []
      values.reserveCapacity(windows.count * windows.windowCount / features)
      for index in 0..<windows.count {
        let window = windows.window(index)
        for place in stride(from: feature, to: windows.windowCount, by: features) {
          values.append(Double(window[place]))
        }
      }
      let fit = FeatureFit(method, values)
      fits.withLock { $0[feature] = fit }
    }
    let all = fits.withLock { $0 }
    return FeatureScaling(
      method: method, granularity: granularity, timeSteps: windows.timeSteps, channels: windows.channels,
      lambdas: method == .power ? all.map(\.lambda) : [], offsets: all.map(\.offset), scales: all.map(\.scale))
  }
}

/// The numbers of one feature.
private struct FeatureFit {
  var lambda = 1.0
  var offset = 0.0
  var scale = 1.0

  init() {}

  init(_ method: ScalingMethod, _ values: [Double]) {
    switch method {
    case .none: break
    case .standardize: standardize(values)
    case .normalize:
      offset = values.min() ?? 0
      scale = Self.orOne((values.max() ?? 0) - offset)
    case .robust:
      let sorted = values.sorted()
      offset = Self.quantile(sorted, 0.5)
      scale = Self.orOne(Self.quantile(sorted, 0.75) - Self.quantile(sorted, 0.25))
    case .power:
      let moments = Moments(values)
      // A feature that never changes has no most likely λ; it stays as it is.
      if !moments.isConstant { lambda = YeoJohnson.mostLikelyLambda(values) }
      standardize(values.map { YeoJohnson.transform($0, lambda: lambda) })
    }
  }

  private mutating func standardize(_ values: [Double]) {
    let moments = Moments(values)
    offset = moments.mean
    scale = moments.isConstant ? 1 : moments.variance.squareRoot()
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

/// Mean and variance (divisor n), in two passes.
struct Moments {
  let mean: Double
  let variance: Double
  /// Whether the variance is no more than rounding, by scikit-learn's bound.
  let isConstant: Bool

  init(_ values: [Double]) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    // The second sum takes the first one's rounding away again: Chan, Golub & LeVeque (1983).
    var squares = 0.0
    var rest = 0.0
    for value in values {
      squares += (value - mean) * (value - mean)
      rest += value - mean
    }
    let variance = (squares - rest * rest / count) / count
    let bound = count * Double.ulpOfOne * variance + (count * mean * Double.ulpOfOne) * (count * mean * Double.ulpOfOne)
    self.mean = mean
    self.variance = variance
    isConstant = variance <= bound
  }
}
