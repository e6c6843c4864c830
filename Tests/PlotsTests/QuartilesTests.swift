import Foundation
import Plots
import Testing
import _TestSupport

@Suite("Quartiles and whiskers") struct QuartilesTests {
  private struct Case: Decodable {
    let values: [Double]
    let quartiles: [Double]
    let mean: Double
    let whiskers: [Double]
  }

  private static let script = """
    import json, numpy as np
    random = np.random.default_rng(3)
    cases = []
    for count in list(range(1, 25)) + [100, 1001]:
        values = np.round(random.standard_t(2, count), random.integers(0, 6)) * 10.0 ** random.integers(-3, 4)
        first, median, third = np.percentile(values, [25, 50, 75])
        inside = values[(values >= first - 1.5 * (third - first)) & (values <= third + 1.5 * (third - first))]
        cases.append(dict(
            values=values.tolist(), quartiles=[first, median, third], mean=values.mean(),
            whiskers=[min(first, inside.min(initial=first)), max(third, inside.max(initial=third))]))
    print(json.dumps(cases))
    """

  @Test(.enabled(if: Outside.python != nil, "\(Outside.pythonHint)"))
  func theyAreNumpys() throws {
    let result = try Outside.runPython(Self.script)
    try #require(result.status == 0, "\(result.standardError)")
    let cases = try JSONDecoder().decode([Case].self, from: Data(result.standardOutput.utf8))
    #expect(cases.count == 26)
    for expected in cases {
      let found = try #require(Quartiles(expected.values.shuffled()))
      let size = expected.values.map(abs).max() ?? 0
      let numbers = [
        found.first, found.median, found.third, found.mean, found.whiskers.lowerBound, found.whiskers.upperBound,
      ]
      for (number, truth) in zip(numbers, expected.quartiles + [expected.mean] + expected.whiskers) {
        #expect(abs(number - truth) <= 1e-12 * size)
      }
    }
  }

  @Test func byHand() throws {
    let found = try #require(Quartiles([1, 2, 3, 4, 100, .nan]))
    #expect(found.first == 2 && found.median == 3 && found.third == 4 && found.mean == 22)
    #expect(found.whiskers == 1...4)
    // The third quartile lies above the only other value, so the upper whisker has no length.
    let far = try #require(Quartiles([0, 0, 0, 0, 8]))
    #expect(far.third == 0 && far.whiskers == 0...0)
    #expect(Quartiles([]) == nil && Quartiles([.nan, .infinity]) == nil)
  }
}
