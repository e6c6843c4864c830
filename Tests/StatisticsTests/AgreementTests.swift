import Statistics
import Testing
import _TestSupport

@Suite("Cohen's kappa and Matthews' correlation")
struct AgreementTests {
  private struct Case: Decodable {
    let confusion: [[Int]]
    let kappa: Double?
    let matthews: Double?
  }

  /// Where all labels or all predictions are one class scikit-learn has 0 for Matthews' correlation, and we nil.
  private static let script = """
    import json, math, numpy as np
    from sklearn.metrics import cohen_kappa_score, confusion_matrix, matthews_corrcoef
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
        varied = len(set(labels)) > 1 and len(set(predicted)) > 1
        cases.append(dict(
            confusion=confusion_matrix(labels, predicted, labels=range(classes)).tolist(),
            kappa=None if math.isnan(kappa) else kappa,
            matthews=matthews_corrcoef(labels, predicted) if varied else None))
    print(json.dumps(cases))
    """

  @Test("are scikit-learn's", .enabled(if: Outside.python != nil, "\(Outside.pythonHint)"))
  func outsideTruth() throws {
    for one in try pythonCases(Case.self, Self.script) {
      #expect(near(CohenKappa.value(one.confusion), one.kappa), "\(one.confusion)")
      #expect(near(MatthewsCorrelation.value(one.confusion), one.matthews), "\(one.confusion)")
    }
  }

  /// Accuracy 0.7 where chance has 0.5; the correlation is (20 · 15 - 5 · 10) / √(25 · 25 · 30 · 20).
  @Test func byHand() {
    let confusion = [[20, 5], [10, 15]]
    #expect(near(CohenKappa.value(confusion), 0.4, 1e-15))
    #expect(near(MatthewsCorrelation.value(confusion), 250 / (25.0 * 25 * 30 * 20).squareRoot(), 1e-15))
    #expect(CohenKappa.value([[3, 0, 0], [0, 4, 0], [0, 0, 5]]) == 1)
    #expect(near(MatthewsCorrelation.value([[3, 0, 0], [0, 4, 0], [0, 0, 5]]), 1, 1e-15))
    #expect(near(MatthewsCorrelation.value([[0, 6], [6, 0]]), -1, 1e-15))
  }

  @Test func undefined() {
    #expect(CohenKappa.value([]) == nil && MatthewsCorrelation.value([]) == nil)
    #expect(CohenKappa.value([[0, 0], [0, 0]]) == nil && MatthewsCorrelation.value([[0, 0], [0, 0]]) == nil)
    #expect(CohenKappa.value([[0, 0], [0, 9]]) == nil && MatthewsCorrelation.value([[0, 0], [0, 9]]) == nil)
    #expect(CohenKappa.value([[4, 0], [5, 0]]) == 0 && MatthewsCorrelation.value([[4, 0], [5, 0]]) == nil)
  }

  /// Squares of such counts overflow an Int.
  @Test func manyWindows() {
    let many = 4_000_000_000
    #expect(
      near(CohenKappa.value([[many, 0], [0, many]]), 1)
        && near(MatthewsCorrelation.value([[0, many], [many, 0]]), -1))
  }
}
