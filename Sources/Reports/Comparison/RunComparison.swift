internal import Statistics
internal import Training

/// Whether networks of several runs are really different: each against the first of its kind.
package struct RunComparison: Sendable, Encodable {
  /// Accuracies and their difference, in percent and percentage points.
  package struct Pair: Sendable, Encodable {
    package struct Side: Sendable, Encodable {
      package let run: String
      package let network: String
      package let scores: [Double]
      package let mean: Double
      /// With divisor n.
      package let deviation: Double
    }

    /// Welch's test of the repeats' means.
    package struct Welch: Sendable, Encodable {
      package let low: Double
      package let high: Double
      package let t: Double?
      package let degreesOfFreedom: Double?
      package let p: Double?
    }

    /// The interval of the difference where other people might have been the test people.
    package struct People: Sendable, Encodable {
      package let difference: Double
      package let low: Double
      package let high: Double
      package let people: Int
    }

    /// McNemar's test of the ensembles, window by window.
    package struct McNemar: Sendable, Encodable {
      package let onlyFirstRight: Int
      package let onlySecondRight: Int
      package let p: Double
    }

    package let first: Side
    package let second: Side
    /// The second's mean less the first's.
    package let difference: Double
    /// nil with fewer than two repeats in one of them.
    package let welch: Welch?
    /// nil where the store isn't at hand, or they were judged by different windows.
    package let people: People?
    package let mcNemar: McNemar?
  }

  package let level: Double
  package let pairs: [Pair]

  /// Compares every later run with the first: the networks that both have by name, or where they share none each with each.
  /// Networks without a finished repeat are left out.
  package init(_ runs: [RunReport], level: Double = 0.95) {
    self.level = level
    let all = runs.map { $0.networks.filter { !$0.scores.isEmpty } }
    let first = all.first ?? []
    pairs = all.dropFirst().flatMap { others in
      let shared = first.flatMap { base in
        others.filter { $0.settings.name == base.settings.name }.map { (base, $0) }
      }
      let each = first.flatMap { base in others.map { (base, $0) } }
      return (shared.isEmpty ? each : shared).map { Pair($0.0, $0.1, level: level) }
    }
  }
}

extension RunComparison.Pair {
  fileprivate init(_ first: NetworkResults, _ second: NetworkResults, level: Double) {
    self.first = Side(first)
    self.second = Side(second)
    difference = self.second.mean - self.first.mean
    welch = WelchTest(second.scores, first.scores, level: level).map {
      Welch(
        low: $0.interval.lowerBound, high: $0.interval.upperBound, t: $0.t, degreesOfFreedom: $0.degreesOfFreedom,
        p: $0.pValue)
    }
    guard first.run.configuration.store.sha256 == second.run.configuration.store.sha256,
      let one = first.ensemble, let other = second.ensemble
    else {
      (people, mcNemar) = (nil, nil)
      return
    }
    let bootstrap = ClusterBootstrap(seed: first.settings.training.seed)
    people = bootstrap.difference(second.people.map(\.totals), first.people.map(\.totals), level: level).map {
      People(
        difference: $0.value * 100, low: $0.interval.lowerBound * 100, high: $0.interval.upperBound * 100,
        people: $0.people)
    }
    let test = McNemarTest(firstCorrect: one.correctWindows, secondCorrect: other.correctWindows)
    mcNemar = McNemar(
      onlyFirstRight: test.onlyFirstCorrect, onlySecondRight: test.onlySecondCorrect, p: test.pValue)
  }
}

extension RunComparison.Pair.Side {
  fileprivate init(_ network: NetworkResults) {
    let scores = Scores(network.scores)
    self.init(
      run: network.run.path, network: network.settings.name, scores: network.scores, mean: scores.mean ?? 0,
      deviation: scores.deviation ?? 0)
  }

  /// Both names in one.
  package var title: String { "\(lastName(of: run)) \(network)" }
}
