internal import Kernels

/// Confidence intervals of shares over people whose windows resemble one another: people are drawn with replacement, each with
/// all of their windows (Field and Welsh, "Bootstrapping clustered data", Journal of the Royal Statistical Society B 69, 2007).
///
/// They are percentile intervals (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13), neither
/// bias-corrected nor accelerated: with few people they are somewhat narrow. The same seed gives the same interval.
package struct ClusterBootstrap: Sendable {
  private let seed: UInt64
  private let resamples: Int

  /// - Parameter resamples: how many times as many people as there are get drawn.
  package init(seed: UInt64, resamples: Int = 10_000) {
    precondition(resamples > 0, "an interval needs resamples")
    self.seed = seed
    self.resamples = resamples
  }

  /// What one person adds to a share: `numerator` correct windows of `denominator`, say.
  package struct Totals: Sendable, Equatable {
    package let numerator: Double
    package let denominator: Double

    package init(numerator: Double, denominator: Double) {
      self.numerator = numerator
      self.denominator = denominator
    }
  }

  /// What the people give together, and the bounds between which that varies with who is drawn.
  package struct Estimate: Sendable, Equatable {
    package let value: Double
    /// It holds the level's share of the resamples' values.
    package let interval: ClosedRange<Double>
    /// How many people were drawn from: those who have windows.
    package let people: Int
  }

  /// Σ numerator / Σ denominator over people.
  ///
  /// People without windows are left out; nil where fewer than two are left or a sum is not finite.
  package func share(_ people: [Totals], level: Double = 0.95) -> Estimate? {
    let people = people.filter { $0.denominator > 0 }
    return estimate(people: people.count, level: level) { drawn in Self.share(drawn, people) }
  }

  /// The first share less the second, of the same people in the same order: both are drawn together, so that what makes a person
  /// easy for both cancels.
  ///
  /// People without windows in either are left out; nil where fewer than two are left or a sum is not finite.
  package func difference(_ first: [Totals], _ second: [Totals], level: Double = 0.95) -> Estimate? {
    precondition(first.count == second.count, "both shares are over the same people")
    let kept = first.indices.filter { first[$0].denominator > 0 && second[$0].denominator > 0 }
    let first = kept.map { first[$0] }
    let second = kept.map { second[$0] }
    return estimate(people: kept.count, level: level) { drawn in
      Self.share(drawn, first) - Self.share(drawn, second)
    }
  }

  /// Who is drawn, resample by resample: indices below `people`.
  package func draws(people: Int) -> some Sequence<[Int]> {
    // "BOOT": no other purpose's numbers.
    let generator = PhiloxGenerator(
      key: PhiloxGenerator.key(seed: seed, repeatIndex: 0), stream: (0x424F_4F54, 0, 0))
    return sequence(state: generator) { generator in (0..<people).map { _ in generator.nextIndex(below: people) } }
      .prefix(resamples)
  }

  private func estimate(people: Int, level: Double, statistic: ([Int]) -> Double) -> Estimate? {
    precondition(level > 0 && level < 1, "a level is between 0 and 1")
    let value = statistic(Array(0..<people))
    guard people >= 2 && value.isFinite, let quantiles = Quantiles(draws(people: people).map(statistic)) else {
      return nil
    }
    let (low, high) = (quantiles.quantile((1 - level) / 2), quantiles.quantile((1 + level) / 2))
    // Interpolation may be an ulp out of order at a level of next to nothing.
    return Estimate(value: value, interval: low...max(low, high), people: people)
  }

  private static func share(_ drawn: [Int], _ people: [Totals]) -> Double {
    var numerator = 0.0
    var denominator = 0.0
    for index in drawn {
      numerator += people[index].numerator
      denominator += people[index].denominator
    }
    return numerator / denominator
  }
}
