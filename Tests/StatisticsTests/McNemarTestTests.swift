import Statistics
import Testing
import _TestSupport

@Suite("McNemar's test")
struct McNemarTestTests {
  private struct Case: Decodable {
    let b: Int
    let c: Int
    let p: Double
  }

  private static let script = """
    import json
    from scipy import stats
    pairs = [(0, 1), (1, 0), (0, 6), (5, 5), (4, 5), (5, 4), (3, 12), (40, 70), (250, 250), (249, 250), (0, 1000),
             (1010, 1200), (49_000, 51_000), (50_000, 50_000), (49_999, 50_000), (49_999, 50_001), (48_000, 52_000)]
    pairs += [(b, n - b) for n in (2, 7, 20, 33) for b in range(n + 1)]
    print(json.dumps([dict(b=b, c=c, p=stats.binomtest(min(b, c), b + c).pvalue) for b, c in pairs]))
    """

  @Test("is scipy's binomial test", .enabled(if: Outside.python != nil, "\(Outside.pythonHint)"))
  func outsideTruth() throws {
    for one in try pythonCases(Case.self, Self.script) {
      let p = McNemarTest(onlyFirstCorrect: one.b, onlySecondCorrect: one.c).pValue
      #expect(abs(p - one.p) <= 1e-9 * one.p, "\(one.b) against \(one.c): \(p), not \(one.p)")
    }
  }

  /// 2 (1 + 6) / 2⁶ and so on.
  @Test(arguments: [
    (1, 5, 14.0 / 64), (0, 5, 2.0 / 32), (2, 3, 1.0), (3, 3, 1.0), (0, 0, 1.0), (0, 1, 1.0), (2, 6, 74.0 / 256),
  ])
  func byHand(_ b: Int, _ c: Int, _ p: Double) {
    #expect(near(McNemarTest(onlyFirstCorrect: b, onlySecondCorrect: c).pValue, p, 1e-15))
    #expect(near(McNemarTest(onlyFirstCorrect: c, onlySecondCorrect: b).pValue, p, 1e-15))
  }

  /// The normal approximation with a correction for continuity, z = 399 / √100,000, is near where windows are many.
  @Test func manyWindows() {
    let p = McNemarTest(onlyFirstCorrect: 50_200, onlySecondCorrect: 49_800).pValue
    #expect(abs(p - 0.207) < 0.001)
    #expect(McNemarTest(onlyFirstCorrect: 100_000, onlySecondCorrect: 0).pValue == 0)
  }

  @Test func counting() {
    let test = McNemarTest(
      firstCorrect: [true, true, false, false, true, true], secondCorrect: [true, false, true, false, false, false])
    #expect(test.onlyFirstCorrect == 3 && test.onlySecondCorrect == 1)
    #expect(near(test.pValue, 10.0 / 16, 1e-15))
    #expect(McNemarTest(firstCorrect: [], secondCorrect: []).pValue == 1)
  }
}
