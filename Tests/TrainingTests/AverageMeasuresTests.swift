import Foundation
import Testing
import Training
import _TestSupport

/// Per-class measures and their averages against scikit-learn's `classification_report`.
@Suite("Measures are scikit-learn's", .enabled(if: Outside.python != nil, "\(Outside.pythonHint)"))
struct AverageMeasuresTests {
  private struct Report: Decodable {
    struct Line: Decodable {
      let precision: Double
      let recall: Double
      let f1: Double
      let support: Double
    }
    let labels: [UInt8]
    let predicted: [Int]
    let classes: [Line]
    let macro: Line
    let weighted: Line
  }

  /// Classes that are never predicted, that never occur, and that do neither are among them.
  private static let script = """
    import json, numpy as np
    from sklearn.metrics import classification_report
    random = np.random.default_rng(5)
    reports = []
    for case in range(20):
        labels = random.choice([0, 1, 2, 4], 60, p=[0.4, 0.3, 0.2, 0.1])
        predicted = np.where(random.random(60) < 0.6, labels, random.choice([0, 1, 3], 60))
        report = classification_report(labels, predicted, zero_division=0, output_dict=True)
        line = lambda r: dict(precision=r["precision"], recall=r["recall"], f1=r["f1-score"], support=r["support"])
        none = {"precision": 0, "recall": 0, "f1-score": 0, "support": 0}
        reports.append(dict(
            labels=labels.tolist(), predicted=predicted.tolist(), macro=line(report["macro avg"]),
            weighted=line(report["weighted avg"]), classes=[line(report.get(str(k), none)) for k in range(6)]))
    print(json.dumps(reports))
    """

  @Test func classesAndAverages() throws {
    let result = try Outside.runPython(Self.script)
    try #require(result.status == 0, "\(result.standardError)")
    let reports = try JSONDecoder().decode([Report].self, from: Data(result.standardOutput.utf8))
    #expect(reports.count == 20)
    for report in reports {
      var confusion = Array(repeating: Array(repeating: 0, count: 6), count: 6)
      for (label, predicted) in zip(report.labels, report.predicted) { confusion[Int(label)][predicted] += 1 }
      let classes = ClassMeasures.all(confusion)
      func near(_ found: Double?, _ expected: Double) -> Bool { abs((found ?? 0) - expected) < 1e-12 }
      for (found, expected) in zip(classes, report.classes) {
        #expect(near(found.precision, expected.precision) && near(found.recall, expected.recall))
        #expect(near(found.f1, expected.f1) && Double(found.windows) == expected.support)
      }
      for (found, expected) in [(AverageMeasures.macro(classes), report.macro), (.weighted(classes), report.weighted)] {
        #expect(near(found.precision, expected.precision) && near(found.recall, expected.recall))
        #expect(near(found.f1, expected.f1))
      }
    }
  }
}
