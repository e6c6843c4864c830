/// The trials of a search, best first.
package struct TuningRanking: Sendable, Equatable {
  /// A trial and what it came to on the last rung that it reached.
  package struct Entry: Sendable, Equatable {
    /// From 0, as is the rung.
    package let trial: Int
    package let rung: Int
    /// Epochs after which it was judged.
    package let epochs: Int
    /// Mean and deviation (divisor n) of the folds' accuracies in percent; nil where one of them diverged.
    package let mean: Double?
    package let deviation: Double?
  }

  /// Best first: by rung, then by mean, then by number.
  package let entries: [Entry]

  /// The ranking of what has a result on every fold.
  package init(_ configuration: TuningConfiguration, _ results: [TuningJob: TuningResult]) {
    func entry(_ trial: Int, _ rung: Int) -> Entry? {
      let folds = configuration.folds.indices.compactMap { results[TuningJob(trial: trial, fold: $0, rung: rung)] }
      guard folds.count == configuration.folds.count else { return nil }
      let scores = folds.contains { $0.score == nil } ? nil : Scores(folds.map(\.score))
      return Entry(
        trial: trial, rung: rung, epochs: configuration.trials[trial].rungEpochs[rung], mean: scores?.mean,
        deviation: scores?.deviation)
    }
    let entries = configuration.trials.indices.compactMap { trial in
      configuration.trials[trial].rungEpochs.indices.reversed().lazy.compactMap { entry(trial, $0) }.first
    }
    self.entries = entries.sorted { a, b in
      (a.rung, a.mean ?? -1, b.trial) > (b.rung, b.mean ?? -1, a.trial)
    }
  }

  /// The trials that go on from a rung: the best of those that were judged there, in the order of their numbers.
  func promoted(from rung: Int, reduction: Int) -> [Int] {
    let judged = entries.filter { $0.rung == rung }
    return judged.prefix(max(1, judged.count / reduction)).filter { $0.mean != nil }.map(\.trial).sorted()
  }
}
