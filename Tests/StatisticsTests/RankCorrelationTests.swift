import Statistics
import Testing
import _TestSupport

@Suite("What goes with a score: rank correlation and eta squared")
struct RankCorrelationTests {
  private struct Case: Decodable {
    let x: [Double]
    let y: [Double]
    let rho: Double?
    let ranks: [Double]
    let groups: [Int]
    let eta: Double?
  }

  /// Eta squared by way of the F statistic of a one-way analysis of variance.
  private static let script = """
    import json, math, numpy as np
    from scipy import stats
    random = np.random.default_rng(13)
    number = lambda value: None if math.isnan(value) else value
    cases = []
    for count in [2, 3, 4, 5, 8, 20, 50, 200]:
        for ties in (0, 1, 2):
            x = random.normal(0, 1, count)
            y = 0.5 * x + random.normal(0, 1, count)
            if ties:
                x, y = x.round(2 - ties), y.round(2 - ties)
            k = max(2, count // 4)
            groups = np.arange(count) % k
            parts = [y[groups == g] for g in range(k)]
            eta = float("nan")
            if count > k and y.std() > 0:
                f = stats.f_oneway(*parts).statistic
                eta = f * (k - 1) / (f * (k - 1) + count - k) if math.isfinite(f) else 1.0
            elif y.std() > 0:
                eta = 1.0
            cases.append(dict(
                x=x.tolist(), y=y.tolist(), rho=number(stats.spearmanr(x, y).statistic),
                ranks=stats.rankdata(x).tolist(), groups=groups.tolist(), eta=number(eta)))
    print(json.dumps(cases))
    """

  @Test("are scipy's", .enabled(if: Outside.python != nil, "\(Outside.pythonHint)"))
  func outsideTruth() throws {
    for one in try pythonCases(Case.self, Self.script) {
      #expect(RankCorrelation.ranks(one.x) == one.ranks)
      #expect(near(RankCorrelation.spearman(one.x, one.y), one.rho), "\(one.x) \(one.y)")
      #expect(near(EtaSquared.between(one.groups, values: one.y), one.eta), "\(one.groups) \(one.y)")
    }
  }

  /// Without ties ρ = 1 - 6 Σ d² / (n (n² - 1)), here with d² of 1, 1, 0, 1, 1.
  @Test func correlationByHand() {
    #expect(near(RankCorrelation.spearman([1, 2, 3, 4, 5], [20, 10, 30, 50, 40]), 0.8, 1e-15))
    #expect(near(RankCorrelation.spearman([1e-4, 1e-3, 1e-2], [9, 4, -100]), -1, 1e-15))
    // Ranks 1.5, 1.5, 3 and 1, 2, 3: 1.5 / √(1.5 · 2).
    #expect(near(RankCorrelation.spearman([0, 0, 1], [1, 2, 3]), 0.75.squareRoot(), 1e-15))
    #expect(RankCorrelation.ranks([5, 1, 5, 3, 5, 1]) == [5, 1.5, 5, 3, 5, 1.5])
    #expect(near(RankCorrelation.spearman([1, .infinity], [0, 1]), 1, 1e-15))
  }

  @Test func undefinedCorrelations() {
    #expect(RankCorrelation.spearman([], []) == nil && RankCorrelation.spearman([1], [1]) == nil)
    #expect(RankCorrelation.spearman([1, 1, 1], [1, 2, 3]) == nil)
    #expect(RankCorrelation.spearman([1, 2], [1, .nan]) == nil && RankCorrelation.ranks([.nan]) == nil)
  }

  /// Means 2 and 6 about 4: between groups 4 · 4 of 20 in all.
  @Test func etaSquaredByHand() {
    #expect(near(EtaSquared.between(["adam", "adam", "sgd", "sgd"], values: [1, 3, 5, 7]), 0.8, 1e-15))
    #expect(EtaSquared.between([1, 2, 1, 2], values: [1, 1, 3, 3]) == 0)
    #expect(EtaSquared.between(["a", "b"], values: [1, 2]) == 1)
  }

  @Test func undefinedEtaSquared() {
    #expect(EtaSquared.between([Int](), values: []) == nil)
    #expect(EtaSquared.between(["a", "a"], values: [1, 2]) == nil)
    #expect(EtaSquared.between(["a", "b", "b"], values: [0.1, 0.1, 0.1]) == nil)
    #expect(EtaSquared.between(["a", "b"], values: [1, .nan]) == nil)
  }
}
