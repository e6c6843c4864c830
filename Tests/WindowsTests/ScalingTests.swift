import Foundation
import HDF5
import Testing
import Windows

/// Scalings against scikit-learn's (data-tools/keras/golden_scalers.py).
@Suite struct ScalingTests {
  static let methods = ScalingMethod.allCases.filter { $0 != .none }

  private let file: File

  init() throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Goldens/scalers.h5")
    file = try File.open(path.path)
  }

  private func windows(_ name: String) throws -> WindowSet {
    let dataset = try file.root.dataset(name)
    let shape = try dataset.shape
    let count = shape[0]
    return WindowSet(
      timeSteps: shape[1], channels: shape[2], features: try dataset.read(),
      labels: Array(repeating: 0, count: count), subjects: Array(repeating: 1, count: count))
  }

  @Test(arguments: methods, ScalingGranularity.allCases)
  func areThoseOfScikitLearn(_ method: ScalingMethod, _ granularity: ScalingGranularity) throws {
    let group = try file.root.group(
      "\(method.rawValue)/\(granularity == .signal ? "per-signal" : "per-signal-and-step")")
    let scaling = try FeatureScaling.fit(method, granularity, to: try windows("train"))
    for name in ["train", "test"] {
      let found = try scaling.scaled(try windows(name)).features
      let expected = try group.dataset("transformed-\(name)").read(as: Float.self)
      #expect(found.count == expected.count)
      for (found, expected) in zip(found, expected) { #expect(abs(found - expected) <= 1e-5 * max(1, abs(expected))) }
    }
    func numbers(_ name: String) throws -> [Double] { try group.dataset(name).read() }
    func agree(_ found: [Double], _ expected: [Double]) {
      #expect(found.count == expected.count)
      for (found, expected) in zip(found, expected) { #expect(abs(found - expected) <= 1e-5 * max(1, abs(expected))) }
    }
    switch method {
    case .none: break
    case .standardize:
      agree(scaling.offsets, try numbers("mean"))
      agree(scaling.scales, try numbers("scale"))
    case .normalize:
      agree(scaling.offsets, try numbers("data_min"))
      agree(scaling.scales.map { 1 / $0 }, try numbers("scale"))
    case .robust:
      agree(scaling.offsets, try numbers("center"))
      agree(scaling.scales, try numbers("scale"))
    case .power:
      agree(scaling.lambdas, try numbers("lambdas"))
      agree(scaling.offsets, try numbers("mean"))
      agree(scaling.scales, try numbers("scale"))
    }
  }

  @Test(arguments: ScalingMethod.allCases, ScalingGranularity.allCases)
  func readBackAsTheyWere(_ method: ScalingMethod, _ granularity: ScalingGranularity) throws {
    let scaling = try FeatureScaling.fit(method, granularity, to: try windows("train"))
    let again = try FeatureScaling(jsonText: scaling.jsonText)
    #expect(again == scaling)
    let (one, other) = (try scaling.scaled(try windows("test")), try again.scaled(try windows("test")))
    #expect(one == other)
    if method == .none { #expect(try one == windows("test")) }
  }

  @Test(arguments: [
    ("", ""), ("\"channels\":5", "\"channels\":4"), ("\"channels\":5", "\"channels\":-5"),
    ("\"scales\":[", "\"scales\":[0,"),
    ("\"offsets\":[", "\"offsets\":[1,"), ("\"timeSteps\":6", "\"timeSteps\":1e30"), ("standardize", "wonderful"),
    ("\"scales\":[", "\"scale\":["), ("standardize", "power"),
  ])
  func damagedTextsAreRefused(_ good: String, _ bad: String) throws {
    let text = try FeatureScaling.fit(.standardize, .signal, to: try windows("train")).jsonText
    #expect(throws: FeatureScaling.Mismatch.self) {
      try FeatureScaling(jsonText: good.isEmpty ? "" : text.replacingOccurrences(of: good, with: bad))
    }
  }

  @Test func windowsOfAnotherShapeAreRefused() throws {
    let scaling = try FeatureScaling.fit(.robust, .timeStep, to: try windows("train"))
    let other = WindowSet(
      timeSteps: 5, channels: 6, features: Array(repeating: 0, count: 30), labels: [0], subjects: [1])
    #expect(throws: FeatureScaling.Mismatch.self) { try scaling.scaled(other) }
  }

  @Test func constantFeaturesStayFinite() throws {
    let constant = WindowSet(
      timeSteps: 2, channels: 1, features: Array(repeating: 0.1, count: 20), labels: Array(repeating: 0, count: 10),
      subjects: Array(repeating: 1, count: 10))
    for method in Self.methods {
      let scaled = try FeatureScaling.fit(method, .signal, to: constant).scaled(constant)
      #expect(scaled.features.allSatisfy { abs($0) < 1e-6 }, "\(method)")
    }
  }

  /// A λ that the likelihood would take to infinity ends at the bound of scipy.stats.yeojohnson_normmax. The numbers are those of
  /// scikit-learn 1.9 with SciPy 1.17 for ninety-nine times the one value and once the other.
  @Test(arguments: [
    (Float(0), Float(1), -110.420_067_675_255_64, Float(-0.100_503_78), Float(9.949_874_37)),
    (0, -1, 110.647_737_925_268_63, 0.100_503_78, -9.949_874_37),
  ])
  func lambdaStaysWithinBounds(
    _ usual: Float, _ rare: Float, _ lambda: Double, _ scaledUsual: Float, _ scaledRare: Float
  ) throws {
    let windows = WindowSet(
      timeSteps: 1, channels: 1, features: Array(repeating: usual, count: 99) + [rare],
      labels: Array(repeating: 0, count: 100), subjects: Array(repeating: 1, count: 100))
    let scaling = try FeatureScaling.fit(.power, .signal, to: windows)
    #expect(abs(scaling.lambdas[0] / lambda - 1) < 1e-6)
    let scaled = try scaling.scaled(windows).features
    #expect(abs(scaled[0] - scaledUsual) < 1e-5)
    #expect(abs(scaled[99] - scaledRare) < 1e-5)
  }

  /// However a scaling is decoded, its numbers are those of whole features.
  /// The numbers that are missing are named, not others.
  @Test func mismatchSaysWhatIsMissing() throws {
    let text = try FeatureScaling.fit(.standardize, .signal, to: try windows("train")).jsonText
    for (good, bad, reason) in [
      ("standardize", "power", "has 0 lambdas, expected 5"),
      ("\"scales\":[", "\"scales\":[1,", "has 6 scales, expected 5"),
    ] {
      let error = #expect(throws: FeatureScaling.Mismatch.self) {
        try FeatureScaling(jsonText: text.replacingOccurrences(of: good, with: bad))
      }
      #expect(error?.reason == reason)
    }
  }

  @Test func decodingChecksTheCounts() throws {
    let text = try FeatureScaling.fit(.normalize, .signal, to: try windows("train")).jsonText
    let whole = try JSONDecoder().decode(FeatureScaling.self, from: Data(text.utf8))
    #expect(whole.jsonText == text)
    let damaged = text.replacingOccurrences(of: "\"channels\":5", with: "\"channels\":7")
    #expect(throws: FeatureScaling.Mismatch.self) {
      try JSONDecoder().decode(FeatureScaling.self, from: Data(damaged.utf8))
    }
  }

  /// Scaling in place is scaling a copy, and touches the selected windows alone.
  @Test(arguments: ScalingMethod.allCases)
  func inPlace(_ method: ScalingMethod) throws {
    let count = try windows("train").count
    let original = WindowSet(
      timeSteps: 6, channels: 5, features: try windows("train").features, labels: Array(repeating: 0, count: count),
      subjects: (0..<count).map { UInt8($0 % 3) })
    let all = original.copied()
    let (some, others) = (all.selecting { $0 == 1 }, all.selecting { $0 != 1 })
    let scaling = try FeatureScaling.fit(method, .timeStep, to: original)
    let copy = try scaling.scaled(some)
    #expect(all == original)
    try scaling.scale(some)
    #expect(some == copy)
    #expect(try some == scaling.scaled(original).selecting { $0 == 1 })
    #expect(others == original.selecting { $0 != 1 })
    #expect(method == .none || all != original)
  }

  /// A selection is fitted as a set of the same windows is.
  @Test(arguments: methods, ScalingGranularity.allCases)
  func fitToASelection(_ method: ScalingMethod, _ granularity: ScalingGranularity) throws {
    let train = try windows("train")
    let twice = WindowSet(
      timeSteps: 6, channels: 5, features: try windows("test").features + train.features,
      labels: Array(repeating: 0, count: train.count + (try windows("test").count)),
      subjects: Array(repeating: 1, count: try windows("test").count) + Array(repeating: 2, count: train.count))
    let scaling = try FeatureScaling.fit(method, granularity, to: twice.selecting { $0 == 2 })
    #expect(try scaling == FeatureScaling.fit(method, granularity, to: train))
  }
}
