import Statistics
import Testing
import _TestSupport

@Suite("Quantiles and summaries of a sample")
struct QuantilesTests {
  private struct Case: Decodable {
    let values: [Double]
    let probabilities: [Double]
    let quantiles: [Double]
    let median: Double
    let mean: Double
    let population: Double
    let sample: Double?
  }

  private static let script = """
    import json, numpy as np
    random = np.random.default_rng(8)
    cases = []
    for count in list(range(1, 12)) + [100, 1001]:
        values = random.normal(90, 3, count).round(random.integers(1, 12))
        probabilities = [0, 0.025, 0.25, 1 / 3, 0.5, 0.75, 0.975, 1] + random.random(12).tolist()
        cases.append(dict(
            values=values.tolist(), probabilities=probabilities, quantiles=np.quantile(values, probabilities).tolist(),
            median=np.median(values), mean=values.mean(), population=values.var(),
            sample=values.var(ddof=1) if count > 1 else None))
    print(json.dumps(cases))
    """

  @Test("are numpy's", .enabled(if: Outside.python != nil, "\(Outside.pythonHint)"))
  func outsideTruth() throws {
    for one in try pythonCases(Case.self, Self.script) {
      let quantiles = try #require(Quantiles(one.values))
      for (probability, expected) in zip(one.probabilities, one.quantiles) {
        #expect(quantiles.quantile(probability) == expected, "\(probability) of \(one.values.count)")
      }
      #expect(near(quantiles.median, one.median, 1e-15))
      let summary = try #require(SampleSummary(one.values))
      #expect(near(summary.mean, one.mean, 1e-14) && near(summary.populationVariance, one.population))
      #expect(near(summary.sampleVariance, one.sample))
    }
  }

  @Test func quantilesByHand() throws {
    let quantiles = try #require(Quantiles([7, 1, 3, 5]))
    #expect([0, 0.25, 0.5, 0.75, 1].map(quantiles.quantile) == [1, 2.5, 4, 5.5, 7] && quantiles.median == 4)
    let single = try #require(Quantiles([2]))
    #expect([0, 0.5, 1].map(single.quantile) == [2, 2, 2])
  }

  @Test func variances() throws {
    let summary = try #require(SampleSummary([2, 4, 4, 4, 5, 5, 7, 9]))
    #expect(summary.mean == 5 && summary.populationVariance == 4 && summary.count == 8)
    #expect(near(summary.sampleVariance, 32.0 / 7, 1e-15))
    let single = try #require(SampleSummary([3]))
    #expect(single.mean == 3 && single.populationVariance == 0 && single.sampleVariance == nil)
  }

  /// The sum of 0.1s is not a multiple of 0.1, yet equal values don't vary.
  @Test(arguments: [3, 7, 10, 1000])
  func equalValuesDoNotVary(_ count: Int) throws {
    let summary = try #require(SampleSummary(Array(repeating: 0.1, count: count)))
    #expect(summary.mean == 0.1 && summary.populationVariance == 0 && summary.sampleVariance == 0)
  }

  /// A spread far below the mean, where the mean of squares less the square of the mean would be noise.
  @Test func smallSpread() throws {
    let summary = try #require(SampleSummary([1e9, 1e9 + 1, 1e9 + 2]))
    #expect(near(summary.populationVariance, 2.0 / 3, 1e-12))
  }

  @Test func undefined() {
    #expect(Quantiles([]) == nil && Quantiles([1, .nan]) == nil && Quantiles([.infinity]) == nil)
    #expect(SampleSummary([]) == nil && SampleSummary([1, .nan]) == nil)
  }
}
