import Foundation
import Statistics
import Testing
import _TestSupport

@Suite("Student's t distribution")
struct StudentTTests {
  private struct Case: Decodable {
    let degrees: Double
    let t: Double
    let twoSided: Double
    let probability: Double
    let quantile: Double
  }

  private static let script = """
    import json, numpy as np
    from scipy import stats
    random = np.random.default_rng(11)
    degrees = [1, 1.5, 2, 3, 4.7, 9, 10, 29.3, 31, 32, 33, 100, 1000.5, 1e4, 123456.7, 1e6]
    ts = [-40, -6, -2, -1.3, -1, -0.01, 1e-4, 0.3, 1, 1.7, 1.74, 2.5, 5, 20] + random.normal(0, 2, 10).tolist()
    ps = [1e-12, 1e-5, 0.01, 0.025, 0.3, 0.4999, 0.5, 0.6, 0.975, 0.995, 0.9999999] + random.random(13).tolist()
    print(json.dumps([
        dict(degrees=v, t=t, twoSided=2 * stats.t.sf(abs(t), v), probability=p, quantile=stats.t.ppf(p, v))
        for v in degrees for t, p in zip(ts, ps)]))
    """

  @Test("is scipy's to 1e-10", .enabled(if: Outside.python != nil, "\(Outside.pythonHint)"))
  func outsideTruth() throws {
    for one in try pythonCases(Case.self, Self.script) {
      let distribution = try #require(StudentT(degreesOfFreedom: one.degrees))
      let description: Comment = "ν \(one.degrees), t \(one.t), p \(one.probability)"
      #expect(near(distribution.quantile(one.probability), one.quantile, 1e-10), description)
      // Small probabilities too are right to their last digits.
      let twoSided = distribution.twoSidedProbability(one.t)
      #expect(abs(twoSided - one.twoSided) <= 1e-9 * one.twoSided, description)
    }
  }

  /// One degree of freedom is Cauchy's distribution, and two have a closed form.
  @Test(arguments: [-1e8, -20, -1.5, -0.1, 0, 1e-9, 0.2, 1, 3, 500])
  func closedForms(_ t: Double) throws {
    let one = try #require(StudentT(degreesOfFreedom: 1))
    let two = try #require(StudentT(degreesOfFreedom: 2))
    #expect(abs(one.twoSidedProbability(t) - (1 - 2 * atan(abs(t)) / Double.pi)) < 1e-14)
    let middle = t / (2 + t * t).squareRoot()
    #expect(abs(two.twoSidedProbability(t) - (1 - abs(middle))) < 1e-14)
    let probability = 0.5 + middle / 2
    if probability > 1e-9 && probability < 1 - 1e-9 {
      #expect(near(two.quantile(probability), t, 1e-8))
    }
  }

  /// The 0.975 quantiles of printed tables.
  @Test(arguments: [
    (1.0, 12.706), (2, 4.303), (4, 2.776), (9, 2.262), (10, 2.228), (30, 2.042), (120, 1.980), (1e12, 1.960),
  ])
  func tables(_ degrees: Double, _ quantile: Double) throws {
    let distribution = try #require(StudentT(degreesOfFreedom: degrees))
    #expect(abs(distribution.quantile(0.975) - quantile) < 0.0005)
    #expect(abs(distribution.quantile(0.025) + quantile) < 0.0005)
  }

  /// With ever more degrees of freedom the distribution becomes the normal one.
  @Test(arguments: [0.001, 0.5, 1.7, 1.74, 3, 6, 20])
  func normalLimit(_ t: Double) throws {
    let distribution = try #require(StudentT(degreesOfFreedom: 1e15))
    let normal = erfc(t / 2.0.squareRoot())
    #expect(abs(distribution.twoSidedProbability(t) - normal) <= 1e-10 * normal)
  }

  @Test func ends() throws {
    let distribution = try #require(StudentT(degreesOfFreedom: 3))
    #expect(distribution.quantile(0) == -.infinity && distribution.quantile(1) == .infinity)
    #expect(distribution.quantile(0.5) == 0)
    #expect(distribution.quantile(-0.1).isNaN && distribution.quantile(.nan).isNaN)
    #expect(distribution.twoSidedProbability(-.infinity) == 0 && distribution.twoSidedProbability(.infinity) == 0)
    #expect(distribution.twoSidedProbability(0) == 1 && distribution.twoSidedProbability(.nan).isNaN)
    for degrees in [0, -1, .nan, .infinity] { #expect(StudentT(degreesOfFreedom: degrees) == nil) }
  }

  /// Where t² over- or underflows, and with degrees of freedom beyond all use, answers stay in range and in order.
  @Test(arguments: [1e-300, 1e-3, 0.5, 1, 1e9, 1e11, 1e300])
  func extremes(_ degrees: Double) throws {
    let distribution = try #require(StudentT(degreesOfFreedom: degrees))
    let probabilities = [0, Double.leastNonzeroMagnitude, 1e-200, 1, 1e200, Double.greatestFiniteMagnitude]
      .map(distribution.twoSidedProbability)
    #expect(probabilities.allSatisfy { $0 >= 0 && $0 <= 1 })
    #expect(zip(probabilities, probabilities.dropFirst()).allSatisfy { $0 >= $1 })
    #expect(distribution.quantile(1e-300) < -1)
  }

  /// A tail as long as t^-0.01 reaches beyond every number.
  @Test func longestTail() throws {
    let distribution = try #require(StudentT(degreesOfFreedom: 0.01))
    let last = distribution.twoSidedProbability(.greatestFiniteMagnitude)
    #expect(near(last / distribution.twoSidedProbability(1e108), 0.01, 0.0005))
    #expect(distribution.quantile(1e-12) == -.infinity)
  }
}
