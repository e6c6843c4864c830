import Statistics
import Testing
import _TestSupport

@Suite("Welch's test")
struct WelchTestTests {
  private struct Case: Decodable {
    let first: [Double]
    let second: [Double]
    let level: Double
    let t: Double
    let degrees: Double
    let p: Double
    let lower: Double
    let upper: Double
  }

  private static let script = """
    import json, numpy as np
    from scipy import stats
    random = np.random.default_rng(3)
    cases = []
    for case in range(30):
        first = random.normal(90, random.uniform(0.1, 3), random.integers(2, 12))
        second = random.normal(90 + random.normal(), random.uniform(0.1, 3), random.integers(2, 12))
        level = random.choice([0.8, 0.95, 0.99])
        result = stats.ttest_ind(first, second, equal_var=False)
        interval = result.confidence_interval(level)
        cases.append(dict(
            first=first.tolist(), second=second.tolist(), level=level, t=result.statistic, degrees=result.df,
            p=result.pvalue, lower=interval.low, upper=interval.high))
    print(json.dumps(cases))
    """

  @Test("is scipy's", .enabled(if: Outside.python != nil, "\(Outside.pythonHint)"))
  func outsideTruth() throws {
    for one in try pythonCases(Case.self, Self.script) {
      let test = try #require(WelchTest(one.first, one.second, level: one.level))
      #expect(near(test.t, one.t, 1e-9) && near(test.degreesOfFreedom, one.degrees, 1e-9))
      #expect(near(test.pValue, one.p, 1e-9))
      #expect(near(test.interval.lowerBound, one.lower, 1e-9) && near(test.interval.upperBound, one.upper, 1e-9))
    }
  }

  /// Means 2 and 5, variances of the means 1/3 and 4/3: ν = (5/3)² / ((1/9 + 16/9) / 2).
  @Test func byHand() throws {
    let test = try #require(WelchTest([1, 2, 3], [3, 5, 7]))
    #expect(near((test.interval.lowerBound + test.interval.upperBound) / 2, -3, 1e-14))
    #expect(near(test.degreesOfFreedom, 50.0 / 17, 1e-14))
    #expect(near(test.t, -3 / (5.0 / 3).squareRoot(), 1e-14))
    let reversed = try #require(WelchTest([3, 5, 7], [1, 2, 3]))
    #expect(reversed.pValue == test.pValue && reversed.interval.upperBound == -test.interval.lowerBound)
    #expect(test.interval.contains(0) && test.pValue ?? 0 > 0.05)
  }

  /// A sample without any variance leaves the other one's degrees of freedom, of which 2 have a closed form: a two-sided
  /// probability of 1 - |t| / √(2 + t²), and a quantile of 0.95 / √(2 · 0.975 · 0.025).
  @Test func oneConstantSample() throws {
    let three = try #require(WelchTest([0.1, 0.1, 0.1], [1, 2, 3, 4]))
    #expect(near(three.degreesOfFreedom, 3, 1e-14))
    let two = try #require(WelchTest([1, 1], [3, 5, 7]))
    #expect(near(two.degreesOfFreedom, 2, 1e-14) && near(two.t, -12.0.squareRoot(), 1e-14))
    #expect(near(two.pValue, 1 - (12.0 / 14).squareRoot(), 1e-14))
    let margin = (4.0 / 3).squareRoot() * 0.95 / (2 * 0.975 * 0.025).squareRoot()
    #expect(near(two.interval.lowerBound, -4 - margin, 1e-12) && near(two.interval.upperBound, -4 + margin, 1e-12))
  }

  @Test(arguments: [(0.1, 0.1), (0.3, 0.1)])
  func nothingVaries(_ first: Double, _ second: Double) throws {
    let test = try #require(WelchTest([first, first, first], [second, second]))
    #expect(test.interval == (first - second)...(first - second))
    #expect(test.pValue == nil && test.t == nil && test.degreesOfFreedom == nil)
  }

  @Test func undefined() {
    #expect(WelchTest([1], [1, 2]) == nil && WelchTest([1, 2], []) == nil)
    #expect(WelchTest([1, .nan], [1, 2]) == nil && WelchTest([1, 2], [1, .infinity]) == nil)
    #expect(WelchTest([-1e308, 1e308], [1, 2]) == nil)
  }
}
