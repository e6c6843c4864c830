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
    let error: Double?
  }

  private static let script = """
    import json, numpy as np
    from scipy import stats
    random = np.random.default_rng(8)
    cases = []
    for count in list(range(1, 12)) + [100, 1001]:
        values = random.normal(90, 3, count).round(random.integers(1, 12))
        probabilities = [0, 0.025, 0.25, 1 / 3, 0.5, 0.75, 0.975, 1] + random.random(12).tolist()
        several = count > 1
        cases.append(dict(
            values=values.tolist(), probabilities=probabilities, quantiles=np.quantile(values, probabilities).tolist(),
            median=np.median(values), mean=values.mean(), population=values.std(),
            sample=values.std(ddof=1) if several else None, error=stats.sem(values) if several else None))
    print(json.dumps(cases))
    """

  @Test("are numpy's and scipy's", .enabled(if: Outside.python != nil, "\(Outside.pythonHint)"))
  func outsideTruth() throws {
    for one in try pythonCases(Case.self, Self.script) {
      let quantiles = try #require(Quantiles(one.values))
      for (probability, expected) in zip(one.probabilities, one.quantiles) {
        #expect(quantiles.quantile(probability) == expected, "\(probability) of \(one.values.count)")
      }
      #expect(near(quantiles.median, one.median, 1e-15))
      let summary = try #require(SampleSummary(one.values))
      #expect(near(summary.mean, one.mean, 1e-14) && near(summary.populationDeviation, one.population))
      #expect(near(summary.sampleDeviation, one.sample) && near(summary.standardError, one.error))
    }
  }

  @Test func fiveNumbers() throws {
    let numbers = try #require(Quantiles([7, 1, 3, 5])).fiveNumbers
    #expect(numbers.minimum == 1 && numbers.lowerQuartile == 2.5 && numbers.median == 4)
    #expect(numbers.upperQuartile == 5.5 && numbers.maximum == 7)
    let single = try #require(Quantiles([2])).fiveNumbers
    #expect(single.minimum == 2 && single.median == 2 && single.maximum == 2)
  }

  @Test func deviations() throws {
    let summary = try #require(SampleSummary([2, 4, 4, 4, 5, 5, 7, 9]))
    #expect(summary.mean == 5 && summary.populationDeviation == 2 && summary.count == 8)
    #expect(near(summary.sampleDeviation, (32.0 / 7).squareRoot(), 1e-15))
    #expect(near(summary.standardError, (4.0 / 7).squareRoot(), 1e-15))
    let single = try #require(SampleSummary([3]))
    #expect(single.mean == 3 && single.populationDeviation == 0)
    #expect(single.sampleDeviation == nil && single.standardError == nil)
  }

  /// The sum of 0.1s is not a multiple of 0.1, yet equal values don't deviate.
  @Test(arguments: [3, 7, 10, 1000])
  func equalValuesDoNotDeviate(_ count: Int) throws {
    let summary = try #require(SampleSummary(Array(repeating: 0.1, count: count)))
    #expect(summary.mean == 0.1 && summary.populationDeviation == 0 && summary.standardError == 0)
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
