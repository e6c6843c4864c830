import Statistics
import Testing
import _TestSupport

@Suite("Cohen's kappa")
struct AgreementTests {
  private struct Case: Decodable {
    let confusion: [[Int]]
    let kappa: Double?
  }

  private static let script = """
    import json, math, numpy as np
    from sklearn.metrics import cohen_kappa_score, confusion_matrix
    random = np.random.default_rng(17)
    cases = []
    for case in range(40):
        classes = random.integers(2, 7)
        labels = random.integers(0, classes, 80)
        predicted = np.where(random.random(80) < random.random(), labels, random.integers(0, classes, 80))
        if case % 10 == 3: labels[:] = 1
        if case % 10 == 4: predicted[:] = 0
        if case % 20 == 5: labels[:] = predicted[:] = 1
        if case % 20 == 6: predicted = (labels + 1) % classes
        kappa = cohen_kappa_score(labels, predicted)
        cases.append(dict(
            confusion=confusion_matrix(labels, predicted, labels=range(classes)).tolist(),
            kappa=None if math.isnan(kappa) else kappa))
    print(json.dumps(cases))
    """

  @Test("is scikit-learn's", .enabled(if: Outside.python != nil, "\(Outside.pythonHint)"))
  func outsideTruth() throws {
    for one in try pythonCases(Case.self, Self.script) {
      #expect(near(CohenKappa.value(one.confusion), one.kappa), "\(one.confusion)")
    }
  }

  @Test func byHand() {
    // Accuracy 0.7 where chance has 0.5.
    #expect(near(CohenKappa.value([[20, 5], [10, 15]]), 0.4, 1e-15))
    // Accuracy 0.5 where chance has (0.75 · 0.5 + 0.25 · 0.5) = 0.5, and 0.7 where it has 0.1 · 0.4 + 0.9 · 0.6 = 0.58.
    #expect(CohenKappa.value([[3, 3], [1, 1]]) == 0)
    #expect(near(CohenKappa.value([[1, 0], [3, 6]]), 0.12 / 0.42, 1e-15))
    #expect(CohenKappa.value([[3, 0, 0], [0, 4, 0], [0, 0, 5]]) == 1)
    #expect(CohenKappa.value([[0, 6], [6, 0]]) == -1)
  }

  @Test func undefined() {
    #expect(CohenKappa.value([]) == nil && CohenKappa.value([[0, 0], [0, 0]]) == nil)
    #expect(CohenKappa.value([[0, 0], [0, 9]]) == nil)
    #expect(CohenKappa.value([[4, 0], [5, 0]]) == 0)
  }

  /// Squares of such counts overflow an Int.
  @Test func manyWindows() {
    let many = 4_000_000_000
    #expect(near(CohenKappa.value([[many, 0], [0, many]]), 1))
  }
}
