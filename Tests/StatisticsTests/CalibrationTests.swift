import Statistics
import Testing
import _TestSupport

@Suite("Calibration")
struct CalibrationTests {
  private struct Case: Decodable {
    let probabilities: [Float]
    let labels: [UInt8]
    let classes: Int
    let bins: Int
    let windows: [Int]
    let confidence: [Double?]
    let accuracy: [Double?]
    let expected: Double
    let maximum: Double
    let brier: Double
  }

  /// Bins by numpy's `digitize`; coarse probabilities lie on their edges.
  private static let script = """
    import json, numpy as np
    from sklearn.metrics import brier_score_loss
    random = np.random.default_rng(21)
    cases = []
    for classes, bins, coarse in [(2, 10, 0), (3, 15, 0), (6, 15, 0), (6, 1, 0), (4, 8, 16), (3, 16, 64), (2, 10, 10)]:
        p = random.dirichlet(np.full(classes, 0.4), 200)
        if coarse:
            p = random.multinomial(coarse, np.full(classes, 1 / classes), 200) / coarse
        p = p.astype(np.float32)
        labels = np.array([random.choice(classes, p=np.full(classes, 0.2 / classes) + 0.8 * q / q.sum()) for q in p.astype(float)])
        exact = p.astype(float)
        confidence, correct = exact.max(1), exact.argmax(1) == labels
        bin = np.digitize(confidence, np.arange(bins + 1) / bins, right=True) - 1
        member = [bin == m for m in range(bins)]
        mean = lambda values, m: values[m].mean() if m.any() else None
        gaps = [abs(correct[m].mean() - confidence[m].mean()) if m.any() else 0 for m in member]
        cases.append(dict(
            probabilities=exact.ravel().tolist(), labels=labels.tolist(), classes=classes, bins=bins,
            windows=[int(m.sum()) for m in member], confidence=[mean(confidence, m) for m in member],
            accuracy=[mean(correct, m) for m in member],
            expected=sum(m.mean() * g for m, g in zip(member, gaps)), maximum=max(gaps),
            brier=brier_score_loss(labels, exact / exact.sum(1, keepdims=True), labels=range(classes), scale_by_half=False)))
    print(json.dumps(cases))
    """

  @Test("is numpy's and scikit-learn's", .enabled(if: Outside.python != nil, "\(Outside.pythonHint)"))
  func outsideTruth() throws {
    for one in try pythonCases(Case.self, Self.script) {
      let calibration = try #require(
        Calibration(probabilities: one.probabilities, labels: one.labels, classes: one.classes, bins: one.bins))
      #expect(calibration.bins.map(\.windows) == one.windows)
      for (bin, expected) in zip(calibration.bins, zip(one.confidence, one.accuracy)) {
        #expect(near(bin.confidence, expected.0) && near(bin.accuracy, expected.1))
      }
      #expect(near(calibration.expectedError, one.expected) && near(calibration.maximumError, one.maximum))
      // Brier's score is of float32 probabilities, which scikit-learn gets summing to 1.
      #expect(near(calibration.brierScore, one.brier, 1e-6))
    }
  }

  /// Confidences 0.5 (wrong), 0.75 (right) and 1 (right), in bins that end at 0.5 and 1.
  @Test func byHand() throws {
    let calibration = try #require(
      Calibration(probabilities: [0.5, 0.5, 0.25, 0.75, 0, 1], labels: [1, 1, 1], classes: 2, bins: 2))
    #expect(calibration.bins.map(\.windows) == [1, 2])
    #expect(calibration.bins.map(\.confidence) == [0.5, 0.875] && calibration.bins.map(\.accuracy) == [0, 1])
    #expect(near(calibration.expectedError, (0.5 + 2 * 0.125) / 3, 1e-15) && calibration.maximumError == 0.5)
    #expect(near(calibration.brierScore, (0.5 + 0.125) / 3, 1e-15))
  }

  @Test func emptyBins() throws {
    let calibration = try #require(Calibration(probabilities: [0, 1, 1, 0], labels: [1, 0], classes: 2))
    #expect(calibration.bins.count == 15)
    #expect(calibration.bins.dropLast().allSatisfy { $0.windows == 0 && $0.confidence == nil && $0.gap == nil })
    #expect(calibration.expectedError == 0 && calibration.maximumError == 0 && calibration.brierScore == 0)
  }

  @Test(arguments: [Float.nan, .infinity, -0.1, 1.5])
  func undefined(_ probability: Float) {
    #expect(Calibration(probabilities: [probability, 0.5], labels: [0], classes: 2) == nil)
    #expect(Calibration(probabilities: [], labels: [], classes: 2) == nil)
  }

  /// Probabilities of nothing but zeros, which no softmax gives, are in the first bin.
  @Test func noConfidence() throws {
    let calibration = try #require(Calibration(probabilities: [0, 0], labels: [0], classes: 2, bins: 3))
    #expect(calibration.bins.map(\.windows) == [1, 0, 0] && calibration.maximumError == 1)
  }
}
