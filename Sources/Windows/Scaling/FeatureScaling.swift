import Foundation

/// How features are brought to like sizes.
public enum ScalingMethod: String, Sendable, Codable, CaseIterable {
  /// As they are.
  case none
  /// Mean 0 and variance 1: scikit-learn's StandardScaler.
  case standardize
  /// From 0 to 1: scikit-learn's MinMaxScaler.
  case normalize
  /// Median 0 and quartiles one apart: scikit-learn's RobustScaler.
  case robust
  /// Yeo & Johnson's power transform (2000) with the most likely λ, then mean 0 and variance 1: scikit-learn's PowerTransformer.
  case power
}

/// What counts as a feature.
public enum ScalingGranularity: String, Sendable, Codable, CaseIterable {
  /// A signal, over all windows and time steps.
  case signal
  /// A signal at a time step, over all windows.
  case timeStep = "time-step"
}

/// A scaling that was fitted to windows: z = (f(x) - offset) / scale, where f is the power transform or nothing.
///
/// Equal to https://scikit-learn.org/stable/modules/preprocessing.html to rounding.
public struct FeatureScaling: Sendable, Equatable, Codable {
  package let method: ScalingMethod
  package let granularity: ScalingGranularity
  /// T of the windows that it fits.
  package let timeSteps: Int
  /// C of the windows that it fits.
  package let channels: Int
  /// λ of each feature, [C] or [T · C] as offsets and scales are; empty without a power transform.
  package let lambdas: [Double]
  package let offsets: [Double]
  package let scales: [Double]

  /// Why windows or a text do not go with a scaling.
  public struct Mismatch: Error, Equatable {
    /// A phrase without a full stop.
    public let reason: String
  }

  /// Scales one window `[T, C]` in place.
  package func apply(to window: UnsafeMutablePointer<Float>) {
    guard method != .none else { return }
    let features = offsets.count
    for start in stride(from: 0, to: timeSteps * channels, by: features) {
      for feature in 0..<features {
        var x = Double(window[start + feature])
        if method == .power { x = YeoJohnson.transform(x, lambda: lambdas[feature]) }
        window[start + feature] = Float((x - offsets[feature]) / scales[feature])
      }
    }
  }

  /// Scales the windows of a set in memory where they lie, for all who share them; do it once.
  ///
  /// Throws where they have another shape than those that it was fitted to.
  public func scale(_ windows: WindowSet) throws(Mismatch) {
    try check(windows)
    scaleInPlace(windows)
  }

  /// The same for windows whose shape is known to fit.
  func scaleInPlace(_ windows: WindowSet) {
    guard method != .none else { return }
    DispatchQueue.concurrentPerform(iterations: windows.count) { apply(to: windows.mutableWindow($0)) }
  }

  /// The windows of a set, scaled, in memory of their own; the set itself where nothing is to be scaled. Those of one that is streamed are
  /// scaled whenever they come from the file.
  ///
  /// Throws where they have another shape than those that it was fitted to.
  public func scaled(_ windows: WindowSet) throws(Mismatch) -> WindowSet {
    try check(windows)
    guard method != .none else { return windows }
    if let stored = windows.stored {
      precondition(windows.scalingOfStored == nil, "the windows are scaled already")
      return WindowSet(
        timeSteps: timeSteps, channels: channels, stored: stored, scaling: self, rows: windows.rows,
        labels: windows.labels, subjects: windows.subjects)
    }
    let windows = windows.copied()
    scaleInPlace(windows)
    return windows
  }

  private func check(_ windows: WindowSet) throws(Mismatch) {
    guard windows.timeSteps == timeSteps, windows.channels == channels else {
      throw Mismatch(
        reason: "scales windows of \(timeSteps) time steps and \(channels) signals, found \(windows.timeSteps) and "
          + "\(windows.channels)")
    }
  }
}

extension FeatureScaling {
  /// The scaling as one line of JSON.
  package var jsonText: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    // Fitted numbers are finite, so that nothing can fail.
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  /// The scaling of a text that `jsonText` gave. Throws `Mismatch` where it is anything else.
  package init(jsonText: String) throws(Mismatch) {
    do {
      self = try JSONDecoder().decode(FeatureScaling.self, from: Data(jsonText.utf8))
    } catch let mismatch as Mismatch {
      throw mismatch
    } catch {
      throw Mismatch(reason: "is no scaling that was saved: \(error.localizedDescription)")
    }
  }

  /// A scaling from a file. Throws `Mismatch` where its numbers can't be those of a scaling, so that `apply` stays inside a window.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      method: try values.decode(ScalingMethod.self, forKey: .method),
      granularity: try values.decode(ScalingGranularity.self, forKey: .granularity),
      timeSteps: try values.decode(Int.self, forKey: .timeSteps),
      channels: try values.decode(Int.self, forKey: .channels),
      lambdas: try values.decode([Double].self, forKey: .lambdas),
      offsets: try values.decode([Double].self, forKey: .offsets),
      scales: try values.decode([Double].self, forKey: .scales))
    try check()
  }

  private func check() throws(Mismatch) {
    let sizes = 1...1 << 16
    guard sizes.contains(timeSteps), sizes.contains(channels) else {
      throw Mismatch(reason: "has the impossible sizes \(timeSteps) and \(channels)")
    }
    let features = method == .none ? 0 : granularity == .signal ? channels : timeSteps * channels
    let parts = [("offsets", offsets, features), ("scales", scales, features)]
    for (name, numbers, count) in parts + [("lambdas", lambdas, method == .power ? features : 0)]
    where numbers.count != count {
      throw Mismatch(reason: "has \(numbers.count) \(name), expected \(count)")
    }
    guard (offsets + lambdas).allSatisfy(\.isFinite), scales.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw Mismatch(reason: "has offsets or scales that are not finite or not positive")
    }
  }
}
